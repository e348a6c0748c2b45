// Package expression evaluates JavaScript expressions over the two WebDriver protocols, which know function bodies only.
package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Body returns a function body that returns the value of an expression as JSON text, or null where it is undefined. It is not
// the protocol that turns the value into JSON: it has other ideas of elements, of numbers and of cycles.
func Body(expression string) string {
	return "const value = (\n" + expression + "\n); return value === undefined ? null : JSON.stringify(value)"
}

// Decode puts what Body has returned into what into points to. A nil into throws it away, and null leaves into as it is.
func Decode(text *string, into any) error {
	if text == nil || into == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), into)
}

// errFalse is the reason of a wait that met nothing worse.
var errFalse = errors.New("it was false")

// Wait returns when eval says that the expression is true. The page may navigate meanwhile: an evaluation that fails is tried
// again like one that is false, and the error after the deadline tells the last failure.
func Wait(eval func(expression string, into any) error, expression string, deadline time.Duration) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.After(deadline); ; {
		met, last := false, errFalse
		if err := eval("!!(\n"+expression+"\n)", &met); err != nil {
			last = err
		} else if met {
			return nil
		}
		select {
		case <-look.C:
		case <-end:
			return fmt.Errorf("not met in %v: %s: %w", deadline, expression, last)
		}
	}
}

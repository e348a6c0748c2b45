// Package holes is what the rooms that send pages see of package async, beyond what everybody sees: the places of a page
// whose fragments are still to come.
package holes

import (
	"io"
	"time"
)

// Page is what a response writes to. It is called in one goroutine.
type Page interface {
	io.Writer
	io.StringWriter

	// Open begins a place; what is written until Close stands there for now. Places may stand in places.
	Open(Hole)
	Close()

	// Failed tells why a fragment is not shown as it should be. What is written next stands there instead.
	Failed(err error)

	// Script and Status stand for asyncscript and asyncstatus.
	Script()
	Status()
}

// Response executes one page and fills its holes. It is used in one goroutine.
type Response interface {
	// Execute executes the template with the given name, which starts everything. It is called once.
	Execute(name string, data any) error
	// Ready is how many holes have shown a value so far.
	Ready() int
	// End forgets the page. Nothing of the response may be used after it.
	End()
}

// Hole is a place whose fragment is still to come.
type Hole interface {
	Key() Key
	// Fill writes what is there now, after the Key's Look has said that there is something. The error is the page's.
	Fill() error
}

// Key is the key of a fragment, in one page. Several holes may have the same Key; they change together.
type Key interface {
	// Look looks again. It answers false as long as there is nothing to be shown but what is shown already.
	Look() (decided bool)
	// Usual is how long the fragment's runs usually take; zero if there was none.
	Usual() time.Duration
	// Slot is the page's: a map by Key would be a fifth of what a place costs that is pending.
	Slot() *Slot
}

// Slot holds what a page knows of a key.
type Slot struct{ Known any }

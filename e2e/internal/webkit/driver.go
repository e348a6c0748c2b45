package webkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

// driver is a running WebKitWebDriver: an HTTP server that speaks W3C WebDriver.
type driver struct {
	program *process.Program
	url     string
	client  *http.Client
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// startDriver starts WebKitWebDriver. It takes no port 0, and would tell nobody what it has chosen: a port that is free now is
// chosen here, and it fails when the port is not free any more.
func startDriver(path string, env []string) (*driver, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "--port="+port)
	cmd.Env = env
	program, err := process.Start(cmd, nil)
	if err != nil {
		return nil, err
	}
	d := &driver{program, "http://" + address, &http.Client{Transport: &http.Transport{}}}
	if err := d.ready(); err != nil {
		return nil, program.Failed(err)
	}
	return d, nil
}

// ready waits until the driver answers. One that could not have the port ends at once.
func (d *driver) ready() error {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for timeout := time.After(startTimeout); ; {
		select {
		case <-look.C:
		case <-d.program.Exited():
			return errors.New("no answer")
		case <-timeout:
			return fmt.Errorf("no answer within %v", startTimeout)
		}
		var status struct{ Ready bool }
		if err := d.call(callTimeout, http.MethodGet, "/status", nil, &status); err == nil && status.Ready {
			return nil
		}
	}
}

// sessions is the path of all sessions.
const sessions = "/session"

// call sends a command, and puts the value of the answer into what into points to; nil throws it away.
func (d *driver) call(patience time.Duration, method, path string, parameters map[string]any, into any) error {
	var body bytes.Buffer
	if method == http.MethodPost {
		if parameters == nil {
			parameters = map[string]any{} // an object is wanted
		}
		if err := json.NewEncoder(&body).Encode(parameters); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, d.url+path, &body)
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s %s: %s: %w", method, path, response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		var failed struct{ Error, Message string }
		if err := json.Unmarshal(answer.Value, &failed); err != nil {
			return fmt.Errorf("%s %s: %s: %w", method, path, response.Status, err)
		}
		return errors.New(strings.TrimSuffix(failed.Error+": "+failed.Message, ": "))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, into)
}

// end ends the driver with its MiniBrowser.
func (d *driver) end() error {
	d.client.CloseIdleConnections()
	return d.program.End(endTimeout)
}

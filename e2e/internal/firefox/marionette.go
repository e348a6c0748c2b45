package firefox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

const (
	// callTimeout bounds one command to the browser; none of them waits for the page's own work.
	callTimeout = 20 * time.Second
	// scriptTimeout bounds a script, which may find the page gone: Firefox answers with an error then, and the
	// connection can still be used.
	scriptTimeout = 5 * time.Second
	// maxMessage bounds what is read of one message.
	maxMessage = 64 << 20
)

// marionette is a connection to Firefox's own remote control, on which geckodriver is built too. A message is its length, a
// colon and JSON: [0, id, command, parameters] and [1, id, error, result].
// https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
type marionette struct {
	conn     net.Conn
	reader   *bufio.Reader
	id       int
	patience time.Duration // with the next answers
	broken   error         // after a fault of the connection nothing tells which answer comes next
}

// dial connects, and reads the greeting.
func dial(address string) (*marionette, error) {
	conn, err := net.DialTimeout("tcp", address, startTimeout)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, reader: bufio.NewReader(conn), patience: startTimeout}
	var greeting struct {
		ApplicationType    string
		MarionetteProtocol int
	}
	err = errors.Join(m.hurry(), m.read(&greeting))
	if err == nil && greeting.MarionetteProtocol != 3 {
		err = fmt.Errorf("the greeting of Marionette is %+v, want protocol 3", greeting)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return m, nil
}

// failure is an error that Firefox answers with.
type failure struct{ Error, Message string }

// call sends a command and puts its result into what into points to; nil throws it away.
func (m *marionette) call(command string, parameters map[string]any, into any) error {
	if m.broken != nil {
		return m.broken
	}
	m.id++
	if parameters == nil {
		parameters = map[string]any{}
	}
	text, err := json.Marshal([]any{0, m.id, command, parameters})
	if err != nil {
		return err
	}
	answer, err := m.exchange(text)
	if err != nil {
		m.broken = fmt.Errorf("marionette: %s: %w", command, err)
		return m.broken
	}
	var failed *failure
	if err := json.Unmarshal(answer[2], &failed); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("%s: %s", failed.Error, failed.Message)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer[3], into)
}

func (m *marionette) exchange(text []byte) (answer [4]json.RawMessage, err error) {
	if err := m.hurry(); err != nil {
		return answer, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		return answer, err
	}
	if err := m.read(&answer); err != nil {
		return answer, err
	}
	if string(answer[0]) != "1" || string(answer[1]) != strconv.Itoa(m.id) {
		return answer, fmt.Errorf("the answer is of kind %s to command %s, want 1 to %d", answer[0], answer[1], m.id)
	}
	return answer, nil
}

func (m *marionette) hurry() error { return m.conn.SetDeadline(time.Now().Add(m.patience)) }

func (m *marionette) read(into any) error {
	length, err := m.reader.ReadString(':')
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil || n < 0 || n > maxMessage {
		return fmt.Errorf("the length of a message is %q", length)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(m.reader, text); err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (m *marionette) close() error { return m.conn.Close() }

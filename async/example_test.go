package async_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"time"

	"github.com/infill-go/infill/async"
)

// The page is answered at once; uptime runs once in the background, whatever the number of visitors.
func ExampleCommand() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		out := async.Command("uptime", "loading…", func(ctx context.Context) (string, error) {
			b, err := exec.CommandContext(ctx, "uptime").Output()
			return string(b), err
		})
		fmt.Fprintln(w, out)
	})
}

// What varies between calls belongs into the id.
func ExampleCommand_id() {
	http.HandleFunc("/ps/{host}", func(w http.ResponseWriter, r *http.Request) {
		host := r.PathValue("host")
		out := async.Command("ps "+host, "loading…", func(ctx context.Context) (string, error) {
			return ps(ctx, host)
		})
		fmt.Fprintln(w, out)
	})
}

// A group of one's own has its own limits, policy and end.
func ExampleCommandIn() {
	group := &async.Group{Commands: async.Policy{Timeout: 5 * time.Second}}

	page := func() {
		fmt.Println(async.CommandIn(group, "ps web1", "loading…", func(ctx context.Context) (string, error) {
			return ps(ctx, "web1")
		}))
	}
	page()
	if err := group.Close(context.Background()); err != nil { // waits for ps
		fmt.Println(err)
	}
	page() // what is remembered can still be read

	// Output:
	// loading…
	// PID 1 init on web1
}

// ps stands for something slow, such as a command on another host.
func ps(ctx context.Context, host string) (string, error) {
	if host == "" {
		return "", errors.New("no host")
	}
	return "PID 1 init on " + host, ctx.Err()
}

// A fragment is registered once, when the program starts. Its type follows from the function: keys are strings here.
func ExampleRegister() {
	var group async.Group // nil instead of &group is the default group

	processes, err := async.Register(&group, "ps", ps, async.Policy{
		MaxAge:  5 * time.Second,
		Timeout: 10 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(processes.Wait(context.Background(), "web1"))

	// Output:
	// PID 1 init on web1 <nil>
}

// What one user may see and another may not needs the user in the key, for a result is shown to everyone who asks for its key.
func ExampleRegister_users() {
	type Mailbox struct{ User, Folder string }

	var group async.Group
	unread, err := async.Register(&group, "unread", func(ctx context.Context, box Mailbox) (int, error) {
		return len(box.User), nil // stands for a question to the mail server
	}, async.Policy{MaxAge: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range []string{"alice", "bob"} {
		n, err := unread.Wait(context.Background(), Mailbox{User: user, Folder: "inbox"})
		fmt.Println(user, n, err)
	}

	// Output:
	// alice 5 <nil>
	// bob 3 <nil>
}

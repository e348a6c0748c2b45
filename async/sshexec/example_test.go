//go:build unix

package sshexec_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

func ExampleLocal_Run() {
	out, err := sshexec.Local{Timeout: 20 * time.Second}.Run(context.Background(), "echo", "no shell: $HOME;")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", out.Stdout)
	// Output: no shell: $HOME;
}

func ExampleSSH_Run() {
	host, err := sshexec.ParseHost("deploy@web1.example.com:2222")
	if err != nil {
		log.Fatal(err)
	}
	ssh := sshexec.SSH{ConnectTimeout: 2 * time.Second}
	out, err := ssh.Run(context.Background(), host, "ps", "-e", "-o", "pid,comm")
	if err != nil {
		log.Fatal(err) // sshexec: ps on web1.example.com:2222: exit status 255 after 2.003s: no answer within 2s …
	}
	fmt.Printf("%s", out.Stdout)
}

func ExampleParseHost() {
	for _, s := range []string{"deploy@web1:2222", "[::1]:22", "-oProxyCommand=id"} {
		host, err := sshexec.ParseHost(s)
		fmt.Println(host, err != nil)
	}
	// Output:
	// web1:2222 false
	// [::1]:22 false
	//  true
}

func ExampleExitError() {
	_, err := sshexec.Local{}.Run(context.Background(), "sh", "-c", "echo no such disk >&2; exit 2")
	var exit *sshexec.ExitError
	if errors.As(err, &exit) {
		fmt.Println(exit.Program, exit.Code, exit.Stderr)
	}
	// Output: sh 2 no such disk
}

func ExampleErrTruncated() {
	out, err := sshexec.Local{MaxStdout: 4}.Run(context.Background(), "yes")
	fmt.Printf("%q %v %v\n", out.Stdout, out.Truncated, errors.Is(err, sshexec.ErrTruncated))
	// Output: "y\ny\n" true true
}

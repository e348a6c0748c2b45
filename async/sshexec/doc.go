// Package sshexec runs commands given as argv, on this machine ([Local]) and on others over
// the installed OpenSSH client ([SSH]), so that nothing hangs, nothing is injected and
// nothing is left behind.
//
//	out, err := sshexec.SSH{}.Run(ctx, host, "ps", "-e", "-o", "pid,comm")
//
// What every run has, without any option being set:
//
//   - no local shell: argv goes to the program as it is. Over ssh, where the far side always
//     has a shell, each argument is single-quoted;
//   - a deadline: the Timeout (10 seconds by default) or the context's, whichever is sooner.
//     Run returns at the latest one second after it, whatever the processes do;
//   - a session and process group of its own, killed as a whole at the deadline, on cancel, on
//     too much output, and also when the command itself has ended: what it left running in the
//     background goes with it;
//   - at most 1 MiB of standard output and 1 MiB of standard error. More ends the command and
//     is reported as [ErrTruncated];
//   - /dev/null as standard input, no terminal, and a small environment instead of the parent's.
//
// # What it cannot do
//
// A child that calls setsid(2), as daemons do, leaves the group and outlives the kill
// (measured: one process left). If it also keeps the output open, Run stops reading after half
// a second and says so with an error that wraps [os/exec.ErrWaitDelay].
//
// A process that no signal ends (it waits for a dead network file system, or it changed its
// user id) is given up: Run returns with an error that names its process id. One goroutine
// waits for it. After eight such processes of one program, Run starts no more of that program
// until one of them has ended.
//
// When an ssh run is stopped, the connection ends, but sshd tells a command without a terminal
// nothing: it lives on until it ends or writes. Where that matters let the far side keep time
// as well: "timeout", "10", "du", "-s", "/srv".
//
// If the parent itself is killed with SIGKILL, running commands are not: nobody is left to do it.
//
// # Systems
//
// Unix systems are supported; Linux is the one that the tests run on. On others (Windows,
// Plan 9, WebAssembly) the package compiles, [ParseHost] works, and Run returns an error that
// wraps [errors.ErrUnsupported], because processes cannot be ended as a group there.
package sshexec

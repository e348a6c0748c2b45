package sshexec

import (
	"syscall"
	"unsafe"
)

const (
	waitByPID = 1         // P_PID of waitid(2)
	noReap    = 0x1000000 // WNOWAIT of waitid(2)
)

// awaitExit returns when the process has ended, and leaves it a zombie. While it is one, its
// number, which is the group's too, is taken, so the group can be killed without the danger
// of hitting strangers that got the number next. os.Process.Wait reaps and cannot do this.
func awaitExit(pid int) {
	var info [16]uint64 // siginfo_t, 128 bytes on every Linux; not read
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, waitByPID, uintptr(pid),
			uintptr(unsafe.Pointer(&info)), syscall.WEXITED|noReap, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

// reapFirst: see exit_other.go.
const reapFirst = false

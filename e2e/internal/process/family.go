package process

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Process is one process of the system, as Linux shows it in /proc.
type Process struct {
	PID     int
	Command string

	parent, session int
	started         string // in clock ticks since boot: tells a process from a later one with the same number
	ended           bool   // a zombie: nothing is left of it but its number
}

func (p Process) String() string { return fmt.Sprintf("%d (%s)", p.PID, p.Command) }

// family returns the program's processes that live: itself, those in its session, and their descendants, which may be
// in sessions of their own (sshd's are).
func (p *Program) family() ([]Process, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	return p.familyAmong(all), nil
}

func (p *Program) familyAmong(all []Process) (family []Process) {
	root := p.cmd.Process.Pid
	member := map[int]bool{}
	select {
	case <-p.exited: // its number may be somebody else's by now
	default:
		member[root] = true
	}
	for grown := true; grown; {
		grown = false
		for _, one := range all {
			if !member[one.PID] && (one.session == root || member[one.parent]) {
				member[one.PID], grown = true, true
			}
		}
	}
	for _, one := range all {
		if member[one.PID] && !one.ended {
			family = append(family, one)
		}
	}
	return family
}

// left returns the family as it is now and those of the known one that have lost their tie to it: an orphan in a
// session of its own has neither the parent nor the session that would tell whose it was.
func (p *Program) left() ([]Process, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	left := p.familyAmong(all)
	for _, one := range all {
		same := func(other Process) bool { return one.PID == other.PID && one.started == other.started }
		if !one.ended && slices.ContainsFunc(p.known, same) && !slices.ContainsFunc(left, same) {
			left = append(left, one)
		}
	}
	return left, nil
}

func processes() ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("process: list processes: %w", err)
	}
	var all []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		// It may end between the listing and the reading.
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("process: list processes: %w", err)
		}
		one, err := parseStat(pid, string(stat))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// parseStat reads a line of /proc/PID/stat, described in proc_pid_stat(5). The command may contain anything, also
// parentheses and spaces, so the fields are counted from its last parenthesis: state, parent, group, session, … start time.
func parseStat(pid int, stat string) (Process, error) {
	open, shut := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || shut < open {
		return Process{}, fmt.Errorf("process: /proc/%d/stat has no command: %q", pid, stat)
	}
	fields := strings.Fields(stat[shut+1:])
	if len(fields) < 20 {
		return Process{}, fmt.Errorf("process: /proc/%d/stat is too short: %q", pid, stat)
	}
	parent, err1 := strconv.Atoi(fields[1])
	session, err2 := strconv.Atoi(fields[3])
	if err := errors.Join(err1, err2); err != nil {
		return Process{}, fmt.Errorf("process: /proc/%d/stat: %w", pid, err)
	}
	return Process{
		PID:     pid,
		Command: stat[open+1 : shut],
		parent:  parent,
		session: session,
		started: fields[19],
		ended:   fields[0] == "Z" || fields[0] == "X",
	}, nil
}

package metrics

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Process is one process of a host.
type Process struct {
	PID      int
	User     string
	CPU      float64 // processor time in percent of the time since it was started; over 100 with several processors
	Resident Bytes   // memory that is in RAM
	Elapsed  time.Duration
	Command  string // the program's name, without its arguments: those may hold secrets
}

// ProcessTable is what a host is busy with.
type ProcessTable struct {
	Total   int       // all processes
	Busiest []Process // by CPU, then by memory, then by PID
}

// ProcessArgv is the command whose output ParseProcesses reads. It needs ps of procps, which is on every
// distribution but those made of BusyBox. Arguments are not asked for: they may hold secrets.
func ProcessArgv() []string {
	return []string{"ps", "-eo", "pid,user,pcpu,rss,etimes,comm", "--sort=-pcpu"}
}

// ParseProcesses reads the table of ProcessArgv and keeps the limit busiest processes. The ps that made the
// table is left out: it is at the top of each, and gone when it is read.
func ParseProcesses(output string, limit int) (ProcessTable, error) {
	var all []Process
	// The first line is a heading.
	for i, line := range lines(output) {
		if i == 0 || line == "" {
			continue
		}
		process, err := parsePsLine(i+1, line)
		if err != nil {
			return ProcessTable{}, err
		}
		if process.Command == "ps" && process.Elapsed <= time.Second {
			continue
		}
		all = append(all, process)
	}
	if len(all) == 0 {
		return ProcessTable{}, missing("ps", "process")
	}
	// ps sorts by CPU only, so that the many idle ones stand in any order.
	slices.SortFunc(all, func(a, b Process) int {
		return cmp.Or(-cmp.Compare(a.CPU, b.CPU), -cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.PID, b.PID))
	})
	return ProcessTable{Total: len(all), Busiest: slices.Clone(all[:min(max(limit, 0), len(all))])}, nil
}

// parsePsLine reads " 3824 root     50.0  4604       0 tmux: server". Only the last column has spaces in it.
func parsePsLine(number int, line string) (Process, error) {
	const want = "PID USER %CPU RSS ELAPSED COMMAND"
	columns, command := cutFields(line, 5)
	if len(columns) != 5 || command == "" {
		return Process{}, malformed("ps", number, line, want)
	}
	pid, err1 := strconv.Atoi(columns[0])
	cpu, err2 := strconv.ParseFloat(columns[2], 64)
	kilobytes, err3 := strconv.ParseUint(columns[3], 10, 53)
	seconds, err4 := strconv.ParseInt(columns[4], 10, 33)
	if cmp.Or(err1, err2, err3, err4) != nil || pid < 1 || cpu < 0 || math.IsNaN(cpu) || math.IsInf(cpu, 0) {
		return Process{}, malformed("ps", number, line, want)
	}
	return Process{
		PID:      pid,
		User:     columns[1],
		CPU:      cpu,
		Resident: Bytes(kilobytes) * 1024,
		// A process that was started before the clock was set has a negative age for a while.
		Elapsed: time.Duration(max(seconds, 0)) * time.Second,
		Command: command,
	}, nil
}

// cutFields returns the first n fields of a line, and what follows them.
func cutFields(line string, n int) (fields []string, rest string) {
	rest = strings.TrimSpace(line)
	for range n {
		end := strings.IndexAny(rest, " \t")
		if end < 0 {
			return fields, ""
		}
		fields = append(fields, rest[:end])
		rest = strings.TrimLeft(rest[end:], " \t")
	}
	return fields, rest
}

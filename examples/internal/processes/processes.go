// Package processes is what the examples show: something slow that every machine has.
package processes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/infill-go/infill/async/sshexec"
)

// Process is one line of ps.
type Process struct {
	PID     int
	CPU     float64 // percent
	Memory  float64 // percent
	Command string
}

// Shown is how many processes Busiest returns.
const Shown = 10

// Busiest returns the processes of this machine that use most of something: "cpu" or "memory". It runs ps.
func Busiest(ctx context.Context, of string) ([]Process, error) {
	by, ok := map[string]func(a, b Process) int{"cpu": byCPU, "memory": byMemory}[of]
	if !ok {
		return nil, fmt.Errorf("no order of processes is called %q; there are cpu and memory", of)
	}
	out, err := sshexec.Local{}.Run(ctx, "ps", "-A", "-o", "pid=,pcpu=,pmem=,comm=")
	if err != nil {
		return nil, err
	}
	all, err := parse(string(out.Stdout))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, by)
	return all[:min(Shown, len(all))], nil
}

func byCPU(a, b Process) int { return cmp.Compare(b.CPU, a.CPU) }

func byMemory(a, b Process) int { return cmp.Compare(b.Memory, a.Memory) }

func parse(text string) (all []Process, err error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			return nil, fmt.Errorf("ps: a line has no command: %q", line)
		}
		var p Process
		if p.PID, err = strconv.Atoi(fields[0]); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		if p.CPU, err = strconv.ParseFloat(fields[1], 64); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		if p.Memory, err = strconv.ParseFloat(fields[2], 64); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		p.Command = strings.Join(fields[3:], " ")
		all = append(all, p)
	}
	return all, nil
}

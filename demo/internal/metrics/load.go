package metrics

import (
	"math"
	"strconv"
	"strings"
)

// Load is how many tasks ran or waited for a processor or a disk, as averages of the last minutes.
type Load struct {
	One, Five, Fifteen float64 // over 1, 5 and 15 minutes, each 0 or more
	Runnable, Tasks    int     // scheduling entities (processes and threads) that run or could run now, and that exist
	CPUs               int     // processors that are online, 1 or more
}

// PerCPU is the load of the last minute divided by the processors: at 1 they are all busy.
func (l Load) PerCPU() float64 { return l.One / float64(l.CPUs) }

// LoadArgv is the command whose output ParseLoad reads. It prints both files in one go, because a command
// over ssh costs a connection.
func LoadArgv() []string { return []string{"cat", "/proc/loadavg", "/proc/stat"} }

// ParseLoad reads /proc/loadavg followed by /proc/stat. Both formats are in proc(5).
func ParseLoad(output string) (Load, error) {
	all := lines(output)
	load, err := parseLoadavg(all[0])
	if err != nil {
		return Load{}, err
	}
	for _, line := range all[1:] {
		name, _, _ := strings.Cut(line, " ")
		// "cpu" alone is the sum of the others.
		if number, ok := strings.CutPrefix(name, "cpu"); ok && number != "" {
			load.CPUs++
		}
	}
	if load.CPUs == 0 {
		return Load{}, missing("/proc/stat", "line for a processor (cpu0 …)")
	}
	return load, nil
}

// parseLoadavg reads "0.20 0.18 0.12 1/80 11206".
func parseLoadavg(line string) (Load, error) {
	const source, want = "/proc/loadavg", "three averages, RUNNABLE/TASKS and a process id"
	fields := strings.Fields(line)
	if len(fields) != 5 {
		return Load{}, malformed(source, 1, line, want)
	}
	var averages [3]float64
	for i := range averages {
		average, err := strconv.ParseFloat(fields[i], 64)
		if err != nil || average < 0 || math.IsNaN(average) || math.IsInf(average, 0) {
			return Load{}, malformed(source, 1, line, want)
		}
		averages[i] = average
	}
	runnable, tasks, _ := strings.Cut(fields[3], "/")
	r, err1 := strconv.Atoi(runnable)
	t, err2 := strconv.Atoi(tasks)
	if err1 != nil || err2 != nil || r < 0 || t < 0 {
		return Load{}, malformed(source, 1, line, want)
	}
	return Load{One: averages[0], Five: averages[1], Fifteen: averages[2], Runnable: r, Tasks: t}, nil
}

package metrics

import (
	"strconv"
	"strings"
)

// Memory is what a host has of memory and swap.
type Memory struct {
	Total     Bytes
	Available Bytes // what programs can still get without swapping; the page cache counts as available
	SwapTotal Bytes // 0 on a host without swap
	SwapFree  Bytes
}

// Used is the memory that programs hold and nobody else can get.
func (m Memory) Used() Bytes { return m.Total - m.Available }

// UsedPercent is Used in percent of Total.
func (m Memory) UsedPercent() float64 { return percent(m.Used(), m.Total) }

// SwapUsed is the swap that is in use.
func (m Memory) SwapUsed() Bytes { return m.SwapTotal - m.SwapFree }

// SwapUsedPercent is SwapUsed in percent of SwapTotal, 0 on a host without swap.
func (m Memory) SwapUsedPercent() float64 { return percent(m.SwapUsed(), m.SwapTotal) }

// MemoryArgv is the command whose output ParseMemory reads.
func MemoryArgv() []string { return []string{"cat", "/proc/meminfo"} }

// ParseMemory reads /proc/meminfo, see proc(5).
func ParseMemory(output string) (Memory, error) {
	amounts, err := parseMeminfo(output)
	if err != nil {
		return Memory{}, err
	}
	total, ok := amounts["MemTotal"]
	if !ok || total == 0 {
		return Memory{}, missing("/proc/meminfo", "MemTotal")
	}
	available, ok := amounts["MemAvailable"]
	if !ok {
		// Linux before 3.14 leaves the estimate to the reader.
		free, known := amounts["MemFree"]
		if !known {
			return Memory{}, missing("/proc/meminfo", "MemAvailable or MemFree")
		}
		available = free + amounts["Buffers"] + amounts["Cached"]
	}
	// In a container the two numbers may come from different places (lxcfs), so that their difference is
	// not sure to be positive.
	return Memory{
		Total:     total,
		Available: min(available, total),
		SwapTotal: amounts["SwapTotal"],
		SwapFree:  min(amounts["SwapFree"], amounts["SwapTotal"]),
	}, nil
}

// parseMeminfo reads lines like "MemTotal:       24684092 kB". Lines without a unit are counts (huge pages).
func parseMeminfo(output string) (map[string]Bytes, error) {
	const source, want = "/proc/meminfo", `"NAME: NUMBER kB"`
	amounts := make(map[string]Bytes)
	for i, line := range lines(output) {
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			return nil, malformed(source, i+1, line, want)
		}
		number, isKilobytes := strings.CutSuffix(strings.TrimSpace(rest), " kB")
		if !isKilobytes {
			continue
		}
		kilobytes, err := strconv.ParseUint(strings.TrimSpace(number), 10, 53)
		if err != nil {
			return nil, malformed(source, i+1, line, want)
		}
		amounts[name] = Bytes(kilobytes) * 1024
	}
	return amounts, nil
}

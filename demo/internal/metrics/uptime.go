package metrics

import (
	"strconv"
	"strings"
	"time"
)

// Uptime is since when a host runs, and which kernel.
type Uptime struct {
	Up     time.Duration
	Kernel string // its release, such as 6.1.0-39-amd64
}

// UptimeArgv is the command whose output ParseUptime reads.
func UptimeArgv() []string { return []string{"cat", "/proc/uptime", "/proc/sys/kernel/osrelease"} }

// ParseUptime reads /proc/uptime followed by /proc/sys/kernel/osrelease, see proc(5).
func ParseUptime(output string) (Uptime, error) {
	all := lines(output)
	first, _, _ := strings.Cut(all[0], " ")
	seconds, err := strconv.ParseFloat(first, 64)
	// The limit is a hundred years: no host is older, and a Duration holds 292.
	if err != nil || !(seconds >= 0 && seconds < 100*365*24*3600) {
		return Uptime{}, malformed("/proc/uptime", 1, all[0], "the seconds since the start")
	}
	if len(all) < 2 || strings.TrimSpace(all[1]) == "" {
		return Uptime{}, missing("/proc/sys/kernel/osrelease", "release of the kernel")
	}
	return Uptime{Up: time.Duration(seconds * float64(time.Second)), Kernel: strings.TrimSpace(all[1])}, nil
}

// String prints the two largest units of the uptime: "12 days, 4 h", "3 h, 20 min", "less than a minute".
func (u Uptime) String() string {
	minutes := int(u.Up / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 1:
		return strconv.Itoa(days) + " days, " + strconv.Itoa(hours) + " h"
	case days == 1:
		return "1 day, " + strconv.Itoa(hours) + " h"
	case hours > 0:
		return strconv.Itoa(hours) + " h, " + strconv.Itoa(minutes%60) + " min"
	case minutes > 0:
		return strconv.Itoa(minutes) + " min"
	}
	return "less than a minute"
}

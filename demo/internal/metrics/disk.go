package metrics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Filesystem is one file system that holds files of somebody.
type Filesystem struct {
	Source string // a device, "server:/export", a pool
	Mount  string // the folder where it is mounted
	Used   Bytes
	Free   Bytes // what users may still write; what is reserved for root is not in it
}

// Size is what users can have of the file system: Used and Free. The reserve of root is left out, as df leaves
// it out of its percentage.
func (f Filesystem) Size() Bytes { return f.Used + f.Free }

// UsedPercent is Used in percent of Size.
func (f Filesystem) UsedPercent() float64 { return percent(f.Used, f.Size()) }

// DiskArgv is the command whose output ParseDisk reads. -P and -k are POSIX: one line for each file system, in
// blocks of 1024 bytes, with GNU, BusyBox and others.
func DiskArgv() []string { return []string{"df", "-P", "-k"} }

// ParseDisk reads the table of `df -P -k` and returns the file systems that hold files of somebody, in the
// order in which df lists them, with / first. It leaves out kernel file systems, memory disks, images that
// are full by nature (snap), and what is mounted a second time. At least one is left, or it is an error.
func ParseDisk(output string) ([]Filesystem, error) {
	var found []Filesystem
	// The first line is a heading in the language of the host.
	for i, line := range lines(output) {
		if i == 0 || line == "" {
			continue
		}
		fs, blocks, err := parseDfLine(i+1, line)
		if err != nil {
			return nil, err
		}
		if holdsFiles(fs, blocks) {
			found = append(found, fs)
		}
	}
	if len(found) == 0 {
		return nil, missing("df", "file system that holds files")
	}
	slices.SortStableFunc(found, func(a, b Filesystem) int {
		switch {
		case a.Mount == "/" && b.Mount != "/":
			return -1
		case b.Mount == "/" && a.Mount != "/":
			return 1
		}
		return 0
	})
	return withoutRepeats(found), nil
}

// dfLine is anchored on the columns of numbers: a source ("//nas/my files") and a mount point may have spaces.
// An unknown size is printed as "-".
var dfLine = regexp.MustCompile(`^(\S.*?)\s+(\d+|-)\s+(\d+|-)\s+(-?\d+|-)\s+(\d+%|-)\s+(/.*)$`)

// parseDfLine reads "/dev/vda 264212084 11755492 83745772 13% /" and returns the number of 1024-byte blocks
// beside the file system.
func parseDfLine(number int, line string) (fs Filesystem, blocks uint64, err error) {
	match := dfLine.FindStringSubmatch(line)
	if match == nil {
		return fs, 0, malformed("df", number, line, "a line of df -P -k")
	}
	sizes := make([]uint64, 3)
	for i, text := range match[2:5] {
		// Free is negative where root has written into its reserve: nothing is left for users.
		if text == "-" || strings.HasPrefix(text, "-") {
			continue
		}
		if sizes[i], err = strconv.ParseUint(text, 10, 53); err != nil {
			return fs, 0, malformed("df", number, line, "a line of df -P -k")
		}
	}
	return Filesystem{
		Source: match[1],
		Mount:  match[6],
		Used:   Bytes(sizes[1]) * 1024,
		Free:   Bytes(sizes[2]) * 1024,
	}, sizes[0], nil
}

// notDisks are the names that kernel file systems and memory disks have in df's first column.
var notDisks = []string{"tmpfs", "devtmpfs", "udev", "none", "shm", "overlay", "efivarfs", "run", "dev", "ramfs", "cgroup", "cgroup2"}

// holdsFiles tells whether a file system is worth a bar. The root always is, whatever its name: in a container it
// is an overlay, and its /etc/hosts is a mount of its own.
func holdsFiles(fs Filesystem, blocks uint64) bool {
	if fs.Mount == "/" {
		return true
	}
	// Below 1 MiB nobody keeps files: such file systems are interfaces.
	if blocks < 1024 || slices.Contains(notDisks, fs.Source) || strings.HasPrefix(fs.Source, "/dev/loop") {
		return false
	}
	for _, folder := range []string{"/proc", "/sys", "/dev", "/run", "/snap", "/etc"} {
		if fs.Mount == folder || strings.HasPrefix(fs.Mount, folder+"/") {
			return false
		}
	}
	return true
}

// withoutRepeats keeps the first mount of each device: bind mounts (containers, chroots) show it again.
func withoutRepeats(all []Filesystem) []Filesystem {
	seen := make(map[string]bool)
	return slices.DeleteFunc(all, func(fs Filesystem) bool {
		repeated := seen[fs.Source] && strings.HasPrefix(fs.Source, "/dev/")
		seen[fs.Source] = true
		return repeated
	})
}

package metrics

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run executes a command of this package on this machine.
func run(t *testing.T, argv []string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v (ps and df are in the Debian packages procps and coreutils)", argv, err)
	}
	return string(out)
}

func TestParseLoad(t *testing.T) {
	got, err := ParseLoad(read(t, "load.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if got.CPUs != 2 || got.Tasks < 10 {
		t.Errorf("got %+v, want 2 processors and the tasks of the capture", got)
	}
	got, err = ParseLoad("12.50 3.25 0.75 7/1290 11206\ncpu  1\ncpu0 1\ncpu1 1\ncpu7 1\nintr 5\ncpufreq\n")
	want := Load{One: 12.5, Five: 3.25, Fifteen: 0.75, Runnable: 7, Tasks: 1290, CPUs: 4}
	// "cpufreq" is no line of /proc/stat; it is here to say that any name beginning with cpu counts.
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if perCPU := want.PerCPU(); perCPU != 3.125 {
		t.Errorf("load per processor is %v, want 3.125", perCPU)
	}
}

func TestParseMemory(t *testing.T) {
	for _, test := range []struct {
		name, output  string
		want          Memory
		percent, swap float64
	}{
		{
			"with MemAvailable", "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 750 kB\nSwapTotal: 200 kB\nSwapFree: 150 kB\nHugePages_Total: 0\n",
			Memory{1000 << 10, 750 << 10, 200 << 10, 150 << 10}, 25, 25,
		},
		{"before 3.14", "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n", Memory{Total: 1000 << 10, Available: 400 << 10}, 60, 0},
		{"more available than there is", "MemTotal: 1000 kB\nMemAvailable: 2000 kB\n", Memory{Total: 1000 << 10, Available: 1000 << 10}, 0, 0},
		{"more swap free than there is", "MemTotal: 1000 kB\nMemFree: 500 kB\nSwapTotal: 10 kB\nSwapFree: 20 kB\n", Memory{1000 << 10, 500 << 10, 10 << 10, 10 << 10}, 50, 0},
	} {
		got, err := ParseMemory(test.output)
		if err != nil || got != test.want || got.UsedPercent() != test.percent || got.SwapUsedPercent() != test.swap {
			t.Errorf("%s: got %+v, %v (%v %%, swap %v %%), want %+v", test.name, got, err, got.UsedPercent(), got.SwapUsedPercent(), test.want)
		}
	}
}

func TestParseDisk(t *testing.T) {
	for _, test := range []struct {
		file string
		want []Filesystem
	}{
		{"df-gnu.txt", []Filesystem{
			{"/dev/vda1", "/", 58428328 << 10, 0},
			{"/dev/mapper/vg0-home", "/home", 12558708 << 10, 442178812 << 10},
			{"/dev/vda15", "/boot/efi", 11840 << 10, 114838 << 10},
			{"//nas/my files", "/mnt/my files", 98234112 << 10, 1824624240 << 10},
			{"server:/export/build", "/srv/build", 98570240 << 10, 0},
		}},
		{"df-busybox.txt", []Filesystem{{"/dev/vda", "/", 12558708 << 10, 82942556 << 10}}},
		{"df-container.txt", []Filesystem{
			{"overlay", "/", 31245880 << 10, 26865376 << 10},
		}},
	} {
		got, err := ParseDisk(read(t, test.file))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", test.file, got, err, test.want)
		}
	}
	if percent := (Filesystem{Used: 3, Free: 1}).UsedPercent(); percent != 75 {
		t.Errorf("3 used and 1 free is %v %%, want 75", percent)
	}
}

func TestParseProcesses(t *testing.T) {
	got, err := ParseProcesses(read(t, "ps.txt"), 6)
	if err != nil {
		t.Fatal(err)
	}
	want := ProcessTable{Total: 8, Busiest: []Process{
		{91022, "ci", 187, 1843204 << 10, 312 * time.Second, "compile"},
		{1201, "postgres", 3.4, 412004 << 10, 88211 * time.Second, "postgres"},
		{77112, "ana", 0.3, 19004 << 10, 4012 * time.Second, "tmux: server"},
		{1, "root", 0, 13004 << 10, 88301 * time.Second, "systemd"},
		{1410, "ana", 0, 5020 << 10, 88200 * time.Second, "(sd-pam)"},
		// The ps that made the table is gone; one that hangs for an hour is news.
		{90001, "ana", 0, 3210 << 10, 4000 * time.Second, "ps"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	for _, limit := range []int{-1, 0, 100} {
		got, err := ParseProcesses(read(t, "ps.txt"), limit)
		if err != nil || len(got.Busiest) != min(max(limit, 0), 8) {
			t.Errorf("limit %d: %d processes, %v", limit, len(got.Busiest), err)
		}
	}
}

func TestParseUptime(t *testing.T) {
	for _, test := range []struct {
		output, printed string
	}{
		{"59.99 100.00\n6.1.0\n", "less than a minute"},
		{"60.00 100.00\n6.1.0\n", "1 min"},
		{"3600.10 1.00\n6.1.0\n", "1 h, 0 min"},
		{"90000 1.00\n6.1.0\n", "1 day, 1 h"},
		{"1051201.55 9.12\n6.1.0\n", "12 days, 4 h"},
	} {
		got, err := ParseUptime(test.output)
		if err != nil || got.String() != test.printed || got.Kernel != "6.1.0" {
			t.Errorf("%q: %+v printed as %q, %v; want %q", test.output, got, got, err, test.printed)
		}
	}
}

// TestMalformed holds that each parser answers anything with an error that names its source.
func TestMalformed(t *testing.T) {
	parsers := map[string]func(string) error{
		"/proc/loadavg": func(s string) error { _, err := ParseLoad(s); return err },
		"/proc/meminfo": func(s string) error { _, err := ParseMemory(s); return err },
		"df":            func(s string) error { _, err := ParseDisk(s); return err },
		"ps":            func(s string) error { _, err := ParseProcesses(s, 6); return err },
		"/proc/uptime":  func(s string) error { _, err := ParseUptime(s); return err },
	}
	common := []string{"", "\n", " ", "bash: command not found", "a\nb\nc", "\x00", strings.Repeat("x", 1<<16), "\xff\xfe 1 2 3 4", ": kB"}
	own := map[string][]string{
		"/proc/loadavg": {
			"0.1 0.2 0.3 1/80", "0.1 0.2 x 1/80 9\ncpu0 1", "-1 0 0 1/80 9\ncpu0 1", "NaN 0 0 1/80 9\ncpu0 1",
			"Inf 0 0 1/80 9\ncpu0 1", "0 0 0 180 9\ncpu0 1", "0 0 0 a/b 9\ncpu0 1", "0 0 0 -1/2 9\ncpu0 1",
		},
		"/proc/meminfo": {"MemTotal: x kB", "MemTotal: 5 kB", "MemTotal: 0 kB\nMemFree: 0 kB", "MemTotal: -5 kB", "MemTotal: 99999999999999999999 kB", "MemFree: 5 kB"},
		"df": {
			"Filesystem", "Filesystem\ntmpfs 1 1 1 1% /dev", "Filesystem\n/dev/vda 1 1 1 1%", "Filesystem\n/dev/vda a b c 1% /",
			"Filesystem\n/dev/vda 99999999999999999999 1 1 1% /", "Filesystem\n/dev/vda 1 1 1 1% relative",
		},
		"ps": {
			"PID", "PID\n1 root 0.0 1 1", "PID\nx root 0.0 1 1 a", "PID\n0 root 0.0 1 1 a", "PID\n1 root -1 1 1 a", "PID\n1 root NaN 1 1 a",
			"PID\n1 root 0.0 -1 1 a", "PID\n1 root 0.0 1 x a", "PID\n1 root 0.0 1 99999999999 a", "PID\n9 root 9 9 0 ps",
		},
		"/proc/uptime": {"x 1\n6.1", "-1 1\n6.1", "NaN 1\n6.1", "1e300 1\n6.1"},
	}
	for source, parse := range parsers {
		for _, output := range append(common, own[source]...) {
			err := parse(output)
			if err == nil {
				t.Errorf("%s: %.40q is accepted", source, output)
				continue
			}
			if text := err.Error(); !strings.HasPrefix(text, "metrics: "+source) || len(text) > 600 {
				t.Errorf("%s: %.40q: the error is %.700q", source, output, text)
			}
		}
	}
	for _, output := range []string{"0 0 0 1/80 9\n", "0 0 0 1/80 9\ncpu 1"} {
		if _, err := ParseLoad(output); err == nil || !strings.HasPrefix(err.Error(), "metrics: /proc/stat: no line for a processor") {
			t.Errorf("%q: %v", output, err)
		}
	}
	if _, err := ParseUptime("1 1\n"); err == nil || !strings.Contains(err.Error(), "osrelease") {
		t.Errorf("without a kernel: %v", err)
	}
}

// TestThisMachine reads what the commands print here and now.
func TestThisMachine(t *testing.T) {
	if load, err := ParseLoad(run(t, LoadArgv())); err != nil || load.CPUs < 1 || load.Tasks < 1 {
		t.Errorf("load: %+v, %v", load, err)
	}
	if memory, err := ParseMemory(run(t, MemoryArgv())); err != nil || memory.Used() == 0 || memory.UsedPercent() > 100 {
		t.Errorf("memory: %+v, %v", memory, err)
	}
	if disks, err := ParseDisk(run(t, DiskArgv())); err != nil || disks[0].Mount != "/" || disks[0].Size() == 0 {
		t.Errorf("disks: %+v, %v", disks, err)
	}
	if uptime, err := ParseUptime(run(t, UptimeArgv())); err != nil || uptime.Up <= 0 {
		t.Errorf("uptime: %+v, %v", uptime, err)
	}
	processes, err := ParseProcesses(run(t, ProcessArgv()), 1<<20)
	if err != nil {
		t.Fatalf("processes: %v", err)
	}
	for _, process := range processes.Busiest {
		if process.PID == os.Getpid() {
			return
		}
	}
	t.Errorf("this test, process %d, is not among %d processes", os.Getpid(), processes.Total)
}

func TestBytes(t *testing.T) {
	for amount, want := range map[Bytes]string{
		0: "0 B", 1023: "1023 B", 1024: "1.00 KiB", 10235: "10.0 KiB", 1047552: "1023 KiB", 1048064: "1.00 MiB",
		25276510208: "23.5 GiB", 1 << 40: "1.00 TiB", 1<<64 - 1: "16.0 EiB",
	} {
		if got := amount.String(); got != want {
			t.Errorf("%d is printed as %q, want %q", uint64(amount), got, want)
		}
	}
}

func FuzzParsers(f *testing.F) {
	for _, name := range []string{"load.txt", "df-gnu.txt", "df-busybox.txt", "ps.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("MemTotal: 1000 kB\nMemFree: 100 kB\n")
	f.Add("59.99 100.00\n6.1.0\n")
	f.Fuzz(func(t *testing.T, output string) {
		if load, err := ParseLoad(output); err == nil && !(load.PerCPU() >= 0) {
			t.Errorf("load %+v", load)
		}
		if memory, err := ParseMemory(output); err == nil && !(memory.UsedPercent() <= 100 && memory.SwapUsedPercent() <= 100) {
			t.Errorf("memory %+v", memory)
		}
		if disks, err := ParseDisk(output); err == nil && !(disks[0].UsedPercent() <= 100) {
			t.Errorf("disk %+v", disks[0])
		}
		if table, err := ParseProcesses(output, 6); err == nil && (len(table.Busiest) == 0 || len(table.Busiest) > 6) {
			t.Errorf("processes %+v", table)
		}
		if uptime, err := ParseUptime(output); err == nil && uptime.Up < 0 {
			t.Errorf("uptime %+v", uptime)
		}
	})
}

// TestNothingButText: a host may call a process anything.
func TestNothingButText(t *testing.T) {
	u, err := ParseUptime("1.5 1\n\x1b]0;t\x07\u202e\xffok\n")
	if err != nil || u.Kernel != "\ufffd]0;t\ufffd\ufffd\ufffdok" {
		t.Errorf("the kernel is %q, %v", u.Kernel, err)
	}
}

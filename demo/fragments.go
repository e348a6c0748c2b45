package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/sshexec"
	"github.com/infill-go/infill/demo/internal/metrics"
	"github.com/infill-go/infill/demo/internal/plot"
)

const (
	runTimeout   = 10 * time.Second
	historyLimit = 120 // samples: 10 minutes at the usual pace
	shownDisks   = 4
	shownProcs   = 6
)

// pace is for how long each kind of block is fresh.
type pace struct {
	load, memory, disk, ps, uptime time.Duration
}

// usualPace asks for what changes fast each few seconds, and for the rest once a minute.
var usualPace = pace{load: 5 * time.Second, memory: 10 * time.Second, disk: time.Minute, ps: 5 * time.Second, uptime: time.Minute}

// fragments are the blocks of the dashboard. Each is a function of a host's id; the host itself is looked up here, so
// that nothing but a known host is ever asked, whatever a template or a request says.
type fragments struct {
	commander *commander
	pace      pace
	hosts     map[string]Host
	histories map[string]*plot.History
	load      *async.Handle[string, Block[LoadHistory]]
	watch     sync.Once
}

// policy is that of a block that is fresh for so long. Old values are shown for ten minutes, so that who comes back sees
// something at once; when a host does not answer, for two.
func policy(fresh time.Duration) async.Policy {
	return async.Policy{
		MaxAge:               fresh,
		StaleWhileRevalidate: 10 * time.Minute,
		StaleIfError:         2 * time.Minute,
		Timeout:              runTimeout,
		Backoff:              2 * time.Second,
	}
}

// register makes the fragments of all blocks.
func register(g *async.Group, c *commander, p pace) (*fragments, error) {
	f := &fragments{commander: c, pace: p, hosts: make(map[string]Host), histories: make(map[string]*plot.History)}
	for _, host := range c.hosts {
		f.hosts[host.ID] = host
		f.histories[host.ID] = plot.NewHistory(historyLimit)
	}
	var errs [5]error
	f.load, errs[0] = async.Register(g, "load", f.loadOf, policy(p.load))
	_, errs[1] = async.Register(g, "memory", f.memoryOf, policy(p.memory))
	_, errs[2] = async.Register(g, "disk", f.disksOf, policy(p.disk))
	_, errs[3] = async.Register(g, "ps", f.processesOf, policy(p.ps))
	_, errs[4] = async.Register(g, "uptime", f.uptimeOf, policy(p.uptime))
	return f, errors.Join(errs[:]...)
}

// keepHistories measures the load of all hosts from now on, whether somebody looks or not: a history has no gaps. It
// begins with the first page: nobody's host is asked before somebody wants to know.
func (f *fragments) keepHistories() {
	f.watch.Do(func() {
		for id := range f.hosts {
			f.load.Keep(id) // until the group is closed
		}
	})
}

func (f *fragments) loadOf(ctx context.Context, id string) (Block[LoadHistory], error) {
	return measure(ctx, f, id, metrics.LoadArgv(), func(output string) (LoadHistory, error) {
		load, err := metrics.ParseLoad(output)
		if err != nil {
			return LoadHistory{}, err
		}
		history := f.histories[id]
		history.Add(plot.Sample{At: time.Now(), Value: load.One})
		return LoadHistory{Load: load, Line: f.drawLoad(load, history.Samples())}, nil
	})
}

func (f *fragments) drawLoad(load metrics.Load, samples []plot.Sample) LoadLine {
	return LoadLine{CPUs: load.CPUs, Line: plot.Draw(samples, plot.Frame{
		Width: 300, Height: 64, Floor: 1, MinSpan: time.Minute, Gap: 4 * f.pace.load,
	})}
}

func (f *fragments) memoryOf(ctx context.Context, id string) (Block[metrics.Memory], error) {
	return measure(ctx, f, id, metrics.MemoryArgv(), metrics.ParseMemory)
}

func (f *fragments) disksOf(ctx context.Context, id string) (Block[Disks], error) {
	return measure(ctx, f, id, metrics.DiskArgv(), func(output string) (Disks, error) {
		all, err := metrics.ParseDisk(output)
		if err != nil {
			return Disks{}, err
		}
		// The root stays in front: it is the one that every host has.
		slices.SortStableFunc(all[1:], func(a, b metrics.Filesystem) int {
			return -cmp.Compare(a.UsedPercent(), b.UsedPercent())
		})
		shown := min(len(all), shownDisks)
		return Disks{Shown: all[:shown], More: len(all) - shown}, nil
	})
}

func (f *fragments) processesOf(ctx context.Context, id string) (Block[metrics.ProcessTable], error) {
	return measure(ctx, f, id, metrics.ProcessArgv(), func(output string) (metrics.ProcessTable, error) {
		return metrics.ParseProcesses(output, shownProcs)
	})
}

func (f *fragments) uptimeOf(ctx context.Context, id string) (Block[metrics.Uptime], error) {
	return measure(ctx, f, id, metrics.UptimeArgv(), metrics.ParseUptime)
}

// measure runs a command on a host and reads what it printed.
func measure[T any](ctx context.Context, f *fragments, id string, argv []string, parse func(string) (T, error)) (Block[T], error) {
	host, ok := f.hosts[id]
	if !ok {
		return Block[T]{}, fmt.Errorf("there is no host %q on this dashboard", id)
	}
	began := time.Now()
	out, err := f.commander.run(ctx, host, argv...)
	took := time.Since(began)
	if err != nil && !isPartial(err, out) {
		return Block[T]{}, err
	}
	value, parseErr := parse(string(out.Stdout))
	if parseErr != nil {
		return Block[T]{}, errors.Join(parseErr, err)
	}
	return Block[T]{Host: id, Took: took, Value: value}, nil
}

// isPartial tells whether a command failed at a part of its work and printed the rest, as df does where one file system
// of many cannot be looked at: it exits with 1 then.
func isPartial(err error, out sshexec.Output) bool {
	var exited *sshexec.ExitError
	return errors.As(err, &exited) && exited.Code == 1 && exited.Err == nil && len(out.Stdout) > 0
}

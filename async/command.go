package async

import (
	"context"
	"encoding/binary"
	"log/slog"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/infill-go/infill/async/internal/keys"
)

// Command starts fn once in a goroutine of the default group, returns def until
// it has completed, and then fn's value, which it remembers:
//
//	out := async.Command("ps web1", "loading…", func(ctx context.Context) (string, error) {
//		return run(ctx, "ssh", "web1", "ps")
//	})
//
// It never waits. The id is the whole key: whoever calls Command with this id,
// from wherever and with whatever fn, shares one run and one value. So fn must
// depend on nothing that varies between calls with the same id; put what varies
// into the id. Two types under one id are two commands.
//
// An empty id means the place of the call. That is right only for a direct call
// whose fn captures nothing that varies. In
//
//	for _, host := range hosts {
//		out[host] = async.Command("", "", func(ctx context.Context) (string, error) { return ps(ctx, host) }) // wrong
//	}
//
// every host gets the value of the first, for there is one place; and of an fn
// that captures the user, the second user is shown what belongs to the first. A
// call in a helper function has the helper's place, or, if the compiler has
// inlined the helper, the place that it is inlined into: give such calls an id.
//
// When fn fails, def is returned and fn is tried again after a back-off; the
// group's log has the error. Values, policy and limits of all Commands of a group
// are shared: [Group.Commands].
func Command[T any](id string, def T, fn func(context.Context) (T, error)) T {
	if id == "" {
		return command(nil, callSite(), def, fn)
	}
	return command(nil, namedCommand(id), def, fn)
}

// CommandIn is [Command] on a group of one's own; nil is the default group.
func CommandIn[T any](g *Group, id string, def T, fn func(context.Context) (T, error)) T {
	if id == "" {
		return command(g, callSite(), def, fn)
	}
	return command(g, namedCommand(id), def, fn)
}

// commandKey is an id, or a place in the program, and never both.
type commandKey struct {
	id   string
	site uintptr
}

func namedCommand(id string) commandKey { return commandKey{id: id} }

// callSite is the place that called Command or CommandIn. runtime.Callers counts
// logical frames, so inlining does not change the count.
func callSite() commandKey {
	var pc [1]uintptr
	runtime.Callers(3, pc[:])
	return commandKey{site: pc[0]}
}

// String shows the id in quotes, or the place as file:line.
func (k commandKey) String() string {
	if k.site == 0 {
		return strconv.Quote(k.id)
	}
	return k.place()
}

// name is the id as it is, or the place.
func (k commandKey) name() string {
	if k.site == 0 {
		return k.id
	}
	return k.place()
}

func (k commandKey) place() string {
	frame, _ := runtime.CallersFrames([]uintptr{k.site}).Next()
	return frame.File + ":" + strconv.Itoa(frame.Line)
}

func command[T any](g *Group, key commandKey, def T, fn func(context.Context) (T, error)) T {
	f := g.ready().commands
	var buf keyBuffer
	e, ok := f.glance(key.encode(buf[:0], typeWord[T]()))
	if !ok {
		e = lookForCommand(f, key, fn)
	}
	if e == nil {
		return def
	}
	v, _ := e.Value.(T) // false only for a nil in an interface T: the zero value
	return v
}

// lookForCommand is what is not the ordinary case: it allocates.
func lookForCommand[T any](f *fragment, key commandKey, fn func(context.Context) (T, error)) *entry {
	f.used.Store(true)
	f.group.tellBadCommands()
	id := strings.Clone(key.encode(nil, typeWord[T]()))
	return f.look(id, ask{key: key, fn: func(ctx context.Context) (any, error) { return fn(ctx) }}).entry
}

// keyBuffer is where an encoding is made that is only looked up. It is on the
// stack, so a hit allocates nothing.
type keyBuffer [128]byte

// encode gives each pair of key and type an encoding of its own: the type's
// word, then the id or a place. The byte between says which. The encoding may lie
// in buf.
func (k commandKey) encode(buf []byte, typ uint64) string {
	b := binary.NativeEndian.AppendUint64(buf, typ)
	if k.site != 0 {
		b = binary.NativeEndian.AppendUint64(append(b, placeSign), uint64(k.site))
		return keys.TransientBytes(b)
	}
	return keys.TransientBytes(append(append(b, idSign), k.id...))
}

const (
	idSign    = ':'
	placeSign = '@'
)

// typeWord tells types apart within this process: the address of what the runtime
// knows of the type.
func typeWord[T any]() uint64 {
	return uint64(reflect.ValueOf(reflect.TypeFor[T]()).Pointer())
}

// commandOf finds id or place again in an encoding.
func commandOf(encoded string) commandKey {
	const head = 8 // the type's word
	switch {
	case keys.Hashed(encoded):
		return commandKey{id: keys.DisplayHash(encoded)}
	case len(encoded) == head+9 && encoded[head] == placeSign:
		return commandKey{site: uintptr(binary.NativeEndian.Uint64([]byte(encoded[head+1:])))}
	case len(encoded) > head && encoded[head] == idSign:
		return commandKey{id: encoded[head+1:]}
	}
	return commandKey{id: keys.DisplayHash(encoded)}
}

// tellBadCommands logs, once, that Group.Commands is impossible. It is not done when
// the group is made ready: the logger may use the group.
func (g *Group) tellBadCommands() {
	if g.badCommands.Load() == nil {
		return
	}
	if err := g.badCommands.Swap(nil); err != nil {
		g.record(slog.LevelError, "Group.Commands is impossible, so Commands have the zero Policy", "error", *err)
	}
}

// commandsName is the name of the fragment that all Commands share.
const commandsName = "Command"

func newCommands(g *Group) *fragment {
	p, err := g.Commands.resolved(g.maxRuns())
	if err != nil {
		g.badCommands.Store(&err)
		p, _ = Policy{}.resolved(g.maxRuns())
	}
	f := newFragment(g, commandsName, "package async", p)
	f.isCommands = true
	f.display = func(key any) string {
		if k, ok := key.(commandKey); ok {
			return k.String()
		}
		return ""
	}
	return f
}

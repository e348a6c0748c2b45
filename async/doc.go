// Package async makes slow parts of a server-rendered page fill in by themselves.
//
// The page is answered at once with a default in each slow place. The slow work
// runs once in the background, whatever the number of visitors; its result is
// remembered, and shown on the next load, or, in pages that package
// [github.com/infill-go/infill/async/page] sends, in the same response.
//
//	{{template "ps" .}}      waits for ps
//	{{async "ps" .}}         shows the default now, ps when it is there
//
// # In plain Go
//
// [Command] starts a function once in a goroutine, returns a default until it has
// completed, then its value:
//
//	out := async.Command("ps web1", "loading…", func(ctx context.Context) (string, error) {
//		return run(ctx, "ssh", "web1", "ps")
//	})
//
// # Fragments
//
// A fragment is a named slow block: a function of one key, and a [Policy].
// [Register] makes one and returns its [Handle]:
//
//	ps, err := async.Register(nil, "ps", func(ctx context.Context, host string) ([]Process, error) { … },
//		async.Policy{MaxAge: 5 * time.Second, Timeout: 10 * time.Second})
//
// Results are remembered by name and key, and nothing else. Whatever the result
// depends on must be in the key: a run inherits no request, no user and no
// context value. One user's data needs the user in the key.
//
// # Templates
//
// There are three ways to use fragments in html/template, and the templates are the
// same in all of them. Parsed with [Funcs] and executed as usual, {{async "ps" .Host}}
// prints the value, or DEFAULT, escaped for its place. Bound with [Bind], a set
// also has views:
//
//	{{define "ps:view"}}<table>…</table>{{end}}      how a value looks; dot is the value
//	{{define "ps:default"}}working…{{end}}           until there is one; dot is a [State]
//	{{define "ps:error"}}no answer{{end}}            a run failed and there is no value; dot is a State
//	{{define "ps:stale"}}…{{end}}                    a value past its MaxAge; dot is a State
//
// and template fragments: {{async "ps" .}} with no fragment ps registered runs
// {{define "ps"}} in the background, so that its slow methods hold nobody up.
//
//	t := template.Must(template.New("").Funcs(async.Funcs()).ParseFS(files, "*.html"))
//	set, err := async.Bind(t, async.Options{})
//	…
//	report, err := set.Execute(w, "dashboard.html", data)
//
// Package page binds and executes them for you, and streams what is slow into its
// place as it comes.
//
// {{asyncvalue "load" .Host}} is the bare value as of now, for conditions,
// arguments, attributes and scripts.
//
// # What is promised
//
// At most one run per fragment and key at a time. No page waits for a run. What
// was shown once does not go back to the default before it expires or is
// forgotten, and by default a value does not expire by age; it gets stale, is
// shown, and is refreshed. An error, a panic, a hang or a runaway template spoils
// its own place and nothing else, keeps the last good value, and is tried again
// after a back-off. Everything is bounded, every run has a deadline, everything
// that degrades is counted and logged. [Group.Close] ends it all and names what
// was lost.
package async

package async_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/infill-go/infill/async"
)

// A bound set has a template for each thing that can be said of a fragment: its value, that there is none yet, that it failed.
func ExampleBind() {
	type Process struct {
		PID     int
		Command string
	}
	group := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	processes, err := async.Register(group, "ps", func(ctx context.Context, host string) ([]Process, error) {
		if host == "web2" {
			return nil, errors.New("web2 does not answer") // for the log, never for the page
		}
		return []Process{{1, "init"}, {7, "<defunct>"}}, nil
	}, async.Policy{MaxAge: 5 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}

	t := template.Must(template.New("page").Funcs(group.Funcs()).Parse(`
{{- range .}}<h2>{{.}}</h2> {{async "ps" .}}
{{end}}
{{- define "ps:view"}}<ul>{{range .}}<li>{{.PID}} {{.Command}}</li>{{end}}</ul>{{end}}
{{- define "ps:default"}}asking {{.Key}}…{{end}}
{{- define "ps:error"}}no answer, tried {{.Failures}} time(s){{end}}`))
	set, err := async.Bind(t, async.Options{Group: group})
	if err != nil {
		fmt.Println(err)
		return
	}

	hosts := []string{"web1", "web2"}
	set.Execute(os.Stdout, "page", hosts)
	for _, host := range hosts {
		processes.Wait(context.Background(), host)
	}
	set.Execute(os.Stdout, "page", hosts)

	// Output:
	// <h2>web1</h2> asking web1…
	// <h2>web2</h2> asking web2…
	// <h2>web1</h2> <ul><li>1 init</li><li>7 &lt;defunct&gt;</li></ul>
	// <h2>web2</h2> no answer, tried 1 time(s)
}

// Host is a small value with a slow method.
type Host struct{ Name string }

// Processes asks the host.
func (h Host) Processes() []string { return []string{"init", "sshd on " + h.Name} }

// Where a page says {{template "host" .}}, say {{async "host" .}}: the template runs in the background, and its slow methods hold
// nobody up.
func ExampleBind_templateFragment() {
	var group async.Group
	t := template.Must(template.New("page").Funcs(group.Funcs()).Parse(
		`<h1>Hosts</h1> {{range .}}{{async "host" .}}{{end}}
{{define "host"}}<p>{{.Name}}: {{range .Processes}}<i>{{.}}</i> {{end}}</p>{{end}}
{{- define "host:default"}}<p>{{.Key.Name}} is asked…</p>{{end}}`))
	set, err := async.Bind(t, async.Options{
		Group:    &group,
		Policies: map[string]async.Policy{"host": {MaxAge: time.Minute}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	hosts := []Host{{"web1"}}
	set.Execute(os.Stdout, "page", hosts)
	if err := group.Close(context.Background()); err != nil { // a server just waits for the next visitor
		fmt.Println(err)
	}
	set.Execute(os.Stdout, "page", hosts)

	// Output:
	// <h1>Hosts</h1> <p>web1 is asked…</p>
	// <h1>Hosts</h1> <p>web1: <i>init</i> <i>sshd on web1</i> </p>
}

// Bind finds what cannot work before the first visitor does.
func ExampleBind_errors() {
	var group async.Group
	t := template.Must(template.New("page").Funcs(group.Funcs()).Parse(`<h1>Load</h1>
<script>var load = {{async "load" .}}</script>
{{define "load"}}0.7{{end}}`))
	_, err := async.Bind(t, async.Options{Group: &group})
	fmt.Println(err)

	// Output:
	// async: cannot bind: page:2:22: async "load" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript
}

// Without Bind, templates have the values of registered fragments, or DEFAULT, in any place and escaped for it.
func ExampleFuncs() {
	var group async.Group // for the default group: async.Funcs()
	answer := make(chan float64)
	load, err := async.Register(&group, "load", func(ctx context.Context, host string) (float64, error) {
		return <-answer, nil
	}, async.Policy{MaxAge: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}

	t := template.Must(template.New("page").Funcs(group.Funcs()).Parse(
		`<p title="load {{async "load" .}}">{{async "load" . "…"}} {{if gt (asyncvalue "load" .) 0.5}}busy{{end}}</p>
`))
	t.Execute(os.Stdout, "web1")
	answer <- 0.7
	load.Wait(context.Background(), "web1")
	t.Execute(os.Stdout, "web1")

	// Output:
	// <p title="load ">… </p>
	// <p title="load 0.7">0.7 busy</p>
}

// The report says what a page shows. As long as something is on its way, the browser is asked to load the page again.
func ExampleSet_Execute() {
	t := template.Must(template.New("page").Funcs(async.Funcs()).Parse(
		`<title>Hosts</title> {{async "overview" "all"}}
{{define "overview"}}three hosts are up{{end}}
{{define "overview:default"}}one moment…{{end}}`))
	set, err := async.Bind(t, async.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var page bytes.Buffer // so that headers can still be set
		report, err := set.Execute(&page, "page", nil)
		if err != nil {
			http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
			return
		}
		if report.Pending > 0 {
			w.Header().Set("Refresh", "1")
			w.Header().Set("Cache-Control", "no-store")
		}
		page.WriteTo(w)
	})
}

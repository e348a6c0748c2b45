package main

import (
	"context"
	"fmt"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/examples/internal/processes"
)

func dashboard(ctx context.Context, pages *page.Pages, ps busiest) g.Node {
	return html.Doctype(html.HTML(html.Lang("en"),
		html.Head(html.Meta(html.Charset("utf-8")), html.TitleEl(g.Text("Processes")), g.Raw(string(pages.Script()))),
		html.Body(
			html.H1(g.Text("Processes")),
			html.P(status(ctx)),
			html.H2(g.Text("By CPU")),
			hole(ctx, ps, "cpu", table, busy("looking at the processors…"), noAnswer()),
			html.H2(g.Text("By memory")),
			hole(ctx, ps, "memory", table, busy("looking at the memory…"), noAnswer()),
		),
	))
}

func busy(text string) g.Node { return html.P(html.Aria("busy", "true"), g.Text(text)) }

func noAnswer() g.Node { return html.P(g.Text("ps does not answer.")) }

func table(all []processes.Process) g.Node {
	return html.Table(g.Map(all, func(p processes.Process) g.Node {
		return html.Tr(html.Td(g.Text(fmt.Sprint(p.PID))), html.Td(g.Text(p.Command)))
	}))
}

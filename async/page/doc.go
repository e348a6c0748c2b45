// Package page sends pages whose slow parts fill in within one response.
//
//	t := template.Must(template.New("").Funcs(async.Funcs()).ParseFS(files, "*.html"))
//	pages := page.Must(page.Bind(t, page.Options{}))
//	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "dashboard.html", data) })
//	http.Handle("GET /_async/", pages)
//
// Render executes the template once, which starts everything that is slow, waits for a moment for what is quick, and
// sends the page with a default in each place that is still empty. Then it keeps the response open for a while and sends
// each fragment as it completes, in any order:
//
//	<p><?start name="x1">asking…<?end></p> … </html>
//	<template for="x1">12 °C</template>
//
// This is the HTML standard's own way to fill a place later (whatwg/html#11818), without a script and under any content
// security policy; Chromium knows it since version 150. Elsewhere one small script does the same: asyncscript prints its
// tag, and [Pages] serve it. What has not come when the window ends is asked for again by loading the page anew.
//
// Who cannot use a stream gets the page in another [Mode], with the same templates.
//
// A page that is not made by html/template is sent by [Pages.Respond], and has its holes from [Hole].
package page

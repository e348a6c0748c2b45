package main

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"github.com/infill-go/infill/async"
)

var value = template.Must(template.New("value").Parse(valueHTML))

func htmlOf(at int64) []byte {
	var b bytes.Buffer
	_ = value.Execute(&b, at) // a buffer takes everything
	return b.Bytes()
}

// byHand sends the same bytes as package page does, up to the names, and does nothing else: one write and one flush for
// each block as it completes.
func (s *site) byHand(w http.ResponseWriter, r *http.Request) {
	type completed struct {
		number int64
		at     int64
	}
	blocks := s.staggered()
	all := make(chan completed, len(blocks))
	for _, k := range blocks {
		go func() {
			at, err := k.completed(r.Context())
			if err == nil {
				all <- completed{k.Number, at}
			}
		}()
	}
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(byHandShell(s.tag, blocks)) // an error says that the browser has left, as below
	_ = rc.Flush()
	for range blocks {
		select {
		case one := <-all:
			fmt.Fprintf(w, `<template for="abcdefghij%d">%s</template><async-fill></async-fill>`, one.number+1, htmlOf(one.at))
			_ = rc.Flush()
		case <-r.Context().Done():
			return
		}
	}
	fmt.Fprint(w, `<async-fill end></async-fill>`)
}

// byHandShell is the page with its defaults.
func byHandShell(tag template.HTML, blocks []block) []byte {
	b := []byte(head(string(tag)))
	for _, k := range blocks {
		b = fmt.Appendf(b, `<section><?start name="abcdefghij%d">%s<?end></section>`, k.Number+1, waitingHTML)
	}
	return append(b, tail+`<div hidden><async-fill wait="12000"></async-fill></div>`...)
}

// lazy is a page that has htmx ask for each block when it is loaded.
func (s *site) lazy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = lazyPage.ExecuteTemplate(w, "page", s.equal())
}

var lazyPage = template.Must(template.New("").Parse(around(
	`{{range .}}<section><div hx-get="`+pathLazy+`/block?n={{.Load}}-{{.Number}}" hx-trigger="load" hx-swap="outerHTML">`+waitingHTML+`</div></section>{{end}}`,
	`<script src="/htmx.js" defer></script>`)))

func (s *site) lazyBlock(w http.ResponseWriter, r *http.Request) {
	at, err := block{Takes: s.scale.takes}.completed(r.Context())
	if err != nil {
		return // the browser has left
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(htmlOf(at))
}

// oneByOne is a page that waits for each of its blocks in turn.
func (s *site) oneByOne(h *async.Handle[block, int64]) http.HandlerFunc {
	t := template.Must(template.New("").Parse(around(`{{range .}}<section>`+valueHTML+`</section>{{end}}`, "")))
	return func(w http.ResponseWriter, r *http.Request) {
		var all []int64
		for _, k := range s.equal() {
			at, err := h.Wait(r.Context(), k)
			if err != nil {
				return // the browser has left
			}
			all = append(all, at)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = t.ExecuteTemplate(w, "page", all)
	}
}

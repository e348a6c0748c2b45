package page_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestTheStreamOfAPost has the fence, without which a template after a p that is open would find no place; but nothing by
// which the script would send the form again.
func TestTheStreamOfAPost(t *testing.T) {
	for _, filled := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "f")
			pages := bind(t, g, `<p>{{async "f" 1 "default"}}`, page.Options{})
			v := ask(t, renders(pages).ServeHTTP, func(r *http.Request) { r.Method = http.MethodPost })
			pass(time.Second)
			want := `<p><?start name="x1">default<?end><div hidden></div>`
			if filled {
				all.open("f", "value")
				want += `<template for="x1">value</template><async-fill></async-fill>`
			}
			pass(5 * time.Second)
			if got := plainNames(v.body()); got != want+`<async-fill end></async-fill>` || v.header.Get("Refresh") != "" {
				t.Errorf("%s", v.script())
			}
		})
	}
}

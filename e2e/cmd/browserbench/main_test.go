package main

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/browsertest"
)

// small is enough to see every row measured.
var small = scale{takes: 20 * time.Millisecond, apart: 5 * time.Millisecond, loads: 1, turns: 1}

// TestEveryRow measures all rows that need no download. What is looked at does not depend on the machine.
func TestEveryRow(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	found, err := measureIn(b, small, nil, errors.New("no npm"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(found.Browser, "Chromium ") || found.Missing != "" {
		t.Errorf("measured in %q, missing %q", found.Browser, found.Missing)
	}
	for _, want := range []struct {
		row, column int
		cell        string
	}{
		{0, 0, `^0\.\d\d$|^\d+\.\d\d$`},
		{0, 1, `^$`},
		{0, 2, `^not measured: no npm$`},
		{0, 3, `^(0\.[4-9]|[1-9])`}, // 20 blocks of 20 ms one after the other
		{1, 0, `^\d+\.\d\d$`},
		{1, 1, `^\d+\.\d\d$`},
	} {
		if cell := found.Rows[want.row].Cells[found.Columns[want.column]]; !regexp.MustCompile(want.cell).MatchString(cell) {
			t.Errorf("%s, %s: %q does not match %s", found.Rows[want.row].Label, found.Columns[want.column], cell, want.cell)
		}
	}
	if len(found.Gates) != 1 || found.Gates[0].Figure <= 0 || found.Gates[0].Limit != 1.5 {
		t.Errorf("the gates are %+v", found.Gates)
	}
}

var (
	randomName = regexp.MustCompile(`="[A-Za-z0-9]{10}(\d+)"`)
	instant    = regexp.MustCompile(`data-at="\d+"`)
)

// TestByHandSendsTheSameBytes keeps the comparison fair: what differs are the random names, the instants, and the order in
// which the blocks have come.
func TestByHandSendsTheSameBytes(t *testing.T) {
	server, err := startSite(small, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.close()
	var pages [2][]string
	for i, path := range []string{pathStaggered, pathByHand} {
		response, err := http.Get(server.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		text := instant.ReplaceAllString(randomName.ReplaceAllString(string(body), `="$1"`), `data-at=""`)
		pages[i] = regexp.MustCompile(`<template for|<async-fill end`).Split(text, -1)
		slices.Sort(pages[i])
	}
	if !slices.Equal(pages[0], pages[1]) {
		t.Errorf("the pages differ:\n%q\n%q", pages[0], pages[1])
	}
	if len(pages[0]) != blockCount+2 {
		t.Errorf("%d parts, not the shell, %d blocks and the end", len(pages[0]), blockCount)
	}
}

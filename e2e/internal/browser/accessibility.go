package browser

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// Accessible is an element as assistive technology is told of it.
type Accessible struct {
	Role string // "status", "table", …; of the document itself "RootWebArea"
	Text string // all text that is in it
	Busy bool
	Live string // "polite", "assertive", "off", or nothing
}

// Accessibles returns all elements of the page that assistive technology is told of, in the order of the document.
func (p *Page) Accessibles() ([]Accessible, error) {
	ctx, cancel := context.WithTimeout(p.ctx, callTimeout)
	defer cancel()
	result, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		return nil, fmt.Errorf("browser: accessibility tree: %w", err)
	}
	tree := make(axTree)
	for _, n := range result.Nodes {
		tree[n.NodeID] = n
	}
	var all []Accessible
	for _, n := range result.Nodes {
		if n.ParentID == "" {
			all = tree.walk(n, all)
		}
	}
	return all, nil
}

type axTree map[accessibility.NodeID]*accessibility.Node

// walk appends a node and what is below it. Elements that say nothing are ignored nodes.
func (t axTree) walk(n *accessibility.Node, all []Accessible) []Accessible {
	if !n.Ignored {
		all = append(all, Accessible{
			Role: valueOf[string](n.Role),
			Text: t.text(n),
			Busy: valueOf[int](property(n, accessibility.PropertyNameBusy)) == 1,
			Live: valueOf[string](property(n, accessibility.PropertyNameLive)),
		})
	}
	for _, id := range n.ChildIDs {
		if child := t[id]; child != nil {
			all = t.walk(child, all)
		}
	}
	return all
}

func (t axTree) text(n *accessibility.Node) string {
	if valueOf[string](n.Role) == "StaticText" {
		return valueOf[string](n.Name)
	}
	text := ""
	for _, id := range n.ChildIDs {
		if child := t[id]; child != nil {
			text += t.text(child)
		}
	}
	return text
}

func property(n *accessibility.Node, name accessibility.PropertyName) *accessibility.Value {
	for _, p := range n.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// valueOf is the zero value for what is not there. Chromium's "boolean" is a number, its "booleanOrUndefined" is none.
func valueOf[T any](v *accessibility.Value) (value T) {
	if v != nil {
		_ = json.Unmarshal(v.Value, &value)
	}
	return value
}

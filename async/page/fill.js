// The one script of a page that fills in by itself. Browsers that fill <template for> themselves (the HTML standard,
// whatwg/html#11818) need it only for what their parser cannot reach; the others need it for all. It is loaded with
// `async`, because `defer` and modules wait for the end of the response, and it needs nothing but script-src 'self':
// no markup is made from strings, so that Trusted Types have nothing to refuse.
//
// What the server sends, for the names a1, a2, … which are random in each response and [A-Za-z0-9_-]+:
//
//   <?start name="a1">default<?end>                              in the page, as often as something is pending
//   <div hidden><async-fill wait="12000"></async-fill></div>     after the page, if anything is pending: for how many
//                                                                milliseconds the response may be silent; 12 s if not said
//   <template for="a1">…</template><async-fill></async-fill>     for each that comes, at once
//   <script async src="…"></script>                              the script itself, with each that comes
//   <async-fill end></async-fill>                                when no more will come
//
// fill.min.js is made of this file by `make script`.
(() => {
  const doc = document;
  const tag = "async-fill";
  // The server names the script again with what it sends. WebKit runs no async script before the first paint, not even
  // after it, until the next one has loaded or the response has ended: without a second one that is the end, as a rule.
  if (customElements.get(tag)) return doc.currentScript.remove();

  let fence; // the hidden div that stands between the page's own elements and what was sent after them
  let wait; // fragments were announced; how long the silence may be
  let end; // no more will be sent
  let silence; // the timer that runs since the last element

  // marker returns a marker's text, "?start name=…" or "?end", and "" or some comment's text for all other nodes. Where the
  // parser knows processing instructions (nodeType 7) a marker is one; elsewhere it is a comment (8) that has the "?" in it.
  const marker = (node) => (node.nodeType > 6 ? (node.target ? `?${node.target} ` : "") + node.data : "");

  // find returns the first start marker of a name in the document. Text that a visitor wrote cannot be one: html/template
  // escapes it, and the name is not known when it is written.
  const find = (name) => {
    const walker = doc.createTreeWalker(doc, 192); // comments and processing instructions
    let node;
    while ((node = walker.nextNode())) if (marker(node).startsWith(`?start name="${name}"`)) return node;
  };

  // fill does what the standard says of a template that is parsed: everything between the start marker and its own end,
  // nested ranges included, is replaced. A range without an end reaches to the end of its parent. If the marker is gone
  // there is nothing to do. In both ways elements get the namespace that the template's parser gave them, which is HTML's:
  // a template for the children of an <svg> draws nothing, one for the whole <svg> does.
  //
  // Scripts in a fragment run under the page's policy, as in browsers that fill by themselves.
  const fill = (template) => {
    const start = find(template.getAttribute("for"));
    if (start) {
      for (let depth = 1, next; depth && (next = start.nextSibling); next.remove()) {
        const text = marker(next);
        depth += text.startsWith("?start ") - /^\?end ?$/.test(text);
      }
      start.replaceWith(template.content);
    }
    template.remove();
  };

  // before returns what stands directly before a node, also where an element that the page has left open, a <b> for
  // instance, was opened once more around the node.
  const before = (node) => node && (node.previousSibling || before(node.parentNode));

  // reload is called when the response has ended or is silent. A page without <async-fill end> was cut off and is loaded
  // again, once: location.reload() makes a load of the type "reload", and such a load is left as it is, since a loop would
  // be worse than a default that stays. So is the one of a visitor who has reloaded by hand. sessionStorage is no better
  // witness: it may be refused. The server announces nothing in the answer to a POST, which must not be sent twice.
  //
  // Firefox and WebKit end such a document in order. Chromium does not: it tells of nothing, stays in the state "loading" for
  // ever with a response that has no end, and silence is the only sign. A page that the visitor has stopped looks otherwise:
  // Chromium and Firefox call it "complete", WebKit "loading" with a response that has ended.
  //
  // A visitor who has followed a link meanwhile gets there: the engines either have ended the response, and the document is
  // as if it was stopped, or let no script take such a navigation back.
  const reload = () => {
    const [load] = performance.getEntriesByType("navigation");
    const cut = load && load.type !== "reload" && doc.readyState === (load.responseEnd ? "interactive" : "loading");
    if (cut && wait && !end) location.reload();
  };
  const listen = () => {
    clearTimeout(silence);
    if (!end) silence = setTimeout(reload, wait);
  };

  customElements.define(
    tag,
    class extends HTMLElement {
      // It is called by the parser, or for each element in order if the script came late. A template that stands directly
      // before the element is the server's and is complete. No other is touched: neither one that is still arriving, nor
      // one that belongs to the page or was written by a visitor.
      connectedCallback() {
        const template = before(this);
        if (this.hasAttribute("wait")) {
          wait = this.getAttribute("wait") || 12e3;
          fence = this.parentNode;
        } else if (template && template.nodeType < 2 && template.matches("template[for]")) fill(template);
        this.remove();
        if (this.hasAttribute("end")) {
          end = 1;
          if (fence && !fence.firstChild) fence.remove();
        }
        listen();
      }
    },
  );

  if (doc.readyState === "loading") addEventListener("DOMContentLoaded", reload);
  else reload();
})();

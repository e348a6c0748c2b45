// Fetches a page and puts it into this one, as htmx and its kind do, with the headers that stand behind the #.
(async () => {
  const policy = self.trustedTypes?.createPolicy("boost", { createHTML: (html) => html });
  const headers = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const html = await (await fetch("/board", { headers })).text();
  history.pushState(null, "", "/board");
  document.querySelector("#into").innerHTML = policy ? policy.createHTML(html) : html;
})();

// Collects what goes wrong in the page, for browsers that can be asked for nothing but a variable.
self.problems = [];
document.addEventListener("securitypolicyviolation", (event) => {
  problems.push(`${event.violatedDirective} violated by ${event.blockedURI} ${event.sample}`);
});
addEventListener("error", (event) => problems.push(String(event.message || event.target.src)), true);
addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));

// For the script's patience with a silent response, which is longer than that of tests.
self.unhurried = self.setTimeout.bind(self);
self.setTimeout = (then, ms) => unhurried(then, Math.min(ms, 300));

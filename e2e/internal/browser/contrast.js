// The contrast of each text that can be seen, as WCAG 2.2 defines it, the worst first.
// A canvas paints the colours: it knows every notation of CSS and blends what is translucent.
(() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });

  const paint = (layers) => {
    brush.globalAlpha = 1;
    brush.clearRect(0, 0, 1, 1);
    for (const [colour, opacity] of layers) {
      brush.globalAlpha = opacity;
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };

  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((byte) => {
      const c = byte / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  const ratio = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  // What lies under everything depends on the page's color-scheme; a system colour tells it.
  const probe = document.createElement("span");
  probe.style.color = "Canvas";
  document.documentElement.append(probe);
  const ground = getComputedStyle(probe).color;
  probe.remove();

  const ancestors = (element) => {
    const line = [];
    for (let e = element; e; e = e.parentElement) line.unshift(e);
    return line;
  };

  const measure = (element, text) => {
    const style = getComputedStyle(element);
    const layers = [[ground, 1]];
    let opacity = 1;
    for (const e of ancestors(element)) {
      const its = getComputedStyle(e);
      opacity *= Number(its.opacity);
      layers.push([its.backgroundColor, opacity]);
    }
    const background = paint(layers);
    const foreground = paint([...layers, [style.color, opacity]]);
    const size = parseFloat(style.fontSize);
    return {
      ratio: ratio(foreground, background),
      large: size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700),
      text: text.trim().slice(0, 60),
      element: element.tagName.toLowerCase() + (element.className ? "." + element.className : ""),
      foreground: `rgb(${foreground})`,
      background: `rgb(${background})`,
    };
  };

  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && element.checkVisibility({ visibilityProperty: true })) {
      found.push(measure(element, walker.currentNode.data));
    }
  }
  return found.sort((a, b) => a.ratio - b.ratio);
})()

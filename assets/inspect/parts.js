// What every part of the page is made with.

const SVG = "http://www.w3.org/2000/svg";

// "{n} waiting" with its numbers.
export const say = (words, values = {}) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// An element: its name with classes, what it has, and what stands in it.
export function make(name, having = {}, ...content) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(having)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...content.filter((part) => part !== undefined));
  return element;
}

export function shape(name, having = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(having)) element.setAttribute(key, value);
  return element;
}

export function icon(of, classes = "icon") {
  const drawn = shape("svg", { class: classes, "aria-hidden": "true" });
  drawn.append(shape("use", { href: `#${of}` }));
  return drawn;
}

const SEGMENT = 6;
const GAP = 2;

// How far it is: one segment a category, as wide as what has to be rated in it; a line under where one is.
export function drawBar(bar, categories, model, here) {
  let width = 0;
  const paths = { todo: "", done: "", here: "" };
  for (const category of categories) {
    const { required, done } = model.progress([category]);
    if (required === 0) continue;
    const begin = width === 0 ? 0 : width + GAP;
    const piece = (top, height, count) => (count ? `M${begin} ${top}h${count * SEGMENT}v${height}h-${count * SEGMENT}z` : "");
    paths.todo += piece(0, 8, required);
    paths.done += piece(0, 8, done);
    if (category.key === here) paths.here = piece(10, 2, required);
    width = begin + required * SEGMENT;
  }
  bar.setAttribute("viewBox", `0 0 ${width} 12`);
  for (const [name, drawn] of Object.entries(paths)) bar.querySelector(`.${name}`).setAttribute("d", drawn);
}

const place = (scale, value) => Math.round(Math.min(1, Math.max(0, (value - scale.from) / (scale.to - scale.from))) * 24_000) / 100;

// The band grows thicker as it gets worse; the needle is now, the open mark last time.
export function drawGauge(gauge, scale, now, before, spoken) {
  if (!gauge.firstChild) {
    for (const [severity, x, y, width, height] of scale.bands) {
      gauge.append(shape("rect", { class: `band ${severity}`, x, y, width, height }));
    }
    gauge.append(shape("path", { class: "ticks", d: scale.ticks.map((x) => `M${x} 28v4`).join("") }));
    for (const [x, words] of scale.numbers) {
      const number = shape("text", { x, y: 44 });
      number.textContent = words;
      gauge.append(number);
    }
    gauge.append(shape("path", { class: "before", d: "M0 24l-5-9h10z" }));
    gauge.append(shape("path", { class: "now", d: "M-1.25 27V9l-5-9h12.5l-5 9v18z" }));
  }
  const stand = (part, value) => {
    const isThere = typeof value === "number";
    part.setAttribute("visibility", isThere ? "visible" : "hidden");
    if (isThere) part.setAttribute("transform", `translate(${place(scale, value)})`);
  };
  stand(gauge.querySelector(".before"), before);
  stand(gauge.querySelector(".now"), now);
  gauge.setAttribute("aria-label", spoken);
}

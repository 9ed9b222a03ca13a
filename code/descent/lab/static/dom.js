// Small helpers: elements, numbers as text, round numbers for axes, a canvas that is sharp.

const SVG = "http://www.w3.org/2000/svg";
let counter = 0; // makes ids

/** An element with attributes and children; an attribute that is a function listens to that event. */
function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElement(name), classes, attributes, children);
}

/** The same for SVG. */
function svg(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElementNS(SVG, name), classes, attributes, children);
}

function fill(node, classes, attributes, children) {
  if (classes.length) node.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A number as a reader wants it: few digits, a real minus. */
function text(value, digits = 3) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let shown = Number(value.toPrecision(digits));
  shown = size && (size < 1e-3 || size >= 1e5) ? shown.toExponential().replace("e+", "e") : String(shown);
  return shown.replaceAll("-", "−");
}

/** The value, or the end of [low, high] that it is beyond. */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** About n round numbers from low to high. */
function roundNumbers(low, high, n) {
  const raw = (high - low) / n;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const numbers = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) numbers.push(Number((k * step).toPrecision(12)));
  return numbers;
}

/** A canvas as large as its box, with a point for every pixel of the screen. */
function makeCanvas(attributes) {
  const canvas = el("canvas", attributes);
  const context = canvas.getContext("2d");
  const size = { width: 0, height: 0 };
  function fit() {
    const ratio = globalThis.devicePixelRatio || 1;
    size.width = canvas.clientWidth;
    size.height = canvas.clientHeight;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  return { canvas, context, size, fit };
}

/** Lay out now, and again at another size or in another theme; call what is returned to end that. */
function keepLaidOut(host, layOut) {
  let width = host.clientWidth;
  if (width) layOut();
  const size = new ResizeObserver(() => host.clientWidth !== width && ((width = host.clientWidth), layOut()));
  size.observe(host);
  const again = () => requestAnimationFrame(layOut); // JupyterLab hides everything while it changes its theme
  const theme = new MutationObserver(again);
  for (const node of [document.documentElement, document.body]) theme.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", again);
  return () => {
    size.disconnect();
    theme.disconnect();
    dark.removeEventListener("change", again);
  };
}

/** A short line in the colour and the dashes of a curve. */
const makeSwatch = ({ colour, dash }) => svg("svg.lab-swatch", { viewBox: "0 0 30 8", "aria-hidden": "true" }, svg("path", { d: "M0 4H30", stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") }));

/** Call `f` once, `wait` milliseconds after the last call. */
function later(f, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(f, wait);
  };
}

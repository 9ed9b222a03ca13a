// A slider with labelled ticks, and the buttons.

/** A slider over the values of a scale. `moved(value)` is called at every move; set(value) places it, also between positions. */
function makeSlider({ label, title, scale, moved }) {
  const values = valuesOf(scale);
  const id = `lab-slider-${++counter}`;
  const input = el("input", {
    type: "range",
    id,
    min: 0,
    max: values.length - 1,
    step: 1,
    input() {
      set(values[Number(input.value)]);
      moved(values[Number(input.value)]);
    },
  });
  const output = el("output", { for: id });
  const ticks = scale.ticks.map(([value, name]) =>
    el("span", { style: `left:${(100 * positionOf(values, value)) / (values.length - 1)}%` }, name.replaceAll("-", "−")),
  );
  const node = el("div.lab-slider", {}, el("label", { for: id }, label), output, el("div.lab-range", {}, input, el("div.lab-ticks", { "aria-hidden": "true" }, ...ticks)));
  if (title) input.setAttribute("aria-label", title);
  function set(value) {
    input.value = positionOf(values, value);
    output.textContent = text(value, 6);
    input.setAttribute("aria-valuetext", text(value, 6));
  }
  return { node, input, values, set };
}

/** A row of choices; nothing if there is only one. */
function makeChoice(label, options, chosen) {
  const select = el("select", { change: () => chosen(Number(select.value)) }, ...options.map((name, k) => el("option", { value: k }, name)));
  const node = el("label.lab-choice", { hidden: options.length < 2 }, `${label} `, select);
  return { node, select };
}

const button = (label, click, attributes = {}) => el("button", { type: "button", click, ...attributes }, label);

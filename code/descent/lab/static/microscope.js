// One step under the microscope: the arrows on the map, and this step's numbers in the lines of the rule.

const LONGEST = 80; // pixels, of an arrow that has no length of its own on the map

/** MathML with numbers in its blanks; a product of two numbers gets its dot, a negative one its parentheses. */
function filled(template, numbers) {
  return template
    .replaceAll('<mspace width="0.167em" />', "<mo>·</mo>")
    .replace(/<mtext>@(\d+)@<\/mtext>/g, (_, k) => (numbers[k] < 0 ? `<mrow><mo>(</mo>${mn(numbers[k])}<mo>)</mo></mrow>` : mn(numbers[k])));
}
const mn = (value) => `<mn>${text(value, 4)}</mn>`;
const math = (inside) => `<math>${inside}</math>`;

/** The number that a ref of the equations stands for, in coordinate i. */
function resolve([kind, which], rule, h, seen, t, i) {
  if (kind === "x") return seen.x[i];
  if (kind === "g") return seen.g[i];
  if (kind === "t") return t;
  if (kind === "h") return h[rule.spec.sliders.findIndex((slider) => slider.name === which)];
  if (kind === "line") return seen.values[which * rule.dim + i];
  const { offset, length } = rule.memory[which];
  return seen.s[offset + (length > 1 ? i : 0)];
}

/** The equations of step t in coordinate i, as HTML; `partial` if the gradient is that of a batch. */
function numbersOf(rule, h, path, t, i, partial) {
  const { equations, gradient, ahead, refs } = rule.spec;
  const seen = lookAt(rule, h, path, t);
  const numbers = refs.map((ref) => resolve(ref, rule, h, seen, t, i));
  const row = (words, right, value) =>
    `<tr><th scope="row">${math(words)}</th><td>${right && math(`<mo>=</mo>${filled(right, numbers)}`)}</td><td>${math(`<mo>=</mo>${mn(value)}`)}</td></tr>`;
  const f = partial ? "<msub><mi>f</mi><mi>B</mi></msub>" : "<mi>f</mi>";
  const rows = equations.map(([left, right, words], k) => row(`${left}<mo>←</mo>${words}`, right, seen.values[k * rule.dim + i]));
  rows.unshift(row(gradient.replace("<mi>f</mi>", f), "", seen.g[i]));
  if (ahead) rows.unshift(row(ahead[0], ahead[1], seen.probe[i]));
  return rows.join("");
}

/** Whether a memory follows the sign of the gradient, as a velocity does: a sum of squares has no direction. */
function hasSign(rule, h, { x, s }, t) {
  const [down, up] = [-1, 1].map((sign) => {
    const after = new Float64Array(rule.dim + rule.size);
    rule.update(x, new Float64Array(rule.dim).fill(sign), s, h, t, after);
    return after;
  });
  return (offset) => down[rule.dim + offset] !== up[rule.dim + offset];
}

/** The arrows of step t: the step in its true length, everything else in its direction. */
function arrowsOf(rule, h, path, t, objective, { place, inside }) {
  const seen = lookAt(rule, h, path, t);
  const { plane, window } = objective;
  const flat = (v) => plane.map((i) => v[i]);
  const at = place(...flat(seen.x));
  const low = place(...window.map(([from]) => from));
  const high = place(...window.map(([, to]) => to));
  const scale = window.map(([from, to], k) => (high[k] - low[k]) / (to - from)); // pixels per unit
  const parts = [];

  /** A name beside a point, inside the frame. */
  function label(name, x, y, dx, dy) {
    const [px, py] = inside(x + 6 * Math.sign(dx || 1), y + (dy < 0 ? -4 : 12), 30);
    return svg("text", { x: px, y: py, "text-anchor": dx < 0 ? "end" : "start" }, name);
  }
  /** From a point along a vector: as long as it is on the map, or of a length one can see. */
  function arrow(from, vector, name, trueLength) {
    const [dx, dy] = flat(vector).map((v, k) => v * scale[k]);
    const length = Math.hypot(dx, dy);
    if (!(length > 0) || !Number.isFinite(length)) return;
    const factor = trueLength ? 1 : LONGEST / length;
    const [x, y] = [from[0] + dx * factor, from[1] + dy * factor];
    const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
    parts.push(
      svg("g.lab-arrow", { "data-name": name },
        svg("line", { x1: from[0], y1: from[1], x2: x, y2: y }),
        svg("path", { d: "M0 0L-9-4V4Z", transform: `translate(${x} ${y}) rotate(${turn})` }),
        trueLength ? label(name, (from[0] + x) / 2, (from[1] + y) / 2, -dx, -dy || 1) : label(name, x, y, dx, dy)),
    );
  }

  const signed = hasSign(rule, h, seen, t);
  const minus = (v) => v.map((value) => -value);
  for (const [name, { offset, length }] of Object.entries(rule.memory)) {
    if (length !== rule.dim) continue;
    const vector = path.state.slice(t * rule.size + offset, t * rule.size + offset + length);
    const box = rule.spec.boxes.find((boxed) => boxed === name || boxed === `${name}_hat`);
    if (!box) {
      if (signed(offset)) arrow(at, minus(vector), `−${name}`, false);
      continue;
    }
    const root = flat(vector).map(Math.sqrt);
    const [width, height] = root.map((r, k) => (r / Math.hypot(...root)) * LONGEST);
    if (width > 0 || height > 0) {
      parts.push(
        svg("g.lab-box", { "data-name": `√${name}` },
          svg("rect", { x: at[0] - width, y: at[1] - height, width: 2 * width, height: 2 * height }),
          label(`√${name}`, at[0] + width, at[1] + height, 1, -1)),
      );
    }
  }
  const probe = place(...flat(seen.probe));
  if (Math.hypot(probe[0] - at[0], probe[1] - at[1]) > 0) {
    parts.push(
      svg("g.lab-probe", { "data-name": "look-ahead" },
        svg("line", { x1: at[0], y1: at[1], x2: probe[0], y2: probe[1] }),
        svg("circle", { cx: probe[0], cy: probe[1], r: 4 }),
        label("look-ahead", ...probe, 1, -1)),
    );
  }
  arrow(probe, minus(seen.g), "−g", false);
  arrow(at, seen.next.map((value, k) => value - seen.x[k]), "step", true);
  return parts;
}

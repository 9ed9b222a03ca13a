// Runs rules on objectives: the loop of path.py again, in the page, on functions that Python has written.

const compile = (body, ...names) => new Function(...names, `"use strict";\n${body}`);

/** A surface, or a table with its batches: something with dim, value(x) and grad(x, t, o). */
function makeObjective(spec) {
  if (spec.X) return makeTable(spec);
  const grad = compile(spec.grad, "x", "o");
  return { dim: spec.dim, value: compile(spec.value, "x"), grad: (x, t, o) => grad(x, o) };
}

/** Least squares, read in batches: `batch` and `draw` may be changed between walks. */
function makeTable({ X, y, batch, orders, dim }) {
  const n = y.length;
  const rows = Float64Array.from(X.flat());
  const residual = (x, i) => {
    let sum = -y[i];
    for (let j = 0; j < dim; j++) sum += rows[i * dim + j] * x[j];
    return sum;
  };
  return {
    dim,
    n,
    batch,
    draw: 0,
    value(x) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += residual(x, i) ** 2;
      return sum / n / 2;
    },
    grad(x, t, o) {
      const perEpoch = Math.ceil(n / this.batch);
      const order = this.batch < n ? orders[this.draw] : null;
      const epoch = Math.floor((t - 1) / perEpoch) * n;
      const first = ((t - 1) % perEpoch) * this.batch;
      const last = Math.min(n, first + this.batch);
      o.fill(0);
      for (let k = first; k < last; k++) {
        const i = order ? order.charCodeAt(epoch + k) - 48 : k; // see in_order
        const error = residual(x, i) / (last - first);
        for (let j = 0; j < dim; j++) o[j] += error * rows[i * dim + j];
      }
    },
  };
}

/** A rule's functions, compiled; `memory` tells where each field lies in the array of its memory. */
function makeRule(spec, dim) {
  let size = 0;
  const memory = {};
  for (const [name, length] of spec.memory) {
    memory[name] = { offset: size, length };
    size += length;
  }
  return {
    spec,
    dim,
    size,
    memory,
    init: compile(spec.init, "x", "h", "s"),
    probe: compile(spec.probe, "x", "s", "h", "o"),
    update: compile(spec.update, "x", "g", "s", "h", "t", "o"),
    lines: spec.lines && compile(spec.lines, "x", "g", "s", "h", "t", "o"),
  };
}

/** Room for a walk of `steps` steps; walk() fills it. `last` is the last step that was taken, `diverged` the step or 0. */
function makePath(rule, steps) {
  const { dim, size } = rule;
  return {
    dim,
    size,
    steps,
    last: 0,
    diverged: 0,
    theta: new Float64Array((steps + 1) * dim),
    state: new Float64Array((steps + 1) * size),
    g: new Float64Array((steps + 1) * dim), // the gradient that step t used, at t
    loss: new Float64Array(steps + 1),
  };
}

/** Walk from `start`: probe, gradient, update. Stops where it diverges, as path.py does. */
function walk(objective, rule, h, start, path, limit) {
  const { dim, size } = rule;
  const x = Float64Array.from(start);
  const p = new Float64Array(dim);
  const g = new Float64Array(dim);
  const s = new Float64Array(size);
  const o = new Float64Array(dim + size);
  rule.init(x, h, s);
  path.diverged = 0;
  let most = Infinity;
  for (let t = 0; ; t++) {
    const loss = objective.value(x);
    path.theta.set(x, t * dim);
    path.state.set(s, t * size);
    path.loss[t] = loss;
    path.last = t;
    if (t === 0) most = limit * Math.max(1, Math.abs(loss));
    if (!(loss <= most) || !Number.isFinite(loss) || !x.every(Number.isFinite)) path.diverged = t;
    if (path.diverged || t === path.steps) return path;
    rule.probe(x, s, h, p);
    objective.grad(p, t + 1, g);
    path.g.set(g, (t + 1) * dim);
    rule.update(x, g, s, h, t + 1, o);
    for (let i = 0; i < dim; i++) x[i] = o[i];
    for (let i = 0; i < size; i++) s[i] = o[dim + i];
  }
}

/** What the microscope shows of step t ≥ 1: the point it left, the probe, the gradient, the value of every line. */
function lookAt(rule, h, path, t) {
  const { dim, size } = rule;
  const x = path.theta.slice((t - 1) * dim, t * dim);
  const s = path.state.slice((t - 1) * size, t * size);
  const g = path.g.slice(t * dim, (t + 1) * dim);
  const probe = new Float64Array(dim);
  rule.probe(x, s, h, probe);
  const values = new Float64Array(dim * rule.spec.values);
  rule.lines?.(x, g, s, h, t, values);
  return { x, s, g, probe, values, next: path.theta.slice(t * dim, (t + 1) * dim) };
}

/** The first step whose loss is less than `goal` above the lowest; -1 if there is none. */
function arrival(path, lowest, goal) {
  for (let t = 0; t <= path.last; t++) if (path.loss[t] - lowest < goal) return t;
  return -1;
}

/** The first step from which on the loss stays that low, up to the last. */
function settled(path, lowest, goal) {
  let t = path.last;
  while (t > 0 && path.loss[t - 1] - lowest < goal) t--;
  return t;
}

/** The mean of the loss above the lowest, over the second half of all steps. */
function lateMean(path, lowest) {
  let sum = 0;
  const from = Math.floor(path.steps / 2) + 1;
  for (let t = from; t <= path.last; t++) sum += path.loss[t] - lowest;
  return sum / (path.last - from + 1);
}

/** The values a slider offers, in order. */
function valuesOf({ kind, low, high, step }) {
  const round = (value, digits) => Number(value.toPrecision(digits));
  const values = [];
  if (kind === "linear") for (let k = 0; k <= (high - low) / step + 1e-9; k++) values.push(round(low + k * step, 12));
  if (kind === "log") {
    const from = Math.round(20 * Math.log10(low));
    const to = Math.round(20 * Math.log10(high));
    for (let k = from; k <= to; k++) values.push(round(10 ** (k / 20), 2));
  }
  if (kind === "decay") for (let k = 0; 1 - round(10 ** (-k / 20), 2) <= high + 1e-9; k++) values.push(round(1 - round(10 ** (-k / 20), 2), 6));
  return values;
}

/** Roughly half of the value at which a slider starts. */
function less(scale) {
  const values = valuesOf(scale);
  return values[positionOf(values, scale.value / 2)];
}

/** The position of the offered value that is nearest to `value`. */
function positionOf(values, value) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (Math.abs(values[k] - value) < Math.abs(values[best] - value)) best = k;
  return best;
}

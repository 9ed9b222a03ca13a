// A lab's state as text: in the page's address, and as Python.

/** What follows `#name?` in the address. */
function toAddress(spec, state) {
  const parts = [`surface=${encodeURIComponent(spec.objectives[state.objective].name)}`, `start=${state.start.join(",")}`, `step=${state.step}`];
  if (spec.objectives[state.objective].orders) parts.push(`batch=${state.batch}`, `draw=${state.draw}`);
  for (const { rule, values } of state.shown) parts.push(`rule=${[spec.rules[rule].name, ...values].join(",")}`);
  return parts.join("&");
}

/** The state that an address describes, as far as this lab knows what it names; the rest is `before`. */
function fromAddress(spec, query, before) {
  const asked = new URLSearchParams(query);
  const state = structuredClone(before);
  const numbers = (words) => words.map(Number);
  const objective = spec.objectives.findIndex(({ name }) => name === asked.get("surface"));
  if (objective >= 0) Object.assign(state, { objective, batch: spec.objectives[objective].batch ?? 0, draw: 0 });
  const { X, orders, dim, start } = spec.objectives[state.objective];
  const asStart = numbers((asked.get("start") ?? "").split(","));
  state.start = asStart.length === dim && asStart.every(Number.isFinite) ? asStart : [...start];
  const whole = (name, low, high, otherwise) => {
    const value = Number(asked.get(name) ?? NaN);
    return Number.isInteger(value) ? clamp(value, low, high) : otherwise;
  };
  state.step = whole("step", 0, spec.steps, state.step);
  if (orders) {
    state.batch = whole("batch", 1, X.length, state.batch);
    state.draw = whole("draw", 0, orders.length - 1, state.draw);
  }
  const shown = [];
  for (const words of asked.getAll("rule").map((rule) => rule.split(","))) {
    const rule = spec.rules.findIndex(({ name }) => name === words[0]);
    const values = numbers(words.slice(1));
    const sliders = spec.rules[rule]?.sliders ?? [];
    if (rule < 0 || values.length !== sliders.length || !values.every(Number.isFinite)) continue;
    shown.push({ rule, values: values.map((value, k) => clamp(value, Math.min(sliders[k].low, sliders[k].value), Math.max(sliders[k].high, sliders[k].value))) });
  }
  if (shown.length) state.shown = shown.slice(0, spec.looks.length);
  return state;
}

/** Values as the arguments of a call; betas[0], betas[1], … are one tuple. */
function asArguments(sliders, values) {
  const named = new Map();
  sliders.forEach(({ name }, k) => {
    const [field, row] = name.split("[");
    named.set(field, row ? [...(named.get(field) ?? []), values[k]] : values[k]);
  });
  const written = ([name, value]) => `${name}=${Array.isArray(value) ? `(${value.join(", ")}${value.length > 1 ? "" : ","})` : value}`;
  return [...named].map(written).join(", ");
}

/** Python that walks the same paths. */
function toPython(spec, state) {
  const objective = spec.objectives[state.objective];
  const rules = state.shown.map(({ rule, values }) => {
    const { sliders, python } = spec.rules[rule];
    return `${python.call}(${asArguments(sliders, values)})`;
  });
  const setups = [objective.python.setup, ...new Set(state.shown.map(({ rule }) => spec.rules[rule].python.setup))].filter(Boolean);
  const typing = setups.some((setup) => setup.includes("NamedTuple")) ? ["from typing import NamedTuple", ""] : [];
  const lines = [...typing, "import numpy as np", "", "from descent import *", "", ...setups.map((setup) => `${setup.trim()}\n`)];
  const start = `(${state.start.join(", ")})`;
  const source = objective.orders ? `mini_batches(${objective.python.call}, ${state.batch}, np.random.default_rng(${objective.seeds[state.draw]}))` : objective.python.call;
  lines.push("paths = [", ...rules.map((rule) => `    descend(${source}, ${start}, ${rule}, steps=${spec.steps}),`), "]");
  return `${lines.join("\n")}\n`;
}

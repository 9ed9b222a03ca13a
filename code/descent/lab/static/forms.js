// A rule as its paper has it and as the libraries have it: the switch, the formula, the code, and what it changes.

/** The card's part for rule number `rule`; null if it has no other form. `chosen(rule)` is told of another choice. */
function makeForms(spec, rule, title, chosen) {
  const { forms, code } = spec.families[rule] ?? { forms: [] };
  if (forms.length < 2) return null;
  const choice = makeChoice("Form", forms.map(([owners]) => owners), (k) => chosen(forms[k][1]));
  choice.select.value = forms.findIndex(([, number]) => number === rule);
  choice.select.setAttribute("aria-label", `Form of ${title}`);
  const { equations, gradient } = spec.rules[rule];
  const lines = [gradient, ...equations.map(([left, , words]) => `${left}<mo>←</mo>${words}`)];
  const formula = el("div.lab-formula", { tabindex: 0, role: "region", "aria-label": `Formula of ${title}` });
  formula.innerHTML = lines.map((line) => `<div>${math(line)}</div>`).join("");
  const apart = el("p.lab-apart");
  const node = el("div.lab-forms", {}, choice.node, formula, el("details", {}, el("summary", {}, "Code"), el("pre", { tabindex: 0 }, code)), apart);
  return { node, select: choice.select, paper: forms[0][1], tell: (words) => (apart.textContent = words) };
}

/** The values of one form for another: what both have stays, the rest is the other's own. */
function carried(spec, from, to, values) {
  const names = spec.rules[from].sliders.map(({ name }) => name);
  return spec.rules[to].sliders.map(({ name, value }) => values[names.indexOf(name)] ?? value);
}

/** Where a path parts from the one that the paper's form walks, in words. */
function partingOf(path, paper, paperRule, paperValues) {
  const { dim, size } = path;
  const probe = new Float64Array(dim);
  const furthest = (pointOf) => {
    let [most, at, scale] = [0, 0, 1];
    for (let t = 0; t <= Math.min(path.last, paper.last); t++) {
      const point = pointOf(t);
      for (let i = 0; i < dim; i++) {
        const gap = Math.abs(path.theta[t * dim + i] - point[i]);
        scale = Math.max(scale, Math.abs(point[i]));
        if (gap > most) [most, at] = [gap, t];
      }
    }
    return { most, at, same: most <= 1e-9 * scale };
  };
  const point = (t) => paper.theta.subarray(t * dim, (t + 1) * dim);
  const here = furthest(point);
  if (here.same && path.last === paper.last) return "With these values it walks the path of the paper's form.";
  const ahead = furthest((t) => {
    paperRule.probe(point(t), paper.state.subarray(t * paper.size, (t + 1) * paper.size), paperValues, probe);
    return probe;
  });
  if (ahead.same) return "It walks the look-ahead points of the paper's form.";
  return `It parts from the paper's form: ${text(here.most)} apart at step ${here.at}.`;
}

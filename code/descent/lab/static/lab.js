// The lab: one map, some walkers, and everything that can be done to them.

const narrow = () => matchMedia("(max-width: 640px)").matches;

/** The state in which a lab starts: what its specification says. */
function firstState(spec) {
  const [{ start, batch = 0 }] = spec.objectives;
  const shown = spec.shown.map(({ rule, values }) => ({ rule, values: [...values] }));
  return { objective: 0, start: [...(spec.start ?? start)], step: spec.steps, batch, draw: 0, shown };
}

/** Put a live lab into `host`. `state` is where it stands, `changed(state)` is told of every change a reader made. */
/** Returns show(state), for changes from elsewhere, state(), paths(), and leave(), for a lab that is taken away. */
function makeLab(host, spec, state, changed) {
  const objectives = spec.objectives.map(makeObjective);
  const compiled = new Map(); // rules differ with the number of parameters
  const ruleOf = (k) => {
    const { dim } = objectives[state.objective];
    const key = `${k} ${dim}`;
    if (!compiled.has(key)) compiled.set(key, makeRule({ ...spec.rules[k], ...spec.rules[k].programs[dim] }, dim));
    return compiled.get(key);
  };
  const folds = new WeakMap(); // which rules the reader has folded
  let walkers = []; // one per rule on show: {rule, h, path, look, card}
  let quiet = null; // the path of the chosen rule with all samples in every step
  let selected = 0;
  let coordinate = 0;
  let same = false;

  // ------------------------------------------------------------------ what it is made of
  const map = makeMap((a, b) => {
    const { plane } = spec.objectives[state.objective];
    [state.start[plane[0]], state.start[plane[1]]] = [a, b];
    touched();
  });
  const loss = makePanel("loss above the minimum");
  const length = makePanel("length of a step");
  const rate = makePanel("rate per coordinate");
  const distance = makePanel("distance from the minimum along each curvature");
  const eigenmap = makeEigenMap();
  const panels = [loss, length, rate, distance, eigenmap];
  const more = el("details.lab-more", { open: !narrow(), toggle: () => more.open && layOut() }, el("summary", {}, "Steps and rates"), el("div.lab-panels", {}, eigenmap.canvas, distance.canvas, length.canvas, rate.canvas));
  const spoken = el("p.lab-spoken", { role: "status" });
  const cards = el("div.lab-rules");
  const surface = makeChoice("Surface", spec.objectives.map(({ name }) => name), (k) => {
    const { start, batch = 0 } = spec.objectives[k];
    Object.assign(state, { objective: k, start: [...start], batch, draw: 0 });
    rebuild();
    touched();
  });
  const batch = el("div.lab-batch");
  const draw = button("Another draw", () => {
    state.draw = (state.draw + 1) % spec.objectives[state.objective].orders.length;
    touched();
  });
  const time = makeSlider({ label: "step", scale: { kind: "linear", low: 0, high: spec.steps, step: 1, ticks: [[0, "0"], [spec.steps, String(spec.steps)]] }, moved: (t) => goTo(t) });
  const play = button("Play", () => (player.playing() ? goTo(state.step) : player.run()));
  const sameBox = el("input", {
    type: "checkbox",
    change() {
      same = sameBox.checked;
      const first = state.shown[selected];
      const k = alphaOf(first);
      if (same && k >= 0) setAll(first.values[k]);
    },
  });
  const together = el("label.lab-choice", {}, sameBox, " same α for all");
  // A button adds, not the choice: the arrow keys pass through the choices.
  const heads = spec.rules.map((rule, k) => k).filter((k) => (spec.families[k]?.forms[0][1] ?? k) === k);
  const kinds = makeChoice("Another rule", heads.map((k) => spec.rules[k].title), () => {});
  kinds.node.hidden = false;
  const add = button("Add", () => {
    const rule = heads[kinds.select.value];
    const values = spec.rules[rule].sliders.map(({ value }) => value);
    const k = alphaOf({ rule });
    if (k >= 0 && state.shown.some((entry) => entry.rule === rule)) values[k] = less(spec.rules[rule].sliders[k]); // beside the other, not on it
    if (same && k >= 0) values[k] = state.shown[selected].values[alphaOf(state.shown[selected])] ?? values[k];
    state.shown.push({ rule, values });
    selected = state.shown.length - 1;
    rebuild();
    touched();
  });
  const tuner = button("Tune α", tune, { title: "Take the α of the slider that ends lowest after all steps" });
  const python = el("textarea", { readonly: true, rows: 8, spellcheck: "false", "aria-label": "This lab as Python" });
  const note = el("span.lab-note", { role: "status" });
  const watched = makeChoice("Rule", [], (k) => {
    selected = k;
    rewalk(); // the path without noise is that of the chosen rule
    refresh();
  });
  const coordinates = makeChoice("coordinate", [], (k) => {
    coordinate = k;
    refresh();
  });
  const lines = el("tbody");
  const why = el("p");
  const microscope = el("details.lab-microscope", { toggle: refresh },
    el("summary", {}, "Microscope: one step, in arrows and numbers"),
    el("div.lab-bar", {}, watched.node, coordinates.node), why,
    el("div.lab-lines", { tabindex: 0, role: "region", "aria-label": "The numbers of this step" }, el("table", {}, lines)));
  const code = el("details.lab-python", { toggle: () => (python.value = toPython(spec, state)) },
    el("summary", {}, "This figure as Python"), python, button("Copy", () => copy(python.value, python)));
  const link = button("Copy link", () => copy(`${location.href.replace(/#.*/, "")}#${spec.name}?${toAddress(spec, state)}`), { hidden: !spec.address });

  host.replaceChildren(
    el("div.lab-bar", {}, surface.node, batch, draw),
    el("div.lab-stage", {}, map.node, loss.canvas),
    el("div.lab-time", {}, play, button("−1", () => goTo(state.step - 1), { "aria-label": "−1 step" }), button("+1", () => goTo(state.step + 1), { "aria-label": "+1 step" }), time.node),
    spoken, cards, more,
    el("div.lab-bar", {}, kinds.node, add,
      together,
      tuner,
      button("Reset", reset), link, note),
    microscope, code,
  );

  // ------------------------------------------------------------------ changes
  const alphaOf = ({ rule }) => spec.rules[rule].sliders.findIndex(({ name }) => name === "alpha");
  function setAll(value) {
    for (const entry of state.shown) {
      const k = alphaOf(entry);
      if (k >= 0) entry.values[k] = value;
    }
    placeSliders();
    touched();
  }
  function tune() {
    same = sameBox.checked = false;
    const objective = current();
    walkers.forEach(({ rule, path }, w) => {
      const entry = state.shown[w];
      const k = alphaOf(entry);
      if (k < 0) return;
      let [best, lowest] = [entry.values[k], Infinity];
      for (const alpha of valuesOf(spec.rules[entry.rule].sliders[k])) {
        const h = [...entry.values];
        h[k] = alpha;
        walk(objective, rule, h, state.start, path, spec.diverged);
        const end = noisy() ? lateMean(path, 0) : path.loss[path.last];
        if (!path.diverged && end < lowest) [best, lowest] = [alpha, end];
      }
      entry.values[k] = best;
    });
    placeSliders();
    touched();
  }
  function reset() {
    player.pause();
    same = sameBox.checked = false;
    selected = 0;
    show(firstState(spec));
    touched();
  }
  async function copy(what, field) {
    try {
      await navigator.clipboard.writeText(what);
      note.textContent = "Copied.";
    } catch {
      field?.select();
      note.textContent = field ? "Press Ctrl+C to copy." : what;
    }
  }

  // ------------------------------------------------------------------ time
  const player = makePlayer(spec.steps, {
    step: () => state.step,
    last: () => Math.max(...walkers.map(({ path }) => path.last)),
    show(t) {
      state.step = t;
      refresh();
    },
    playing: (on) => (play.textContent = on ? "Pause" : "Play"),
    done: () => changed(state),
  });
  function goTo(t) {
    player.pause();
    state.step = clamp(t, 0, spec.steps);
    refresh();
    changed(state);
  }
  // ------------------------------------------------------------------ from state to screen
  function current() {
    const objective = objectives[state.objective];
    if (objective.batch) Object.assign(objective, { batch: state.batch, draw: state.draw });
    return objective;
  }
  /** Whether a step reads only a part of the table. */
  const noisy = () => Boolean(spec.objectives[state.objective].orders) && state.batch < spec.objectives[state.objective].y.length;
  /** Walk all paths again; where steps are noisy, also the path of the chosen rule without noise. */
  function rewalk() {
    const objective = current();
    walkers.forEach(({ rule, path }, w) => walk(objective, rule, state.shown[w].values, state.start, path, spec.diverged));
    quiet = null;
    if (noisy()) {
      const { rule } = walkers[selected];
      const all = Object.assign(Object.create(objective), { batch: objective.n });
      quiet = walk(all, rule, state.shown[selected].values, state.start, makePath(rule, spec.steps), spec.diverged);
    }
  }
  /** Everything that is drawn at every event, and nothing else. */
  function refresh() {
    const objective = spec.objectives[state.objective];
    const { step } = state;
    map.paint(walkers, step, quiet);
    loss.paint("loss above the minimum", walkers.map((walker) => lossCurve(walker, objective.lowest)), spec.steps, step);
    if (more.open) {
      const walker = walkers[selected];
      const whose = walkers.length > 1 ? ` of ${walker.title}` : "";
      const both = (what, first, second) => `${what}${whose}: ${first} ──, ${second} ╌╌`;
      length.paint("length of a step", walkers.map(lengthCurve), spec.steps, step, 1);
      const rates = objective.plane.map((i, k) => rateCurve(walker, i, k ? [4, 4] : []));
      rate.paint(both("step / gradient", ...objective.axes), rates, spec.steps, step, 1);
      if (objective.curvatures) {
        eigenmap.paint(walkers, step, objective);
        const distances = objective.curvatures.map(([, direction], k) => distanceCurve(walker, direction, objective.minima[0], k ? [4, 4] : []));
        distance.paint(both("distance along", ...objective.curvatures.map(([value]) => `λ = ${text(value)}`)), distances, spec.steps, step, 0, 1e-9); // the minimum is stored with ten digits
      }
    }
    time.set(step);
    for (const walker of walkers) {
      const { path } = walker;
      const now = step < path.last ? `; ${text(path.loss[step] - objective.lowest)} at step ${step}` : "";
      walker.verdict.textContent = `${verdictOf(walker)}${now}`;
      walker.verdict.classList.toggle("lab-lost", walker.path.diverged > 0);
    }
    map.overlay.replaceChildren(...(microscope.open ? look(walkers[selected]) : []));
  }
  /** The microscope on one walker; returns its arrows. */
  function look({ rule, path }) {
    const { step } = state;
    const t = Math.min(Math.max(step, 1), path.last);
    const h = state.shown[selected].values;
    const { axes, plane } = spec.objectives[state.objective];
    const rows = noisy() ? ` It reads ${state.batch} of ${spec.objectives[state.objective].y.length} rows: ∇f_B is their mean gradient.` : "";
    why.textContent = `Step ${t}, coordinate ${axes[coordinate]}.${rows} On the map the arrow of the step has its true length, the others show directions. `;
    if (!t) return [];
    if (rule.spec.equations.length) lines.innerHTML = numbersOf(rule, h, path, t, plane[coordinate], noisy());
    else {
      lines.replaceChildren();
      why.textContent += `Its code has no equation to fill: ${rule.spec.why}`;
    }
    return arrowsOf(rule, h, path, t, spec.objectives[state.objective], map);
  }
  const verdictOf = ({ path }) => verdict(path, spec.objectives[state.objective].lowest, spec.goal, noisy());
  const say = later(() => {
    spoken.textContent = summary();
    loss.canvas.setAttribute("aria-label", `Loss above the minimum against steps, logarithmic. ${summary()}`);
  }, 600);
  function summary() {
    const parts = walkers.map((walker) => `${walker.title} ${verdictOf(walker)}`);
    const all = parts.join("; ");
    return `${all.charAt(0).toUpperCase()}${all.slice(1)}.`;
  }
  /** What the form of a walker's rule changes, against that of the paper. */
  function compare({ forms, path, entry }) {
    if (!forms) return;
    if (forms.paper === entry.rule) return forms.tell("");
    const rule = ruleOf(forms.paper);
    const values = carried(spec, entry.rule, forms.paper, entry.values);
    const paper = walk(current(), rule, values, state.start, makePath(rule, spec.steps), spec.diverged);
    forms.tell(partingOf(path, paper, rule, values));
  }
  /** Something that moves the paths has changed. */
  function update() {
    const { plane } = spec.objectives[state.objective];
    map.setStart(state.start[plane[0]], state.start[plane[1]]);
    rewalk();
    refresh();
    walkers.forEach(compare);
    if (code.open) python.value = toPython(spec, state);
    say();
  }
  function touched() {
    player.pause();
    update();
    changed(state);
  }
  function placeSliders() {
    walkers.forEach(({ sliders }, w) => sliders.forEach((slider, k) => slider.set(state.shown[w].values[k])));
  }
  /** What a walker is called: its rule, with a number if the rule is on show before. */
  function titleOf(w) {
    const { rule } = state.shown[w];
    const before = state.shown.slice(0, w).filter((entry) => entry.rule === rule).length;
    return before ? `${spec.rules[rule].title} (${before + 1})` : spec.rules[rule].title;
  }
  /** The cards of the rules, and what belongs to the surface. */
  function rebuild() {
    const objective = spec.objectives[state.objective];
    selected = Math.min(selected, state.shown.length - 1);
    walkers.forEach(({ card, entry }) => folds.set(entry, card.open));
    walkers = state.shown.map((entry, w) => {
      const rule = ruleOf(entry.rule);
      const look = spec.looks[w];
      const { sliders: scales } = spec.rules[entry.rule];
      const title = titleOf(w);
      const sliders = scales.map((scale, k) =>
        makeSlider({
          label: scale.label,
          title: `${scale.label} of ${title}`,
          scale,
          moved(value) {
            entry.values[k] = value;
            if (same && scale.name === "alpha") setAll(value);
            else touched();
          },
        }),
      );
      const forms = makeForms(spec, entry.rule, title, (other) => {
        Object.assign(entry, { rule: other, values: carried(spec, entry.rule, other, entry.values) });
        rebuild();
        touched();
        walkers[w].forms.select.focus(); // the card is new: the keyboard stays where it was
      });
      const verdict = el("span.lab-verdict");
      const remove = button("Remove", () => {
        state.shown.splice(w, 1);
        rebuild();
        touched();
        walkers[Math.min(w, walkers.length - 1)].card.firstChild.focus(); // the button is gone: the keyboard stays near
      }, { hidden: state.shown.length < 2, "aria-label": `Remove ${title}` });
      const swatch = makeSwatch(look);
      const card = el("details.lab-rule", { open: folds.get(entry) ?? (!narrow() || w === selected) }, el("summary", {}, swatch, el("strong", {}, title), " ", verdict), ...(forms ? [forms.node] : []), ...sliders.map(({ node }) => node), remove);
      return { entry, rule, look, title, sliders, forms, verdict, card, path: makePath(rule, spec.steps) };
    });
    cards.replaceChildren(...walkers.map(({ card }) => card));
    placeSliders();
    surface.select.value = state.objective;
    together.hidden = state.shown.length < 2;
    tuner.textContent = state.shown.length < 2 ? "Tune α" : "Tune each α";
    add.disabled = state.shown.length >= spec.looks.length;
    const options = (names) => names.map((name, k) => el("option", { value: k }, name));
    watched.select.replaceChildren(...options(walkers.map(({ title }) => title)));
    watched.select.value = selected;
    watched.node.hidden = walkers.length < 2;
    coordinates.select.replaceChildren(...options(objective.axes));
    coordinates.select.value = coordinate;
    coordinates.node.hidden = false;
    draw.hidden = !objective.orders;
    distance.canvas.hidden = eigenmap.canvas.hidden = !objective.curvatures;
    batch.replaceChildren();
    if (objective.orders) {
      const n = objective.X.length;
      const slider = makeSlider({ label: "batch size", scale: { kind: "linear", low: 1, high: n, step: 1, ticks: [[1, "1"], [n, "all"]] }, moved: (value) => ((state.batch = value), touched()) });
      slider.set(state.batch);
      batch.append(slider.node);
    }
    if (host.clientWidth) map.layOut(objective);
  }
  function layOut() {
    map.layOut(spec.objectives[state.objective]);
    for (const panel of panels) panel.layOut();
    update();
  }
  function show(next) {
    Object.assign(state, next);
    rebuild();
    layOut();
  }

  rebuild();
  const end = keepLaidOut(host, layOut);
  function leave() {
    player.pause();
    end();
  }
  return { show, state: () => state, paths: () => walkers.map(({ path }) => path), leave };
}

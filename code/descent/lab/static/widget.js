// In Jupyter: hyperparameters, start and step are the widget's traits, in both directions.

function render({ model, el: element }) {
  const spec = model.get("specification");
  const host = element.appendChild(el("div.lab-live"));
  element.classList.add("lab", "lab-on");
  // Plain keys move the lab, not the notebook's cells; those with Ctrl, Alt or ⌘, and Shift+Enter, are Jupyter's.
  function keep({ target, ctrlKey, altKey, metaKey, shiftKey, key }) {
    const jupyters = ctrlKey || altKey || metaKey || (shiftKey && key === "Enter");
    if (element.contains(target)) target.toggleAttribute("data-lm-suppress-shortcuts", !jupyters);
  }
  addEventListener("keydown", keep, true); // before Jupyter looks

  if (spec.says) {
    const recording = makeRecording(host, spec);
    return () => {
      removeEventListener("keydown", keep, true);
      recording.leave();
    };
  }

  /** The traits as a state of the lab. */
  function fromTraits() {
    const shown = model.get("hyperparameters").map(({ rule, ...values }) => {
      const number = spec.rules.findIndex(({ name }) => name === rule);
      return { rule: number, values: spec.rules[number].sliders.map(({ name }) => values[name]) };
    });
    const objective = spec.objectives.findIndex(({ name }) => name === model.get("surface"));
    return { objective, start: [...model.get("start")], step: model.get("step"), batch: model.get("batch"), draw: model.get("draw"), shown };
  }
  function toTraits({ objective, start, step, batch, draw, shown }) {
    const named = ({ rule, values }) => ({ rule: spec.rules[rule].name, ...Object.fromEntries(values.map((value, k) => [spec.rules[rule].sliders[k].name, value])) });
    model.set({ surface: spec.objectives[objective].name, start: [...start], step, batch, draw, hyperparameters: shown.map(named) });
    model.save_changes();
  }

  let unsaved = false; // what the reader does now is newer than the traits
  const save = later(() => {
    unsaved = false;
    toTraits(lab.state());
  }, 50);
  const changed = () => {
    unsaved = true;
    save();
  };
  const lab = makeLab(host, spec, fromTraits(), changed);
  const follow = later(() => {
    const next = fromTraits();
    if (!unsaved && JSON.stringify(next) !== JSON.stringify(lab.state())) lab.show(next);
  }, 20);
  const traits = ["hyperparameters", "start", "step", "surface", "batch", "draw"];
  for (const trait of traits) model.on(`change:${trait}`, follow);
  element.lab = lab;
  return () => {
    for (const trait of traits) model.off(`change:${trait}`, follow);
    removeEventListener("keydown", keep, true);
    lab.leave();
  };
}

// How a walk ended, in words; widget.py says the same.

function verdict(path, lowest, goal, noisy) {
  const end = path.loss[path.last] - lowest;
  if (path.diverged) return `${Number.isNaN(end) ? "is not a number" : "diverges"} at step ${path.diverged}`;
  if (noisy) return `averages ${text(lateMean(path, lowest))} over the second half`;
  const steps = (count) => `${count} step${count === 1 ? "" : "s"}`;
  const t = arrival(path, lowest, goal);
  if (t < 0) return `is at ${text(end)} after ${steps(path.last)}`;
  const reached = `reaches ${text(goal)} after ${steps(t)}`;
  if (!(end < goal)) return `${reached}, but ends at ${text(end)}`;
  const good = settled(path, lowest, goal);
  return good === t ? reached : `${reached}, for good after ${good}`;
}

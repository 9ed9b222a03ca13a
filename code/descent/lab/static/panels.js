// Curves against steps: the loss, the length of a step, the rate per coordinate. All logarithmic.

const EDGE = { left: 46, right: 8, top: 20, bottom: 18 };
const TO_COME = 0.3; // how much is seen of the steps after the one on show
const FLOOR = 1e-17; // below it a loss is rounding

function makePanel(name) {
  const { canvas, context, size, fit } = makeCanvas({ role: "img", "aria-label": name });
  let ink = "black";

  /** After another theme or another size. */
  function layOut() {
    ink = getComputedStyle(canvas).color;
    fit();
  }

  /** `title` stands above the curves: {look, last, at(t)}, from step `from` on; nothing is drawn where at(t) is not above zero. */
  function paint(title, curves, steps, step, from = 0, floor = FLOOR) {
    const { width, height } = size;
    if (!width) return;
    let low = Infinity;
    let high = 0;
    let most = 0; // a walk that is lost must not squeeze the others
    for (const { at } of curves) most = Math.max(most, 1e3 * at(from) || 0);
    for (const { last, at } of curves) {
      for (let t = from; t <= last; t++) {
        const value = at(t);
        if (value > high && value < Infinity) high = value;
        if (value < low && value > floor) low = value;
      }
    }
    if (!(low < Infinity)) [low, high] = [0.1, 1];
    let bottom = Math.floor(Math.log10(low));
    const top = Math.max(bottom + 1, Math.ceil(Math.log10(Math.min(high, most || high))));
    bottom = Math.max(bottom, top - 40);
    const w = width - EDGE.left - EDGE.right;
    const h = height - EDGE.top - EDGE.bottom;
    const px = (t) => EDGE.left + (t / steps) * w;
    const py = (value) => EDGE.top + ((top - Math.log10(value)) / (top - bottom)) * h;

    context.clearRect(0, 0, width, height);
    context.fillStyle = context.strokeStyle = ink;
    context.font = "12px system-ui, sans-serif";
    context.lineWidth = 1;
    context.textAlign = "left";
    context.fillText(title, EDGE.left, 12, w);
    const every = Math.ceil((top - bottom) / Math.max(2, Math.floor(h / 26)));
    context.textAlign = "right";
    context.globalAlpha = 0.2;
    context.beginPath();
    for (let k = bottom; k <= top; k += every) {
      context.moveTo(EDGE.left, py(10 ** k));
      context.lineTo(width - EDGE.right, py(10 ** k));
    }
    context.stroke();
    context.globalAlpha = 1;
    for (let k = bottom; k <= top; k += every) context.fillText(text(10 ** k), EDGE.left - 4, py(10 ** k) + 4);
    context.textAlign = "center";
    for (const t of roundNumbers(0, steps, 4)) context.fillText(String(t), Math.min(px(t), width - 12), height - 4);

    /** One curve from step to step, with gaps where it has no logarithm. */
    function trace(at, first, end) {
      context.beginPath();
      let pen = false;
      for (let t = first; t <= end; t++) {
        const value = Math.min(at(t), 10 ** top);
        if (value > 0) {
          const y = py(Math.max(value, 10 ** bottom));
          if (pen) context.lineTo(px(t), y);
          else context.moveTo(px(t), y);
        }
        pen = value > 0;
      }
      context.stroke();
    }
    context.lineWidth = 1.5;
    for (const { look, last, at } of curves) {
      const end = Math.min(step, last);
      context.strokeStyle = look.colour;
      context.setLineDash(look.dash);
      trace(at, from, end);
      context.globalAlpha = TO_COME;
      trace(at, end, last);
      context.globalAlpha = 1;
    }
    context.setLineDash([]);
    context.strokeStyle = ink;
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(px(step), EDGE.top);
    context.lineTo(px(step), height - EDGE.bottom);
    context.stroke();
    context.globalAlpha = 1;
  }

  return { canvas, layOut, paint };
}

const lossCurve = ({ path, look }, lowest) => ({ look, last: path.last, at: (t) => path.loss[t] - lowest });

/** The length of step t, in all coordinates. */
const lengthCurve = ({ path, look }) => ({
  look,
  last: path.last,
  at(t) {
    let sum = 0;
    for (let i = 0; i < path.dim; i++) sum += (path.theta[t * path.dim + i] - path.theta[(t - 1) * path.dim + i]) ** 2;
    return Math.sqrt(sum);
  },
});

/** How far step t is from the minimum along a direction. */
const distanceCurve = ({ path, look }, [a, b], [x, y], dash) => ({
  look: { ...look, dash },
  last: path.last,
  at: (t) => Math.abs(a * (path.theta[2 * t] - x) + b * (path.theta[2 * t + 1] - y)),
});

/** What a unit of gradient was worth in step t, in coordinate i: −Δθᵢ / gᵢ. */
const rateCurve = ({ path, look }, i, dash) => ({
  look: { ...look, dash },
  last: path.last,
  at: (t) => (path.theta[(t - 1) * path.dim + i] - path.theta[t * path.dim + i]) / path.g[t * path.dim + i],
});

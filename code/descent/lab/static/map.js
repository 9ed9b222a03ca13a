// The map: contours and axes (SVG, drawn once per surface), paths (canvas, drawn at every event),
// the microscope's arrows (SVG) and the start (a button that is dragged or moved with the arrow keys).

const MARGIN = { left: 40, right: 10, top: 10, bottom: 34 };
const FAR = 1e4; // pixels beyond which a canvas needs no exact place

/** `moved(a, b)` is told where the start was put. */
function makeMap(moved) {
  const ground = svg("svg.lab-ground", { "aria-hidden": "true" });
  const { canvas, context, size, fit } = makeCanvas({ "aria-hidden": "true" });
  const overlay = svg("svg.lab-overlay", { "aria-hidden": "true" });
  const start = el("button.lab-start", { type: "button", pointerdown: grab, keydown: nudge });
  const node = el("div.lab-map", { click: jump }, ground, canvas, overlay, start);
  const clip = `lab-clip-${++counter}`;
  let objective;

  const inner = () => [size.width - MARGIN.left - MARGIN.right, size.height - MARGIN.top - MARGIN.bottom];
  /** Where a point of the plane lies on the map, in pixels. */
  function place(a, b) {
    const [[a0, a1], [b0, b1]] = objective.window;
    const [width, height] = inner();
    return [MARGIN.left + ((a - a0) / (a1 - a0)) * width, MARGIN.top + ((b1 - b) / (b1 - b0)) * height];
  }
  /** The point of the plane under a pixel, kept inside the window, of four digits. */
  function point(px, py) {
    const [[a0, a1], [b0, b1]] = objective.window;
    const [width, height] = inner();
    const inside = (share) => clamp(share, 0, 1);
    const a = a0 + inside((px - MARGIN.left) / width) * (a1 - a0);
    const b = b1 - inside((py - MARGIN.top) / height) * (b1 - b0);
    return [Number(a.toPrecision(4)), Number(b.toPrecision(4))];
  }

  function put(event) {
    const box = node.getBoundingClientRect();
    moved(...point(event.clientX - box.left, event.clientY - box.top));
  }
  function grab(event) {
    event.preventDefault(); // no text is selected, no page scrolled
    event.stopPropagation();
    start.focus();
    start.setPointerCapture(event.pointerId);
    const release = () => {
      start.removeEventListener("pointermove", put);
      start.removeEventListener("pointerup", release);
      start.removeEventListener("pointercancel", release);
    };
    start.addEventListener("pointermove", put);
    start.addEventListener("pointerup", release);
    start.addEventListener("pointercancel", release);
  }
  function jump(event) {
    if (event.target !== start) put(event);
  }
  function nudge(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const share = event.shiftKey ? 0.1 : 0.01;
    const next = objective.window.map(([low, high], k) => {
      const unit = share * (high - low);
      if (!move[k]) return at[k];
      // To the next whole multiple, so that the keys reach zero.
      const whole = move[k] > 0 ? Math.floor(at[k] / unit + 1e-6) + 1 : Math.ceil(at[k] / unit - 1e-6) - 1;
      return Number(clamp(whole * unit, low, high).toPrecision(4));
    });
    moved(...next);
  }

  let at = [0, 0];
  /** Put the start where it belongs and say so. */
  function setStart(a, b) {
    at = [a, b];
    const [px, py] = place(a, b);
    start.style.transform = `translate(${px}px, ${py}px)`;
    const [x, y] = objective.axes;
    start.setAttribute("aria-label", `Start: ${x} = ${text(a)}, ${y} = ${text(b)}. The arrow keys move it.`);
  }

  /** Draw contours and axes of another surface, or again at another size. */
  function layOut(next) {
    objective = next;
    const [[a0, a1], [b0, b1]] = objective.window;
    node.style.aspectRatio = clamp((a1 - a0) / (b1 - b0), 0.8, 1.7);
    fit();
    if (!size.width) return;
    const [width, height] = inner();
    const lines = objective.contours.map((d) => svg("path", { d, "vector-effect": "non-scaling-stroke" }));
    const box = svg("g", { transform: `translate(${MARGIN.left} ${MARGIN.top}) scale(${width / 1000} ${height / 1000})` }, ...lines); // see UNITS
    const marks = [];
    for (const a of roundNumbers(a0, a1, 5)) {
      const [px] = place(a, b0);
      marks.push(svg("text", { x: px, y: size.height - MARGIN.bottom + 15, "text-anchor": "middle" }, text(a)));
    }
    for (const b of roundNumbers(b0, b1, 5)) {
      const [, py] = place(a0, b);
      marks.push(svg("text", { x: MARGIN.left - 6, y: py + 4, "text-anchor": "end" }, text(b)));
    }
    const [x, y] = objective.axes;
    marks.push(svg("text.lab-axis", { x: MARGIN.left + width / 2, y: size.height - 4, "text-anchor": "middle" }, x));
    marks.push(svg("text.lab-axis", { transform: `translate(10 ${MARGIN.top + height / 2}) rotate(-90)`, "text-anchor": "middle" }, y));
    for (const [a, b] of objective.minima) {
      const [px, py] = place(a, b);
      marks.push(svg("path.lab-minimum", { d: STAR, transform: `translate(${px} ${py})` }));
    }
    for (const [, [dx, dy]] of objective.curvatures ?? []) {
      const [[a, b]] = objective.minima;
      const [[x1, y1], [x2, y2]] = [-FAR, FAR].map((far) => place(a + far * dx, b + far * dy));
      marks.push(svg("line.lab-eigen", { x1, y1, x2, y2, "clip-path": `url(#${clip})` }));
    }
    const shape = svg("clipPath", { id: clip }, svg("rect", { x: MARGIN.left, y: MARGIN.top, width, height }));
    const frame = svg("rect.lab-frame", { x: MARGIN.left, y: MARGIN.top, width, height });
    overlay.setAttribute("clip-path", `url(#${clip})`);
    ground.replaceChildren(shape, box, frame, ...marks);
  }

  /** Every walker's path up to `step`, with a dot per step while there are few; below them, broad, the path without noise. */
  function paint(walkers, step, quiet) {
    const [width, height] = inner();
    const [i, j] = objective.plane;
    context.clearRect(0, 0, size.width, size.height);
    context.save();
    context.beginPath();
    context.rect(MARGIN.left, MARGIN.top, width, height);
    context.clip();
    const [[a0, a1], [b0, b1]] = objective.window;
    const near = (v) => clamp(v, -FAR, FAR);
    const across = ({ theta, dim }) => (t) => near(MARGIN.left + ((theta[t * dim + i] - a0) / (a1 - a0)) * width);
    const down = ({ theta, dim }) => (t) => near(MARGIN.top + ((b1 - theta[t * dim + j]) / (b1 - b0)) * height);
    /** One path as a line, from step to step. */
    function trace(path, first, last) {
      const [px, py] = [across(path), down(path)];
      context.beginPath();
      context.moveTo(px(first), py(first));
      for (let t = first + 1; t <= last; t++) context.lineTo(px(t), py(t));
      context.stroke();
    }
    if (quiet) {
      context.strokeStyle = "rgb(128 128 128 / 50%)";
      context.lineWidth = 6;
      trace(quiet, 0, Math.min(step, quiet.last));
    }
    for (const { path, look } of walkers) {
      const last = Math.min(step, path.last);
      const [px, py] = [across(path), down(path)];
      context.strokeStyle = context.fillStyle = look.colour;
      context.lineWidth = 1.7;
      context.setLineDash(look.dash);
      trace(path, 0, last);
      context.globalAlpha = TO_COME;
      trace(path, last, path.last);
      context.globalAlpha = 1;
      context.setLineDash([]);
      if (last <= 150) for (let t = 0; t <= last; t++) context.fillRect(px(t) - 1.7, py(t) - 1.7, 3.4, 3.4);
      const lost = path.diverged && step >= path.diverged;
      const [mx, my] = [px(last), py(last)];
      if (lost) cross(...inside(mx, my, 8));
      else {
        context.beginPath();
        context.arc(mx, my, 5, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.restore();
  }
  /** Where a walk was lost. */
  function cross(px, py) {
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(px - 6, py - 6);
    context.lineTo(px + 6, py + 6);
    context.moveTo(px - 6, py + 6);
    context.lineTo(px + 6, py - 6);
    context.stroke();
  }

  /** A pixel at least so far inside the frame. */
  function inside(px, py, far) {
    const within = (value, low, high) => clamp(value, low + far, high - far);
    return [within(px, MARGIN.left, size.width - MARGIN.right), within(py, MARGIN.top, size.height - MARGIN.bottom)];
  }

  return { node, overlay, start, place, inside, layOut, paint, setStart };
}

const STAR = "M0-7L1.6-2.2 6.7-2.2 2.6.8 4.1 5.7 0 2.7-4.1 5.7-2.6.8-6.7-2.2-1.6-2.2Z";

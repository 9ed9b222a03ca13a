// The same walk in the eigenvectors' own coordinates, where the contours lie along the axes and nothing mixes.

function makeEigenMap() {
  const { canvas, context, size, fit } = makeCanvas({ role: "img", "aria-label": "The paths in the coordinates of the eigenvectors" });
  let ink = "black";

  function layOut() {
    ink = getComputedStyle(canvas).color;
    fit();
  }

  /** How far the window reaches from the minimum along a direction. */
  function reach({ window: [[a0, a1], [b0, b1]], minima: [[x, y]] }, [dx, dy]) {
    const corners = [a0, a1].flatMap((a) => [b0, b1].map((b) => [a - x, b - y]));
    return Math.max(...corners.map(([a, b]) => Math.abs(a * dx + b * dy)));
  }

  /** `walkers` up to `step`; `objective` has two curvatures and one minimum. */
  function paint(walkers, step, objective) {
    const { width, height } = size;
    if (!width) return;
    const [[low, along], [high, across]] = objective.curvatures;
    const [[x, y]] = objective.minima;
    const [left, top, w, h] = [8, 18, width - 16, height - 34];
    const [cx, cy] = [left + w / 2, top + h / 2];
    const perAlong = w / 2 / reach(objective, along);
    const perAcross = h / 2 / reach(objective, across);
    context.clearRect(0, 0, width, height);
    context.fillStyle = context.strokeStyle = ink;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillText(`along the eigenvectors: across λ = ${text(low)}, up λ = ${text(high)}`, left, 12, w);
    context.save();
    context.beginPath();
    context.rect(left, top, w, h);
    context.clip();
    context.globalAlpha = 0.35;
    context.lineWidth = 0.9;
    const most = Math.max(low * (w / 2 / perAlong) ** 2, high * (h / 2 / perAcross) ** 2);
    for (let k = 0; k < 7; k++) {
      const c = most / 3 ** k;
      context.beginPath();
      context.ellipse(cx, cy, Math.min(FAR, Math.sqrt(c / low) * perAlong), Math.min(FAR, Math.sqrt(c / high) * perAcross), 0, 0, 2 * Math.PI);
      context.stroke();
    }
    context.lineWidth = 1.7;
    for (const { path, look } of walkers) {
      const near = (v) => clamp(v, -FAR, FAR);
      const part = (t, [dx, dy]) => dx * (path.theta[2 * t] - x) + dy * (path.theta[2 * t + 1] - y);
      const place = (t) => [near(cx + part(t, along) * perAlong), near(cy - part(t, across) * perAcross)];
      const last = Math.min(step, path.last);
      context.strokeStyle = context.fillStyle = look.colour;
      context.setLineDash(look.dash);
      for (const [from, to, seen] of [[0, last, 1], [last, path.last, TO_COME]]) {
        context.globalAlpha = seen;
        context.beginPath();
        for (let t = from; t <= to; t++) context.lineTo(...place(t));
        context.stroke();
      }
      context.setLineDash([]);
      context.globalAlpha = 1;
      context.beginPath();
      context.arc(...place(last), 4, 0, 2 * Math.PI);
      context.fill();
    }
    context.restore();
    context.globalAlpha = 0.3;
    context.strokeRect(left, top, w, h);
    context.globalAlpha = 1;
  }

  return { canvas, layOut, paint };
}

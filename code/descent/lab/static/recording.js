// A recording: a training that was run beforehand, its weights as images and its curves, frame by frame.

/** The frames are those of every `spec.every` steps; the last one is shown first. */
function makeRecording(host, spec) {
  const { every, images, curves, says, looks } = spec;
  const last = says.length - 1;
  const total = last * every;
  let frame = last;

  const tiles = makeCanvas({ role: "img", "aria-label": spec.shows });
  const names = Object.keys(curves);
  const panel = makePanel(names.join(", "));
  const line = el("p.lab-says");
  const spoken = el("p.lab-spoken", { "aria-live": "polite" });
  const speak = () => (spoken.textContent = says[frame]);
  const player = makePlayer(last, {
    step: () => frame,
    last: () => last,
    show,
    playing: (on) => (play.textContent = on ? "Pause" : "Play"),
    done: speak,
  });
  const play = button("Play", () => (player.playing() ? goTo(frame) : player.run()));
  const goTo = (to) => {
    player.pause();
    show(clamp(to, 0, last));
    speak();
  };
  const ticks = [0, total].map((t) => [t, String(t)]);
  const time = makeSlider({ label: "step", scale: { kind: "linear", low: 0, high: total, step: every, ticks }, moved: (t) => goTo(Math.round(t / every)) });
  const key = names.map((name, k) => el("span", {}, makeSwatch(looks[k]), name));
  host.append(
    el("div.lab-stage.lab-recorded", {}, tiles.canvas, panel.canvas),
    el("p.lab-key", {}, ...key),
    el("div.lab-time", {}, play, button("−1", () => goTo(frame - 1), { "aria-label": "−1 frame" }), button("+1", () => goTo(frame + 1), { "aria-label": "+1 frame" }), time.node),
    line,
    spoken,
  );

  /** Between two frames a curve is drawn as a straight line of the logarithm. */
  const drawn = Object.values(curves).map((values, k) => ({
    look: looks[k],
    last: total,
    at(t) {
      const from = Math.floor(t / every);
      const part = t / every - from;
      return part ? values[from] ** (1 - part) * values[from + 1] ** part : values[from];
    },
  }));

  /** Weights from "0" to "n": black is −max |w|, middle grey zero, white max |w|. */
  function paintImages() {
    const { width, height } = tiles.size;
    const { count, rows, columns, frames } = images;
    const across = Math.ceil(Math.sqrt((count * width * rows) / (height * columns)));
    const down = Math.ceil(count / across);
    const cell = Math.max(1, Math.floor(Math.min(width / across / (columns + 1), height / down / (rows + 1))));
    tiles.context.clearRect(0, 0, width, height);
    for (let k = 0; k < count * rows * columns; k++) {
      const [image, pixel] = [Math.floor(k / (rows * columns)), k % (rows * columns)];
      const x = (image % across) * (columns + 1) + (pixel % columns);
      const y = Math.floor(image / across) * (rows + 1) + Math.floor(pixel / columns);
      const grey = Math.round(((frames[frame].charCodeAt(k) - 48) / 62) * 255); // see as_text
      tiles.context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      tiles.context.fillRect(x * cell, y * cell, cell, cell);
    }
  }
  function show(to) {
    frame = to;
    time.set(frame * every);
    line.textContent = says[frame];
    paintImages();
    panel.paint(names.join(", "), drawn, total, frame * every);
  }
  function layOut() {
    tiles.fit();
    panel.layOut();
    show(frame);
  }
  const end = keepLaidOut(host, layOut);
  return {
    frame: () => frame,
    leave() {
      player.pause();
      end();
    },
  };
}

// Plays all steps in four seconds; where motion should be reduced, as ten pictures.

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** `step()` is where the lab stands and `last()` where every walk has ended; show(t), playing(on), done() tell the lab. */
function makePlayer(steps, { step, last, show, playing, done }) {
  let frame = 0;
  function run() {
    if (step() >= steps) show(0);
    playing(true);
    const from = step();
    const begin = performance.now();
    const jump = still() ? Math.ceil(steps / 10) : 1;
    function turn(now) {
      const passed = Math.max(0, now - begin); // a frame may have begun before the button was pressed
      const t = Math.min(steps, from + Math.floor(((steps / 4000) * passed) / jump) * jump);
      if (t >= last()) {
        show(steps);
        pause();
        done();
        return;
      }
      if (t !== step()) show(t);
      frame = requestAnimationFrame(turn);
    }
    frame = requestAnimationFrame(turn);
  }
  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
    playing(false);
  }
  return { run, pause, playing: () => frame > 0 };
}

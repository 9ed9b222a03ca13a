// How fast the lab is: six rules for 500 steps in Chromium, against ipywidgets.interact on this machine, now. `make bench` runs it.
// It fails where a promise is broken clearly: by more than half, in more than one frame of a hundred. Other work on the machine shows.
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";

import { chapters, launch, makeGallery, python } from "./book.mjs";

const MARGIN = 1.5;
const rows = [];
const broken = [];

/** One line of the table; the promise is a `most` or a `least`, and `judged` is what is held against it. */
function report(what, value, unit, { most, least, judged = value } = {}) {
  const promise = most !== undefined ? `≤ ${most}` : least !== undefined ? `≥ ${least}` : "";
  rows.push([what, `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${unit}`, promise && `${promise} ${unit}`]);
  if (most !== undefined && judged > most * MARGIN) broken.push(what);
  if (least !== undefined && judged < least / MARGIN) broken.push(what);
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];

/** The lines about the gaps between frames: single long ones are told, more than a `share` of all are held against the promise. */
function reportFrames(what, gaps, share = 0.01) {
  report(`${what}: gap between frames, p95`, quantile(gaps, 0.95), "ms");
  report(`${what}: largest gap, of ${gaps.length}`, Math.max(...gaps), "ms", { most: 34, judged: quantile(gaps, 1 - share) });
}

/** Move the α of a rule that doesn't diverge `count` times; returns milliseconds per event. `flush` waits for the pixels. Runs in the page. */
function moveSlider(count, flush) {
  const figure = document.querySelector(".lab");
  const slider = figure.querySelectorAll(".lab-rule")[4].querySelector("input");
  const canvases = [...figure.querySelectorAll("canvas")].filter((canvas) => canvas.checkVisibility());
  const times = [];
  for (let k = 0; k < count; k++) {
    slider.value = 30 + (k % 20);
    const before = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    if (flush) for (const canvas of canvases) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    times.push(performance.now() - before);
  }
  const walked = figure.lab.paths().map(({ last }) => last);
  if (walked.length !== 6 || walked.some((last) => last !== 500)) throw new Error(`not six rules for 500 steps: ${walked}`);
  return times;
}

/** Do something in every frame for some seconds; returns the gaps between the frames. Runs in the page. */
function film(seconds, what) {
  const slider = document.querySelectorAll(".lab-rule")[4]?.querySelector("input");
  const height = document.scrollingElement.scrollHeight - innerHeight;
  const play = {
    drag(share, k) {
      slider.value = 30 + (k % 20);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    },
    scroll: (share) => scrollTo(0, share * height),
  }[what];
  return new Promise((resolve) => {
    const gaps = [];
    let [first, last] = [0, 0];
    requestAnimationFrame(function frame(now) {
      if (first) gaps.push(now - last);
      else first = now;
      last = now;
      if (now - first > 1000 * seconds) return resolve(gaps);
      play((now - first) / (1000 * seconds), gaps.length);
      requestAnimationFrame(frame);
    });
  });
}

const gallery = await makeGallery("six", "ten");
const book = await launch("chromium", gallery);
try {
  const { page } = book;
  await book.visit(`${gallery.address}six.html`);
  await page.waitForFunction(() => document.querySelector(".lab").lab);
  await page.evaluate(moveSlider, 100, false); // the first events are compiled
  const drawn = await page.evaluate(moveSlider, 500, false);
  report("slider event until it is drawn, p50", quantile(drawn, 0.5), "ms");
  report("slider event until it is drawn, p95", quantile(drawn, 0.95), "ms", { most: 8 });
  reportFrames("a drag of 5 s", await page.evaluate(film, 5, "drag"));

  await page.evaluate(() => document.querySelector(".lab-microscope summary").click());
  await page.evaluate(moveSlider, 50, false);
  report("slider event with the microscope open, p95", quantile(await page.evaluate(moveSlider, 300, false), 0.95), "ms", { most: 8 });
  reportFrames("a drag of 5 s with the microscope open", await page.evaluate(film, 5, "drag"));
  await page.evaluate(() => document.querySelector(".lab-microscope summary").click());
  const pixels = await page.evaluate(moveSlider, 200, true);
  report("slider event until every pixel is there, p95", quantile(pixels, 0.95), "ms");

  const printed = await python([fileURLToPath(new URL("interact.py", import.meta.url))], "");
  const interact = JSON.parse(printed.trim().split("\n").at(-1));
  report("the same with interact and matplotlib, p50", quantile(interact, 0.5), "ms");
  report("times faster, p50 against p50", quantile(interact, 0.5) / quantile(drawn, 0.5), "×", { least: 20 });
  report("times faster, until every pixel is there", quantile(interact, 0.5) / quantile(pixels, 0.5), "×");

  await book.visit(`${gallery.address}ten.html`);
  reportFrames("ten labs, scrolled for 3 s while they start", await page.evaluate(film, 3, "scroll"), 0.1); // ten frames start one
  reportFrames("ten labs, scrolled for 3 s again", await page.evaluate(film, 3, "scroll"));

  const specifications = chapters.flatMap((chapter) => {
    const text = readFileSync(fileURLToPath(book.places.disk + chapter), "utf8");
    return [...text.matchAll(/class="lab-specification">(.*?)<\/script>/gs)].map((match) => Buffer.byteLength(match[1]));
  });
  report("script", Buffer.byteLength(readFileSync(`${gallery.folder}/lab.js`)) / 1000, "kB", { most: 60 });
  report(`largest of ${specifications.length} specifications`, Math.max(...specifications) / 1000, "kB", { most: 100 });
} finally {
  await book.close();
  gallery.remove();
}

const wide = Math.max(...rows.map(([what]) => what.length));
console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
for (const [what, value, promise] of rows) console.log(`${what.padEnd(wide)}  ${value.padStart(9)}  ${promise}`);
if (broken.length) {
  console.error(`Clearly broken: ${broken.join("; ")}`);
  process.exitCode = 1;
}

// The lab in the page, in two browsers: it answers to mouse, finger and keys, it says what it shows, and its numbers are Python's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { kinds, launch, layOutAll, makeGallery, python, stopTheClock, violations } from "./book.mjs";

const WITH_LABS = ["01-gradient-descent", "02-taylor-expansion", "03-mini-batches", "20-blood-tests"].map((name) => `chapters/${name}.html`);

/** State and paths of a lab as plain numbers; runs in the page. */
function numbers(figure) {
  const paths = figure.lab.paths().map(({ theta, loss, last, diverged, dim }) => {
    const end = diverged ? last : last + 1; // where it diverged it may be no number
    return { theta: [...theta.slice(0, end * dim)], loss: [...loss.slice(0, end)], diverged };
  });
  return { state: structuredClone(figure.lab.state()), paths };
}

/** The control of a lab that has this name for those who listen; runs in the page. */
function named(figure, name) {
  const label = ({ childNodes }) => [...childNodes].map((node) => (node.nodeType === 3 ? node.data : "")).join("").trim();
  const controls = [...figure.querySelectorAll("button, input, select, textarea, summary")];
  const nameOf = (node) => node.ariaLabel ?? (node.labels?.length ? label(node.labels[0]) : node.textContent.trim());
  const found = controls.filter((node) => nameOf(node) === name && node.checkVisibility());
  if (found.length !== 1) throw new Error(`${found.length} controls are called "${name}", of ${controls.map(nameOf)}`);
  return found[0];
}

/** What of the labs doesn't fit the page, as it stands two frames later; runs in the page. */
async function sticksOut() {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const { scrollWidth, clientWidth } = document.scrollingElement;
  const parts = [...document.querySelectorAll(".lab-live *")].filter((node) => !node.closest("svg *, table, .lab-spoken") && node.checkVisibility());
  const out = parts.filter((node) => {
    const [box, lab] = [node, node.closest(".lab-live")].map((element) => element.getBoundingClientRect());
    return box.left < lab.left - 6 || box.right > lab.right + 6;
  });
  return [...out.map((node) => node.outerHTML.slice(0, 80)), ...(scrollWidth > clientWidth ? ["the page scrolls sideways"] : [])];
}

/** A lab of the open page, once it has started. */
async function find(page, name, { scroll = true } = {}) {
  const figure = await page.waitForSelector(`.lab[data-name="${name}"]`);
  if (scroll) await figure.evaluate((node) => node.scrollIntoView({ behavior: "instant" }));
  await page.waitForFunction((node) => node.lab, { timeout: 5000 }, figure);
  const control = (label) => figure.evaluateHandle(named, label);
  return {
    figure,
    control,
    read: () => figure.evaluate(numbers),
    text: (selector) => figure.$eval(selector, (node) => node.textContent),
    texts: (selector) => figure.$$eval(selector, (nodes) => nodes.map((node) => node.textContent)),
    /** Press a button, tick a box, open a fold. */
    press: async (label) => (await control(label)).evaluate((node) => node.click()),
    choose: async (label, value) => (await control(label)).select(String(value)),
    /** Put a slider on position number k, as one move. */
    slide: async (label, k) =>
      (await control(label)).evaluate((node, value) => {
        node.value = value;
        node.dispatchEvent(new Event("input", { bubbles: true }));
      }, k),
    /** The frame around the map, and the middle of the start, in pixels of the window. */
    places: () =>
      figure.evaluate(async (node) => {
        const map = node.querySelector(".lab-map");
        for (let still = 0, top = NaN; still < 5; top = map.getBoundingClientRect().top) {
          map.scrollIntoView({ block: "center", behavior: "instant" });
          await new Promise(requestAnimationFrame); // sections that came near are laid out, and it moves
          still = map.getBoundingClientRect().top === top ? still + 1 : 0;
        }
        const { left, bottom, width, height } = node.querySelector(".lab-frame").getBoundingClientRect();
        const start = node.querySelector(".lab-start").getBoundingClientRect();
        return { left, bottom, width, height, start: [start.x + start.width / 2, start.y + start.height / 2] };
      }),
    /** The step it shows when so many milliseconds of a stopped clock have passed. */
    after: (ms) => figure.evaluate((node, ms) => (pass(ms), node.lab.state().step), ms),
    window: (k = 0) => figure.$eval(".lab-specification", (node, k) => JSON.parse(node.textContent).objectives[k].window, k),
    /** Wait until the page's address has this in it. */
    addressed: (part) => page.waitForFunction((part) => location.hash.includes(part), { timeout: 3000 }, part),
  };
}

/** Whether two lists of numbers are the same, as far as rounding lets them. */
function assertClose(found, expected, message, tolerance = 1e-9) {
  assert.equal(found.length, expected.length, message);
  found.forEach((value, k) => {
    const apart = Math.abs(value - expected[k]);
    assert.ok(apart <= tolerance * Math.max(1, Math.abs(expected[k])), `${message}: ${value} at ${k}, expected ${expected[k]}`);
  });
}

// Runs copied programs, and prints the paths they leave.
const REPLAY = `
import json, sys
def plain(path):
    end = path.diverged or len(path.t)
    return {"theta": path.theta[:end].ravel().tolist(), "loss": path.loss[:end].tolist(), "diverged": path.diverged}
def replay(code):
    names = {"__name__": "__main__"}
    exec(code, names)
    return [plain(path) for path in names["paths"]]
print(json.dumps([replay(code) for code in json.load(sys.stdin)]))
`;

const copied = []; // {where, code, paths}: what both browsers copied

let gallery;
before(async () => (gallery = await makeGallery("bowl", "several", "table", "conventions")));
after(() => gallery?.remove());

for (const kind of kinds) {
  describe(kind, () => {
    let book;
    before(async () => (book = await launch(kind, gallery)));
    after(() => book?.close());

    const open = async (url, name, options) => (await book.visit(url, options), find(book.page, name));
    const hung = (name, options) => open(`${book.places.gallery}${name}.html`, name, options); // in the gallery
    const several = (options) => hung("several", options);
    const bowl = () => hung("bowl");

    /** A test of what no browser does differently. */
    const once = (...what) => kind === kinds[0] && test(...what);

    // ---------------------------------------------------------------- it is there
    const everywhere = kind === "chromium" ? WITH_LABS : WITH_LABS.slice(2);
    for (const [place, path] of [...everywhere.map((path) => ["disk", path]), ["server", WITH_LABS[0]]]) {
      test(`the labs of ${path} from ${place} start as they come into view, draw, and ask for nothing`, async () => {
        await book.visit(book.places[place] + path);
        await layOutAll(book.page); // the fonts of far formulas come with them
        await book.page.evaluate(() => document.fonts.ready);
        const asked = [];
        const note = (request) => request.url().includes("favicon") || asked.push(request.url());
        book.page.on("request", note);
        const labs = await book.page.$$(".lab");
        const live = () => book.page.$$eval(".lab", (figures) => figures.filter((figure) => figure.lab).length);
        assert.equal(await live(), 0, "a lab has started out of sight");
        for (const [number, figure] of labs.entries()) {
          const name = await figure.evaluate((node) => node.dataset.name);
          await find(book.page, name);
          if (number === 0 && labs.length > 2) assert.ok((await live()) < labs.length, "all labs have started at once");
          const seen = await figure.evaluate((node) => ({
            picture: node.querySelector("figure.picture > :is(svg, img)").checkVisibility(),
            blank: [...node.querySelectorAll("canvas")].filter((canvas) => {
              if (!canvas.checkVisibility()) return false;
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return !data.some((value) => value);
            }).length,
            contours: [...node.querySelectorAll(".lab-ground g path")].filter((line) => line.getBBox().width > 0).length,
          }));
          assert.deepEqual({ ...seen, contours: seen.contours > 5 }, { picture: false, blank: 0, contours: true }, name);
        }
        book.page.off("request", note);
        assert.deepEqual([...asked, ...book.problems], []);
        await book.page.$$eval(".lab-live details", (all) => all.forEach((details) => (details.open = true)));
        await book.page.setViewport({ width: 360, height: 900 });
        assert.deepEqual(await book.page.evaluate(sticksOut), [], "on a phone");
      });
    }

    // ---------------------------------------------------------------- sliders, start, time
    test("a slider moves with the keys, and value, path, verdict and drawing follow", async () => {
      const lab = await bowl();
      const slider = await lab.control("α of gradient descent");
      const before = await lab.read();
      const verdict = await lab.text(".lab-verdict");
      const picture = () => lab.figure.$eval(".lab-map canvas", (canvas) => canvas.toDataURL());
      const drawn = await picture();
      await slider.focus();
      for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await book.page.keyboard.press(key);
      const moved = await lab.read();
      assert.equal(moved.state.shown[0].values[0], 0.052);
      assert.equal(await slider.evaluate((node) => node.getAttribute("aria-valuetext")), "0.052");
      assert.equal(await lab.text(".lab-rule output"), "0.052");
      assert.notDeepEqual(moved.paths, before.paths);
      assert.notEqual(await lab.text(".lab-verdict"), verdict);
      assert.notEqual(await picture(), drawn);
      await book.page.keyboard.press("End");
      assert.equal((await lab.read()).state.shown[0].values[0], 0.22);
      assert.deepEqual(book.problems, []);
    });

    once("the sliders of β offer 0, 0.9, 0.99 and 0.999, equally far apart, and that of α is logarithmic", async () => {
      const lab = await several();
      const offered = (label) =>
        lab.control(label).then((slider) =>
          slider.evaluate((node) =>
            Array.from({ length: Number(node.max) + 1 }, (_, k) => {
              node.value = k;
              node.dispatchEvent(new Event("input"));
              return Number(node.getAttribute("aria-valuetext").replace("−", "-"));
            }),
          ),
        );
      for (const label of ["β of Nesterov", "β₁ of Adam", "β₂ of Adam"]) {
        const values = await offered(label);
        const [zero, ...marks] = [0, 0.9, 0.99, 0.999].map((value) => values.indexOf(value));
        assert.equal(zero, 0);
        assert.deepEqual(marks, [marks[0], 2 * marks[0], 3 * marks[0]], label);
      }
      const alphas = await offered("α of Adam");
      const ratios = alphas.slice(1).map((value, k) => value / alphas[k]);
      assert.ok(Math.min(...ratios) > 1.05 && Math.max(...ratios) < 1.2, `from ${Math.min(...ratios)} to ${Math.max(...ratios)}`);
    });

    once("every tick of every slider stands at the value it names", async () => {
      const lab = await several();
      const bad = await lab.figure.$$eval(".lab-slider", (sliders) =>
        sliders.flatMap((slider) =>
          [...slider.querySelectorAll(".lab-ticks span")].flatMap((tick) => {
            const input = slider.querySelector("input");
            input.value = Math.round((parseFloat(tick.style.left) / 100) * input.max);
            input.dispatchEvent(new Event("input"));
            const shown = slider.querySelector("output").textContent;
            return Number(shown.replace("−", "-")) === Number(tick.textContent.replace("−", "-")) ? [] : [`${tick.textContent}: ${shown}`];
          }),
        ),
      );
      assert.deepEqual(bad, []);
    });

    test("the start follows the mouse, and stays on the map", async () => {
      const lab = await bowl();
      const before = await lab.read();
      const { left, bottom, width, height, start } = await lab.places();
      const [[x0, x1], [y0, y1]] = await lab.window();
      const under = (x, y) => [x0 + ((x - left) / width) * (x1 - x0), y0 + ((bottom - y) / height) * (y1 - y0)];
      const { mouse } = book.page;
      assertClose(under(...start), before.state.start, "the start as drawn", 0.01);
      await mouse.move(...start);
      await mouse.down();
      const target = [start[0] + 60, start[1] + 45];
      await mouse.move(...target, { steps: 4 });
      const dragged = await lab.read();
      assertClose(dragged.state.start, under(...target), "dragged", 0.02);
      assertClose(dragged.paths[0].theta.slice(0, 2), dragged.state.start, "the path begins there");
      assert.equal(dragged.paths[0].theta.length, before.paths[0].theta.length);
      await mouse.move(left - 200, bottom - height / 2);
      assert.equal((await lab.read()).state.start[0], x0);
      await mouse.up();
      await mouse.move(...target);
      assert.equal((await lab.read()).state.start[0], x0, "it follows a mouse without a button");
      await mouse.click(left + width / 4, bottom - height / 4);
      assertClose((await lab.read()).state.start, under(left + width / 4, bottom - height / 4), "a click on the map", 0.02);
      assert.deepEqual(book.problems, []);
    });

    test("the arrow keys move the start by a hundredth of the map, with Shift by a tenth", async () => {
      const lab = await bowl();
      const [[x0, x1], [y0, y1]] = await lab.window();
      const { start } = (await lab.read()).state;
      const scroll = () => book.page.evaluate(() => scrollY);
      await lab.figure.$eval(".lab-start", (node) => node.focus());
      const scrolled = await scroll();
      for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown"]) await book.page.keyboard.press(key);
      const units = [0.01 * (x1 - x0), 0.01 * (y1 - y0)];
      const whole = (value, k) => Math.ceil(value / units[k]) * units[k]; // the keys lead to whole multiples
      const [x, y] = start.map(whole);
      assertClose((await lab.read()).state.start, [x, y - units[1]], "arrows", 1e-3);
      await book.page.keyboard.down("Shift");
      for (const key of ["ArrowRight", "ArrowUp"]) await book.page.keyboard.press(key);
      await book.page.keyboard.up("Shift");
      const { state } = await lab.read();
      const coarse = (value, k) => (Math.floor(value / (10 * units[k]) + 1e-6) + 1) * 10 * units[k];
      assertClose(state.start, [x, y - units[1]].map(coarse), "with Shift", 1e-3);
      assert.ok(Math.abs((await scroll()) - scrolled) < 5, "the page scrolled, too");
      const name = await lab.figure.$eval(".lab-start", (node) => node.ariaLabel.replaceAll("−", "-"));
      for (const value of state.start) assert.ok(name.includes(String(Number(value.toPrecision(3)))), `${name} does not say ${value}`);
    });

    test("time is scrubbed, and goes one step on and back", async () => {
      const lab = await bowl();
      const { paths } = await lab.read();
      const marks = () => lab.figure.$eval(".lab-map canvas", (canvas) => canvas.toDataURL());
      const pictures = new Set();
      const at = async (step) => {
        assert.equal((await lab.read()).state.step, step);
        assert.equal(await lab.text(".lab-time output"), String(step));
        pictures.add(await marks());
      };
      await lab.slide("step", 20);
      await at(20);
      await lab.press("+1 step");
      await at(21);
      await lab.press("−1 step");
      await lab.press("−1 step");
      await at(19);
      await lab.slide("step", 0);
      await lab.press("−1 step");
      await at(0);
      await lab.slide("step", 60);
      await lab.press("+1 step");
      await at(60);
      assert.equal(pictures.size, 5);
      assert.deepEqual((await lab.read()).paths, paths, "scrubbing changed the path");
    });

    test("playing goes from step to step until the end, and pauses", async () => {
      const lab = await bowl();
      await lab.slide("step", 45);
      await book.page.evaluate(stopTheClock);
      await lab.press("Play");
      await lab.control("Pause");
      const shown = [];
      for (let k = 0; k < 20; k++) shown.push(await lab.after(50)); // all 60 steps take four seconds
      assert.deepEqual(shown, [45, 46, 47, 48, 48, 49, 50, 51, 51, 52, 53, 54, 54, 55, 56, 57, 57, 58, 59, 60]);
      await lab.control("Play");
      await lab.press("Play");
      assert.deepEqual([await lab.after(0), await lab.after(1000)], [0, 15]);
      await lab.press("Pause");
      assert.equal(await lab.after(1000), 15, "it plays on");
    });

    // ---------------------------------------------------------------- rules
    once("same α moves all rules", async () => {
      const lab = await several();
      await lab.slide("α of Nesterov", 30);
      const { state } = await lab.read();
      assert.equal(new Set(state.shown.map(({ values }) => values[0])).size, 3);
      await lab.press("same α for all");
      await lab.slide("α of Nesterov", 20);
      const { shown } = (await lab.read()).state;
      assert.deepEqual(shown.map(({ values }) => values[0]), [0.001, 0.001, 0.001]);
      const outputs = await lab.texts(".lab-slider:has([aria-label^='α of']) output");
      assert.deepEqual(outputs, ["0.001", "0.001", "0.001"]);
    });

    once("tuning finds for each rule the best α that its slider offers", async () => {
      const lab = await several();
      await lab.press("Tune each α");
      const tuned = (await lab.read()).paths.map(({ loss }) => loss.at(-1));
      const losses = await lab.figure.evaluate((node) =>
        [...node.querySelectorAll("input[aria-label^='α of']")].map((slider, w) =>
          Array.from({ length: Number(slider.max) + 1 }, (_, k) => {
            slider.value = k;
            slider.dispatchEvent(new Event("input"));
            const { loss, last, diverged } = node.lab.paths()[w];
            return diverged ? 1e99 : loss[last];
          }),
        ),
      );
      assert.deepEqual(tuned, losses.map((all) => Math.min(...all)));
      assert.ok(losses.every((all) => all.length > 50));
    });

    once("rules are added and removed, and reset brings back the first picture", async () => {
      const lab = await several();
      const first = await lab.read();
      await lab.press("Remove gradient descent");
      assert.deepEqual((await lab.read()).paths, first.paths.slice(1));
      await lab.press("Add"); // the first on offer: momentum
      const added = await lab.read();
      assert.equal(added.paths.length, 3);
      assert.deepEqual(await lab.texts(".lab-rule strong"), ["Nesterov", "Adam", "momentum"]);
      for (let k = 0; k < 3; k++) await lab.press("Add");
      assert.equal(await (await lab.control("Add")).evaluate((node) => node.disabled), true, "there is no seventh look");
      await lab.choose("Surface", 1);
      const [[x0, x1]] = await lab.window(1);
      assert.deepEqual([x0, x1, (await lab.read()).state.start], [-5, 5, [-0.5, -1]]);
      await lab.slide("step", 3);
      await lab.press("Reset");
      assert.deepEqual(await lab.read(), first);
      assert.deepEqual(await lab.texts(".lab-rule strong"), ["gradient descent", "Nesterov", "Adam"]);
      assert.deepEqual(book.problems, []);
    });

    once("what diverges says so, in words that one sees and hears", async () => {
      const lab = await several();
      const [{ diverged }] = (await lab.read()).paths;
      assert.ok(diverged > 0);
      const lost = await lab.figure.$$eval(".lab-lost", (nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => node.textContent));
      assert.deepEqual(lost, [`diverges at step ${diverged}`]);
      await book.page.waitForFunction((node) => node.querySelector(".lab-spoken").textContent, { timeout: 3000 }, lab.figure);
      assert.match(await lab.text(".lab-spoken"), new RegExp(`^Gradient descent diverges at step ${diverged}; Nesterov is at `));
      await lab.slide("α of gradient descent", 20);
      assert.deepEqual(await lab.figure.$$(".lab-lost"), []);
    });

    once("a change is summed up in the live region", async () => {
      const lab = await bowl();
      await book.page.waitForFunction((node) => node.querySelector(".lab-spoken").textContent, { timeout: 3000 }, lab.figure);
      const before = await lab.text(".lab-spoken");
      assert.match(before, /^Gradient descent reaches 0\.01 after \d+ steps\.$/);
      await lab.slide("α of gradient descent", 10);
      await book.page.waitForFunction((node, text) => node.querySelector(".lab-spoken").textContent !== text, { timeout: 3000 }, lab.figure, before);
      assert.equal(await lab.text(".lab-spoken"), `Gradient descent ${await lab.text(".lab-verdict")}.`);
      const status = await lab.figure.$eval(".lab-spoken", (node) => [node.getAttribute("role"), node.checkVisibility()]);
      assert.deepEqual(status, ["status", true]);
    });

    // ---------------------------------------------------------------- the microscope
    once("the microscope shows Nesterov's look-ahead and velocity, and Adam's box, where they are", async () => {
      const lab = await several();
      await lab.slide("step", 5);
      await lab.press("Microscope: one step, in arrows and numbers");
      await lab.figure.waitForSelector(".lab-microscope select");
      await lab.choose("Rule", 1);
      const names = () => lab.figure.$$eval(".lab-overlay > g", (groups) => groups.map((group) => group.dataset.name));
      assert.deepEqual((await names()).sort(), ["look-ahead", "step", "−g", "−v"]);

      const { paths, state } = await lab.read();
      const point = (t) => paths[1].theta.slice(2 * t, 2 * t + 2);
      const [[x0, x1], [y0, y1]] = await lab.window();
      const [beta] = state.shown[1].values.slice(1);
      const ahead = point(4).map((value, i) => value + beta * (value - point(3)[i])); // θ − β v, and v is the last step
      const drawn = await lab.figure.evaluate((node) => {
        const frame = node.querySelector("rect.lab-frame");
        const box = ["x", "y", "width", "height"].map((name) => Number(frame.getAttribute(name)));
        const probe = node.querySelector(".lab-probe circle");
        const step = node.querySelector("[data-name=step] line");
        const at = (element, ...names) => names.map((name) => Number(element.getAttribute(name)));
        return { box, probe: at(probe, "cx", "cy"), step: at(step, "x1", "y1", "x2", "y2") };
      });
      const [left, top, width, height] = drawn.box;
      const place = ([x, y]) => [left + ((x - x0) / (x1 - x0)) * width, top + ((y1 - y) / (y1 - y0)) * height];
      assertClose(drawn.probe, place(ahead), "the look-ahead", 1e-6);
      assertClose(drawn.step, [...place(point(4)), ...place(point(5))], "the step", 1e-6);

      await lab.choose("Rule", 2);
      assert.deepEqual((await names()).sort(), ["step", "−g", "−m", "√v"]);
      const box = await lab.figure.$eval("[data-name='√v'] rect", (rect) => [rect.getAttribute("width"), rect.getAttribute("height")].map(Number));
      assert.ok(Math.min(...box) > 0 && Math.max(...box) <= 160, `the box is ${box}`);
    });

    once("the microscope puts this step's numbers into the lines of the rule", async () => {
      const lab = await bowl();
      await lab.slide("step", 3);
      await lab.press("Microscope: one step, in arrows and numbers");
      await lab.figure.waitForSelector(".lab-lines tr");
      const { theta } = (await lab.read()).paths[0];
      for (const i of [0, 1]) {
        await lab.choose("coordinate", i);
        const rows = await lab.figure.$$eval(".lab-lines tr", (all) =>
          all.map((row) => [...row.cells].map((cell) => cell.textContent.replaceAll("−", "-"))),
        );
        const round = (value) => Number(value.toPrecision(4));
        const [from, to] = [theta[4 + i], theta[6 + i]];
        const g = (from - to) / 0.05;
        assertClose([Number(rows[0][2].slice(1))], [round(g)], "g", 1e-3);
        assertClose([Number(rows[1][2].slice(1))], [round(to)], "θ", 1e-3);
        assert.ok(rows[1][1].includes(String(round(from))) && rows[1][1].includes("0.05"), `${rows[1]} does not show ${from} and α`);
      }
    });

    once("with noisy steps the grey path without noise is that of the chosen rule", async () => {
      const lab = await hung("table");
      await lab.press("Microscope: one step, in arrows and numbers");
      await lab.figure.waitForSelector(".lab-microscope select");
      const picture = () => lab.figure.$eval(".lab-map canvas", (canvas) => canvas.toDataURL());
      const before = await picture();
      await lab.choose("Rule", 1);
      assert.notEqual(await picture(), before);
    });

    // ---------------------------------------------------------------- address and Python
    test("the address holds all that was changed, and a new page comes back to it", async () => {
      const changes = {
        "gd-surfaces": async (lab) => (await lab.choose("Surface", 2), await lab.slide("α of gradient descent", 37)),
        several: async (lab) => {
          await lab.press("Remove Nesterov");
          await lab.press("Add");
          await lab.choose("Surface", 1);
          await lab.slide("β₂ of Adam", 55);
        },
        table: async (lab) => (await lab.slide("batch size", 4), await lab.press("Another draw"), await lab.press("Another draw")),
      };
      for (const [name, change] of Object.entries(changes)) {
        const lab = name === "gd-surfaces" ? await open(book.places.disk + WITH_LABS[0], name) : await hung(name);
        const first = await lab.read();
        await change(lab);
        await lab.figure.$eval(".lab-start", (node) => node.focus());
        await book.page.keyboard.press("ArrowRight");
        await lab.slide("step", 17);
        await lab.addressed("step=17");
        const left = await lab.read();
        assert.notDeepEqual(left.paths, first.paths);
        const address = await book.page.evaluate(() => location.href);
        await book.page.goto("about:blank");
        await book.visit(address);
        const again = await find(book.page, name, { scroll: false });
        assert.deepEqual(await again.read(), left, name);
        assert.deepEqual(book.problems, []);
      }
    });

    once("an address that makes no sense changes nothing, one that comes later is followed", async () => {
      for (const nonsense of ["%", "surface=moon&start=NaN,1&step=many&rule=Nope,1&rule=GradientDescent,x", "start=1"]) {
        await book.page.goto("about:blank");
        const lab = await open(`${book.places.gallery}bowl.html#bowl?${nonsense}`, "bowl");
        const { state } = await lab.read();
        assert.deepEqual([state.step, state.shown], [60, [{ rule: 0, values: [0.05] }]], nonsense);
        assert.deepEqual(book.problems, []);
      }
      const lab = await find(book.page, "bowl");
      await book.page.evaluate(() => (location.hash = "#bowl?start=1,2&step=9&rule=GradientDescent,0.1"));
      await book.page.waitForFunction((node) => node.lab.state().step === 9, { timeout: 3000 }, lab.figure);
      const { state, paths } = await lab.read();
      assert.deepEqual([state.start, state.shown[0].values], [[1, 2], [0.1]]);
      assert.deepEqual(paths[0].theta.slice(0, 2), [1, 2]);
    });

    test("every lab writes Python", async () => {
      const take = async (where, lab) => {
        await lab.press("This figure as Python");
        await book.page.waitForFunction((node) => node.querySelector(".lab-python textarea").value, { timeout: 3000 }, lab.figure);
        const code = await lab.figure.$eval(".lab-python textarea", (node) => node.value);
        copied.push({ where: `${where} in ${kind}`, code, paths: (await lab.read()).paths });
      };
      const nudge = async (lab) => {
        await lab.figure.$eval(".lab-start", (node) => node.focus());
        await book.page.keyboard.press("ArrowUp");
      };
      const surfaces = await several();
      await nudge(surfaces);
      await surfaces.slide("β of Nesterov", 15);
      await take("several rules, one of which diverges", surfaces);
      const rows = await hung("table");
      await rows.slide("batch size", 4);
      await take("a table and a rule of the reader's with a memory", rows);
      const own = await open(book.places.disk + WITH_LABS[1], "own-rule");
      await nudge(own);
      await take("rules and a surface of the chapter", own);
      const drawn = await open(book.places.disk + WITH_LABS[2], "mini-batches");
      await drawn.press("Another draw");
      await drawn.slide("α of gradient descent", 15);
      await take("another draw", drawn);
      const forms = await hung("conventions");
      await forms.choose("Form of Adam", 2);
      await forms.slide("β₂ of AggMo", 10);
      await take("a library's form, and a rule with a tuple", forms);
      await take("ten inputs", await open(book.places.disk + WITH_LABS[3], "blood-batches"));
    });

    test("the Python follows what is changed while it is open, and Copy copies it", async () => {
      const lab = await bowl();
      await lab.press("This figure as Python");
      const shown = () => lab.figure.$eval(".lab-python textarea", (node) => node.value);
      await book.page.waitForFunction((node) => node.querySelector(".lab-python textarea").value, { timeout: 3000 }, lab.figure);
      await lab.slide("α of gradient descent", 40);
      assert.match(await shown(), /GradientDescent\(alpha=0\.08\)/);
      await book.page.evaluate(() => (location.hash = "#bowl?rule=GradientDescent,0.03"));
      await book.page.waitForFunction((node) => node.lab.state().shown[0].values[0] === 0.03, { timeout: 3000 }, lab.figure);
      assert.match(await shown(), /GradientDescent\(alpha=0\.03\)/);
      await (await lab.control("Copy")).click();
      await book.page.waitForFunction((node) => node.querySelector(".lab-note").textContent, { timeout: 3000 }, lab.figure);
      assert.equal(await lab.text(".lab-note"), "Copied.");
      await book.page.evaluate(() => {
        const field = document.querySelector("main").appendChild(document.createElement("textarea"));
        field.id = "pasted";
        field.focus();
      });
      await book.page.keyboard.down("Control");
      await book.page.keyboard.press("v", { commands: ["Paste"] });
      await book.page.keyboard.up("Control");
      await book.page.waitForFunction(() => document.querySelector("#pasted").value, { timeout: 3000 });
      assert.equal(await book.page.$eval("#pasted", (node) => node.value), await shown());
    });

    // ---------------------------------------------------------------- everybody
    test("Tab reaches every control in the order of the page, with a ring", async () => {
      const lab = await several();
      await lab.figure.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
      await lab.figure.$eval("select", (node) => node.focus());
      const stops = [];
      for (let stop = 0; stop < 60; stop++) {
        const here = await book.page.evaluate(() => {
          const element = document.activeElement;
          const figure = element.closest("[data-name=several]");
          const focusable = figure && [...figure.querySelectorAll("button, input, select, textarea, summary, [tabindex]")];
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          const wanted = focusable?.filter((node) => node.checkVisibility() && !node.disabled);
          const ringed = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
          return { place: wanted?.indexOf(element), count: wanted?.length, ringed, element: element.outerHTML.slice(0, 80) };
        });
        if (here.place === undefined) break;
        stops.push(here);
        if (here.place === here.count - 1) break; // the next stop would be the browser's own
        await book.page.keyboard.press("Tab");
      }
      assert.deepEqual(stops.slice(1).filter(({ ringed }) => !ringed), []);
      assert.deepEqual(stops.map(({ place }) => place), stops.map((_, k) => k));
      assert.equal(stops.length, stops[0].count);
      assert.ok(stops.length > 25);
    });

    test("removing a rule keeps the keyboard's place", async () => {
      const lab = await several();
      await (await lab.control("Remove Nesterov")).focus();
      await book.page.keyboard.press("Enter");
      await book.page.waitForFunction((node) => node.lab.paths().length === 2, { timeout: 3000 }, lab.figure);
      assert.ok(await lab.figure.evaluate((node) => node.contains(document.activeElement)), "the focus is lost");
    });

    test("a rule is chosen and added with the keys", async () => {
      const lab = await several();
      await (await lab.control("Another rule")).focus();
      for (const key of ["ArrowDown", "ArrowDown"]) await book.page.keyboard.press(key);
      assert.equal((await lab.read()).paths.length, 3, "looking through the rules adds them");
      for (const key of ["Tab", "Enter"]) await book.page.keyboard.press(key);
      await book.page.waitForFunction((node) => node.lab.paths().length === 4, { timeout: 3000 }, lab.figure);
      assert.deepEqual(await lab.texts(".lab-rule strong"), ["gradient descent", "Nesterov", "Adam", "Nesterov (2)"]);
    });

    test("another form changes formula, code, values and path, and says where it parts from the paper's", async () => {
      const lab = await hung("conventions");
      const seen = async () => ({
        formula: (await lab.texts(".lab-formula"))[0],
        code: (await lab.texts(".lab-forms pre"))[0],
        apart: (await lab.texts(".lab-apart"))[0],
        title: (await lab.texts(".lab-rule strong"))[0],
        end: (await lab.read()).paths[0].theta.at(-1),
        values: (await lab.read()).state.shown[0].values,
      });
      const paper = await seen();
      assert.equal(paper.apart, "");
      await (await lab.control("Form of Adam")).focus();
      for (const key of ["ArrowDown", "ArrowDown"]) await book.page.keyboard.press(key); // PyTorch, then Keras
      await book.page.waitForFunction((node) => node.lab.state().shown[0].rule === 2, { timeout: 3000 }, lab.figure);
      const keras = await seen();
      assert.equal(keras.title, "Adam (Keras)");
      assert.notEqual(keras.formula, paper.formula);
      assert.match(keras.code, /rate = self\.alpha \* np\.sqrt/);
      assert.deepEqual(keras.values, paper.values); // both have α, β₁, β₂, ε
      assert.notEqual(keras.end, paper.end);
      assert.match(keras.apart, /^It parts from the paper's form: \S+ apart at step \d+\.$/);
      assert.ok(await lab.figure.evaluate(() => document.activeElement.ariaLabel === "Form of Adam (Keras)"), "the focus is lost");
      await lab.slide("ε of Adam (Keras)", 0); // the smaller ε, the nearer
      assert.notEqual((await seen()).apart, keras.apart);
    });

    test("forms that walk the same path are said to", async () => {
      const lab = await hung("conventions");
      await lab.choose("Form of Adam", 1); // PyTorch's with λ = 0
      assert.equal((await lab.texts(".lab-apart"))[0], "With these values it walks the path of the paper's form.");
      assert.equal((await lab.read()).state.shown[0].values.length, 5);
      for (const form of [1, 2]) {
        await lab.choose(form === 1 ? "Form of Nesterov" : "Form of Nesterov (PyTorch, optax)", form);
        assert.equal((await lab.texts(".lab-apart"))[1], "It walks the look-ahead points of the paper's form.");
      }
    });

    once("a library's form is not offered as another rule", async () => {
      const lab = await hung("conventions");
      const offered = await (await lab.control("Another rule")).evaluate((select) => [...select.options].map((option) => option.textContent));
      assert.deepEqual(offered, ["Adam", "Nesterov", "AggMo"]);
    });

    test("the curves' axes take the ink of another theme", async () => {
      const lab = await open(book.places.disk + WITH_LABS[2], "mini-batches");
      const canvas = await lab.figure.$(".lab-stage > canvas");
      const drawnIn = (canvas, colour) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let k = 0; k < data.length; k += 4) {
          if (data[k + 3] > 230 && `rgb(${data.slice(k, k + 3).join(", ")})` === colour) return true;
        }
        return false;
      };
      const seen = new Map();
      for (let click = 0; click < 3; click++) {
        const [theme, ink] = await canvas.evaluate((node) => [document.documentElement.dataset.theme, getComputedStyle(node).color]);
        const drawn = book.page.waitForFunction(drawnIn, { timeout: 5000 }, canvas, ink);
        await assert.doesNotReject(drawn, `nothing is drawn in ${ink}, the ink of ${theme}`);
        seen.set(theme, ink);
        await book.page.click(".theme-switch-button");
      }
      assert.equal(new Set(seen.values()).size, 2, JSON.stringify([...seen]));
    });

    test("on a phone map, loss and the first rule's sliders are seen, the rest is folded, nothing sticks out", async () => {
      const lab = await several({ width: 360 });
      const folded = await lab.figure.$$eval("details", (all) => all.map((details) => [details.className, details.open]));
      assert.deepEqual(folded, [
        ["lab-rule", true],
        ["lab-rule", false],
        ["lab-rule", false],
        ["lab-more", false],
        ["lab-microscope", false],
        ["lab-python", false],
      ]);
      assert.deepEqual(await book.page.evaluate(sticksOut), []);
      const parts = ".lab-map, .lab-stage > canvas, .lab-rule[open] .lab-range";
      const wide = await lab.figure.$$eval(parts, (nodes) => nodes.map((node) => node.clientWidth));
      assert.ok(wide.length === 3 && wide.every((width) => width >= 120), `they are ${wide} wide`);
    });
  });
}

describe("chromium, which can pretend more", () => {
  let book;
  before(async () => (book = await launch("chromium", gallery)));
  after(() => book?.close());
  const open = async (url, name, options) => (await book.visit(url, options), find(book.page, name));

  for (const width of [1280, 360]) {
    test(`nothing moves when labs start, ${width} pixels wide`, async () => {
      await book.visit(book.places.disk + WITH_LABS[0], { width });
      const [started, moved] = await book.page.evaluate(async () => {
        let moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (moved += value))).observe({ type: "layout-shift" });
        for (let y = 0; y < document.scrollingElement.scrollHeight; y += 400) {
          scrollTo({ top: y, behavior: "instant" });
          for (let frame = 0; frame < 6; frame++) await new Promise(requestAnimationFrame);
        }
        return [document.querySelectorAll(".lab-on").length, moved];
      });
      assert.equal(started, 3);
      assert.ok(moved < 0.01, `layout shifts of ${moved}`);
    });
  }

  test("a finger drags the start, and not the page", async () => {
    const lab = await open(book.places.disk + WITH_LABS[0], "gd-bowl", { width: 360, touch: true });
    const { start, left, bottom, width } = await lab.places();
    const before = (await lab.read()).state.start;
    const box = (node) => node.getBoundingClientRect().toJSON();
    const drag = async (x, y) => {
      const { bottom: from } = await lab.figure.$eval(".lab-frame", box);
      await book.page.touchscreen.touchStart(x, y);
      for (let k = 1; k <= 8; k++) await book.page.touchscreen.touchMove(x + 2 * k, y - 10 * k);
      await book.page.touchscreen.touchEnd();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return from - (await lab.figure.$eval(".lab-frame", box)).bottom;
    };
    assert.equal(await drag(...start), 0, "the page scrolled");
    const { state } = await lab.read();
    const [[x0, x1], [, y1]] = await lab.window();
    assertClose([state.start[0]], [before[0] + (16 / width) * (x1 - x0)], "dragged", 0.05);
    assert.ok(state.start[1] > before[1] && state.start[1] <= y1);
    assert.ok((await drag(left + width / 2, bottom + 60)) > 20, "beside the map a finger scrolls the page");
    assert.deepEqual((await lab.read()).state.start, state.start);
    assert.deepEqual(book.problems, []);
  });

  test("with reduced motion playing is a few pictures", async () => {
    const lab = await open(`${book.places.gallery}several.html`, "several", { theme: "light" });
    await lab.slide("step", 100);
    await book.page.evaluate(stopTheClock);
    await lab.press("Play");
    const shown = [];
    for (let k = 0; k < 20; k++) shown.push(await lab.after(100)); // the second half of four seconds
    await book.page.emulateMediaFeatures([]);
    assert.deepEqual(shown, [100, 100, 100, 120, 120, 120, 120, 140, 140, 140, 140, 160, 160, 160, 160, 180, 180, 180, 180, 200]);
  });

  test("every control has a name of its own, and every slider says its value", async () => {
    const lab = await open(`${book.places.gallery}several.html`, "several");
    await lab.figure.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
    await book.page.$$eval(".lab:not([data-name=several])", (others) => others.forEach((other) => other.remove()));
    const controls = [];
    const collect = ({ role, name, valuetext, children = [] }) => {
      if (/button|slider|combobox|checkbox|textbox|disclosure|img|image/i.test(role)) controls.push({ role, name, valuetext });
      children.forEach(collect);
    };
    collect(await book.page.accessibility.snapshot());
    assert.ok(controls.length > 30, `only ${controls.length} controls`);
    assert.deepEqual(controls.filter(({ name }) => !name?.trim()), []);
    assert.deepEqual(controls.filter(({ role, valuetext }) => role === "slider" && !valuetext), []);
    const names = controls.map(({ role, name }) => `${role} ${name}`);
    assert.deepEqual(names.filter((name, k) => names.indexOf(name) !== k), []);
  });

  for (const [place, hide] of [
    ["on paper", () => book.page.emulateMediaType("print")],
    ["without JavaScript", () => book.page.setJavaScriptEnabled(false)],
  ]) {
    test(`${place} a lab is a picture with an alternative text`, async () => {
      try {
        if (place === "on paper") await open(book.places.disk + WITH_LABS[0], "gd-bowl");
        await hide();
        if (place !== "on paper") await book.page.goto(book.places.disk + WITH_LABS[0]);
        const seen = await book.page.$$eval(".lab", (figures) =>
          figures.map((figure) => {
            const picture = figure.querySelector("figure.picture > svg");
            const { width, height } = picture.getBoundingClientRect();
            const live = Boolean(figure.querySelector(".lab-live")?.checkVisibility());
            return { picture: picture.checkVisibility() && width > 200 && height > 100, alt: picture.ariaLabel, live };
          }),
        );
        assert.equal(seen.length, 3);
        for (const { picture, alt, live } of seen) {
          assert.deepEqual([picture, live], [true, false]);
          assert.match(alt, /^Contours of .* with paths from .* Gradient descent (reaches|is at|diverges)/);
        }
      } finally {
        await book.page.emulateMediaType(null);
        await book.page.setJavaScriptEnabled(true);
      }
    });
  }

  for (const [name, theme] of [["several", "light"], ["several", "dark"], ["conventions", "light"], ["conventions", "dark"]]) {
    test(`the lab "${name}" with everything open meets WCAG 2.2 AA in ${theme}`, async () => {
      const lab = await open(`${book.places.gallery}${name}.html`, name, { theme });
      await lab.slide("step", 5);
      await book.page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
      await lab.figure.waitForSelector(".lab-lines tr");
      assert.deepEqual(await violations(book.page), []);
    });
  }
});

test("the copied Python walks the paths of the page", async () => {
  const codes = [...new Set(copied.map(({ code }) => code))];
  const found = JSON.parse(await python(["-c", REPLAY], JSON.stringify(codes)));
  assert.equal(copied.length, 6 * kinds.length);
  assert.ok(copied[0].paths[0].diverged > 0, "no path diverges");
  for (const { where, code, paths } of copied) {
    const walked = found[codes.indexOf(code)];
    assert.deepEqual(paths.map(({ diverged }) => diverged), walked.map(({ diverged }) => diverged), where);
    paths.forEach(({ theta, loss }, w) => {
      assertClose(theta, walked[w].theta, `θ of path ${w}, ${where}`);
      assertClose(loss, walked[w].loss, `loss of path ${w}, ${where}`);
    });
  }
});

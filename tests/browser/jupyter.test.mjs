// The lab in a real JupyterLab 4 and Notebook 7: live where a kernel runs, a picture where none has run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { ROOT, violations } from "./book.mjs";
import { launch, notebook, until } from "./jupyter.mjs";

const CHAPTER = "01-gradient-descent.ipynb";
const chapter = readFileSync(join(ROOT, "chapters", CHAPTER), "utf8");

// The cells of a notebook with a rule and a surface of its own; the last one is for questions.
const [MAKE, SHOW, AGAIN, ASK] = [0, 1, 2, 3];
const MINE = notebook(
  `import json
import numpy as np
from descent import Adam, Lab, Rule, rosenbrock, rule, surface

@rule
class Signs(Rule):
    """θ ← θ − α sign(∇f)"""

    alpha: float = 0.01

    def update(self, theta, g, state, t):
        return theta - self.alpha * np.sign(g), state

@surface(minima=[(0, 0)], window=((-2, 2), (-2, 2)), start=(1.6, 1))
def dent(x, y):
    return x**2 + 3 * y**4

lab = Lab([dent, rosenbrock], Signs(), Adam(alpha=0.1), name="mine", steps=50)`,
  "lab",
  "lab",
  "",
);

/** What Python knows of the lab: where it stands, and the last point of every path. */
const known = async (book) =>
  JSON.parse(
    await book.run(ASK, `print(json.dumps({
    "start": lab.start,
    "step": lab.step,
    "values": [list(each.values())[1:] for each in lab.hyperparameters],
    "last": [lab.path(k).theta[-1].tolist() for k in range(len(lab.hyperparameters))],
}))`),
  );

/** The same of the lab on the screen; there may be several views of one. */
const seen = ({ page }, view = 0) =>
  page.evaluate((view) => {
    const { lab } = document.querySelectorAll(".lab-on")[view];
    const { start, step, shown } = lab.state();
    const last = lab.paths().map(({ dim, last, theta }) => [...theta.slice(last * dim, (last + 1) * dim)]);
    return { start, step, values: shown.map(({ values }) => values), last };
  }, view);

/** Powers may differ in the last bit. */
const rounded = ({ last, ...rest }) => ({ ...rest, last: last.map((point) => point.map((x) => Number(x.toFixed(12)))) });
const same = ([one, other]) => JSON.stringify(one) === JSON.stringify(other);

/** Wait until Python and the screen say the same, and return it. */
async function agreed(book, view = 0) {
  const ask = async () => [rounded(await known(book)), rounded(await seen(book, view))];
  const [python, screen] = await until(ask, same);
  assert.deepEqual(python, screen);
  return python;
}

/** Press keys on an element of the lab. */
async function press({ page }, selector, ...keys) {
  await page.focus(selector);
  for (const key of keys) await page.keyboard.press(key);
}

/** Every canvas in view has something on it; runs in the page. */
function drawn() {
  const canvases = [...document.querySelectorAll(".lab-live canvas")].filter((canvas) => canvas.checkVisibility());
  const inked = (canvas) => canvas.width > 100 && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
  return canvases.length > 1 && canvases.every(inked);
}

let jupyter;
before(async () => (jupyter = await launch({ "mine.ipynb": MINE, "other.ipynb": MINE, [CHAPTER]: chapter })));
after(() => jupyter?.close());

describe("JupyterLab", () => {
  let book;
  before(async () => (book = await jupyter.open("lab/tree/mine.ipynb?reset")));

  test("a rule and a surface written in a cell become a live figure, without the picture", async () => {
    assert.equal(await book.run(MAKE), "");
    await book.run(SHOW);
    await book.page.waitForSelector(".jp-OutputArea-output .lab-live");
    await book.page.waitForFunction(drawn);
    assert.equal(await book.page.$("figure.picture"), null);
    const titles = await book.page.$$eval(".lab-rule strong", (titles) => titles.map(({ textContent }) => textContent));
    assert.deepEqual(titles, ["Signs", "Adam"]);
    const { start, step, values } = await agreed(book);
    assert.deepEqual({ start, step, values }, { start: [1.6, 1], step: 50, values: [[0.01], [0.1, 0.9, 0.999, 1e-8]] });
    assert.deepEqual(book.problems, []);
  });

  test("the keys on a slider and on the start move traits, and not the notebook's cells", async () => {
    const cell = () => book.page.evaluate(() => jupyterapp.shell.currentWidget.content.activeCellIndex);
    await book.run(ASK, "1");
    await press(book, ".lab-rule input", "ArrowRight", "ArrowUp");
    await press(book, ".lab-start", "ArrowLeft", "ArrowDown");
    await press(book, ".lab-time input", "ArrowLeft");
    assert.equal(await cell(), SHOW, "focus in the figure is focus in its cell");
    const { start, step, values } = await agreed(book);
    assert.deepEqual({ start, step, alpha: values[0] }, { start: [1.56, 0.96], step: 49, alpha: [0.013] });
    assert.equal(await book.page.$eval(".lab-rule output", (output) => output.textContent), "0.013");
    assert.deepEqual(book.problems, []);
  });

  test("moves that come while others are being saved are not taken back", async () => {
    const kept = await book.page.evaluate(async () => {
      const input = document.querySelector(".lab-rule input");
      for (let move = 0; move < 20; move++) {
        input.value = 10 + move;
        input.dispatchEvent(new Event("input"));
        await new Promise((resolve) => setTimeout(resolve, 60)); // a save takes 50, and its answer some more
      }
      return input.isConnected && input.value;
    });
    assert.equal(kept, "29");
    await agreed(book);
  });

  test("a pause is where Python knows the walk to be", async () => {
    await book.run(ASK, "lab.step = 0");
    await until(() => seen(book), ({ step }) => step === 0);
    await press(book, ".lab-time button", "Enter");
    await book.page.waitForFunction(() => document.querySelector(".lab-on").lab.state().step > 0);
    await press(book, ".lab-time button", "Enter");
    assert.ok((await agreed(book)).step > 0);
    assert.deepEqual(book.problems, []);
  });

  test("what Python sets moves every view, and the views follow one another", async () => {
    await book.run(AGAIN);
    await until(() => book.page.$$(".lab-live"), (views) => views.length === 2);
    await book.run(ASK, `lab.hyperparameters = [{"rule": "Adam", "alpha": 0.25}, {"rule": "Signs"}, {"rule": "Adam"}]
lab.start = [-0.5, 1.25]
lab.step = 7`);
    for (const view of [0, 1]) {
      const { start, step, values } = await agreed(book, view);
      assert.deepEqual({ start, step, values }, { start: [-0.5, 1.25], step: 7, values: [[0.25, 0.9, 0.999, 1e-8], [0.01], [0.1, 0.9, 0.999, 1e-8]] });
    }
    await book.run(ASK, `lab.surface = "rosenbrock"`);
    await press(book, ".lab-start", "ArrowRight");
    const followed = await until(async () => [await seen(book, 0), await seen(book, 1)], same);
    assert.deepEqual(followed[1], followed[0]);
    assert.notEqual(followed[0].start[0], -0.5);
    await agreed(book, 1);
    assert.deepEqual(book.problems, []);
  });

  test("a wrong value from Python is an error that names it, and moves nothing", async () => {
    const before = await agreed(book);
    assert.equal(await book.run(ASK, "lab.step = 51"), "TraitError: step must be in [0, 50], got 51");
    assert.equal(await book.run(ASK, "lab.start = [1]"), "ValueError: start must have 2 coordinates, got 1");
    assert.equal(await book.run(ASK, `lab.hyperparameters = [{"rule": "Adam", "alpha": -1}]`), "ValueError: alpha must be in [0, ∞), got -1");
    assert.deepEqual(await agreed(book), before);
  });

  for (const [theme, light] of [["JupyterLab Dark", "false"], ["JupyterLab Light", "true"]]) {
    test(`in ${theme} it is drawn, and axe finds nothing against WCAG 2.2 AA`, async () => {
      await book.command("apputils:change-theme", { theme });
      await book.page.waitForSelector(`body[data-jp-theme-light="${light}"]`);
      await book.page.waitForFunction(drawn);
      await book.page.evaluate(() => document.querySelectorAll(".lab-live details").forEach((details) => (details.open = true)));
      assert.deepEqual(await violations(book.page, ".lab-live"), []);
      assert.deepEqual(book.problems, []);
    });
  }

  test("run again, and after another kernel, it is live and nothing of the old one listens", async () => {
    for (const cell of [MAKE, SHOW, AGAIN, SHOW]) await book.run(cell);
    await until(() => book.page.evaluate(() => watching.size), (number) => number === 2);
    await book.page.evaluate(() => jupyterapp.shell.currentWidget.sessionContext.restartKernel());
    await press(book, ".lab-rule input", "ArrowRight"); // of a lab that Python has forgotten
    for (const cell of [MAKE, SHOW]) await book.run(cell);
    await book.page.waitForFunction(drawn);
    await press(book, ".lab-rule input", "ArrowRight");
    const { values } = await agreed(book);
    assert.deepEqual(values[0], [0.011]);
    assert.equal(await book.page.evaluate(() => watching.size), await book.page.$$eval(".lab-live", (views) => views.length));
    assert.deepEqual(book.problems, []);
  });

  test("a recording answers to the keys, too", async () => {
    await book.run(ASK, `from descent import Recording
images = np.random.default_rng(0).normal(size=(3, 2, 4, 4))
Recording(images, {"loss": [3, 2, 1]}, ["first", "second", "third"], 10, "Two images.", "recording", "A recording.")`);
    const says = await book.page.waitForSelector(".lab-says");
    await book.page.waitForFunction(drawn);
    await press(book, ".lab-recorded ~ .lab-time input", "ArrowLeft");
    assert.equal(await says.evaluate((line) => line.textContent), "second");
    assert.deepEqual(book.problems, []);
  });

  test("a chapter as committed, without a kernel and not trusted, shows every lab's picture with its alternative text", async () => {
    await book.command("docmanager:open", { path: CHAPTER, kernelPreference: { shouldStart: false, autoStartDefault: false } });
    const { cells } = JSON.parse(chapter);
    await book.page.waitForFunction((path, number) => {
      const { context, content } = jupyterapp.shell.currentWidget ?? {};
      return context?.path === path && content.widgets.length === number;
    }, {}, CHAPTER, cells.length);
    const labs = cells.flatMap(({ outputs = [] }, k) => (JSON.stringify(outputs).includes("lab-specification") ? [k] : []));
    assert.ok(labs.length > 0);
    for (const k of labs) {
      const { alt, ...rest } = await book.page.evaluate(async (k) => {
        const { content, sessionContext } = jupyterapp.shell.currentWidget;
        const { node, model } = content.widgets[k];
        const image = () => node.querySelector("figure.picture img");
        while (!(image()?.complete && image().checkVisibility())) {
          content.scrollToItem(k, "start"); // cells on the way there grow
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const count = (selector) => node.querySelectorAll(selector).length;
        const kernel = Boolean(sessionContext.session);
        return { kernel, trusted: model.trusted, broken: !image().naturalWidth, outputs: count(".jp-OutputArea-output"), live: count(".lab-live"), alt: image().alt };
      }, k);
      assert.match(alt, /^Contours of .+ with paths from/);
      assert.deepEqual(rest, { kernel: false, trusted: false, broken: false, outputs: 1, live: 0 });
    }
  });
});

describe("Notebook 7", () => {
  test("the figure is live, and traits move both ways", async () => {
    const book = await jupyter.open("notebooks/other.ipynb");
    for (const cell of [MAKE, SHOW]) await book.run(cell);
    await book.page.waitForFunction(drawn);
    await press(book, ".lab-rule input", "ArrowRight");
    assert.deepEqual((await agreed(book)).values[0], [0.011]);
    await book.run(ASK, "lab.start = [0.5, 0.5]");
    assert.deepEqual((await until(() => seen(book), ({ start }) => start[0] === 0.5)).start, [0.5, 0.5]);
    assert.deepEqual(book.problems, []);
  });
});

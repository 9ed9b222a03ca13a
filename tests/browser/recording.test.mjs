// A recording in the page: it plays its frames, answers to mouse and keys, and says what it shows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { kinds, launch, makeGallery, stopTheClock, violations } from "./book.mjs";

let gallery;
before(async () => (gallery = await makeGallery("recording")));
after(() => gallery?.remove());

/** What it shows: frame, sentence, slider, and the grey of the first pixel; runs in the page. */
function seen(figure) {
  const canvas = figure.querySelector("canvas");
  return {
    frame: figure.lab.frame(),
    says: figure.querySelector(".lab-says").textContent,
    slider: figure.querySelector("output").textContent,
    grey: canvas.getContext("2d").getImageData(1, 1, 1, 1).data[0],
  };
}

for (const kind of kinds) {
  describe(kind, () => {
    let book;
    before(async () => (book = await launch(kind, gallery)));
    after(() => book?.close());

    async function open(options) {
      await book.visit(`${book.places.gallery}recording.html`, options);
      const figure = await book.page.waitForSelector(".lab");
      await book.page.waitForFunction((node) => node.lab, { timeout: 5000 }, figure);
      return figure;
    }

    test("a recording stands at its last frame", async () => {
      const figure = await open();
      assert.deepEqual(await figure.evaluate(seen), { frame: 4, says: "Step 200: the loss is 0.1.", slider: "200", grey: 255 });
      assert.deepEqual(book.problems, []);
    });

    test("the arrow keys go from frame to frame, and are heard", async () => {
      const figure = await open();
      await figure.$eval("input", (input) => input.focus());
      for (const key of ["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight"]) await book.page.keyboard.press(key);
      assert.deepEqual(await figure.evaluate(seen), { frame: 1, says: "Step 50: the loss is 1.", slider: "50", grey: 66 });
      assert.equal(await figure.$eval(".lab-spoken", (node) => node.textContent), "Step 50: the loss is 1.");
    });

    test("Play shows every frame and ends at the last", async () => {
      const figure = await open();
      await book.page.evaluate(stopTheClock);
      await figure.$eval("button", (play) => play.click());
      const after = (ms) => figure.evaluate((node, ms) => (pass(ms), [node.lab.frame(), node.querySelector("button").textContent]), ms);
      const shown = [];
      for (let k = 0; k < 5; k++) shown.push(await after(k && 1000)); // four frames take four seconds
      assert.deepEqual(shown, [[0, "Pause"], [1, "Pause"], [2, "Pause"], [3, "Pause"], [4, "Play"]]);
      assert.equal(await figure.$eval(".lab-spoken", (node) => node.textContent), "Step 200: the loss is 0.1.");
    });

    test("a recording fits a phone", async () => {
      const figure = await open({ width: 360 });
      const boxes = await figure.$$eval(".lab-live *", (nodes) => nodes.filter((node) => !node.closest("svg *, .lab-spoken")).map((node) => node.getBoundingClientRect().right));
      assert.ok(Math.max(...boxes) <= 360, `${Math.max(...boxes)}`);
    });

    if (kind === "chromium") {
      for (const theme of ["light", "dark"]) {
        test(`a recording meets WCAG 2.2 AA in ${theme}`, async () => {
          await open({ theme });
          assert.deepEqual(await violations(book.page), []);
        });
      }
    }
  });
}

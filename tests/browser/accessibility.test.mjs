// Every page of the book, in light and in dark, with its labs started and all its folds and menus open: axe finds nothing against WCAG 2.2 AA.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, layOutAll, pages, violations } from "./book.mjs";

/** Labs start as they come into view: show each one; runs in the page. */
async function startLabs() {
  for (const figure of document.querySelectorAll(".lab")) {
    figure.scrollIntoView({ behavior: "instant" });
    while (!figure.lab) await new Promise(requestAnimationFrame);
  }
}

describe("accessibility", () => {
  let book;
  before(async () => (book = await launch("chromium")));
  after(() => book?.close());

  for (const theme of ["light", "dark"]) {
    for (const path of pages) {
      test(`${path} in ${theme} meets WCAG 2.2 AA`, async () => {
        await book.visit(book.places.disk + path, { theme });
        await layOutAll(book.page);
        await book.page.evaluate(startLabs);
        await book.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await book.page.evaluate(() => document.querySelectorAll(".dropdown-menu").forEach((menu) => menu.classList.add("show")));
        await book.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
        assert.deepEqual(await violations(book.page), []);
      });
    }
  }
});

// Every page of the book, in light and in dark, with all its folds open: axe finds nothing against WCAG 2.2 AA.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { axe, launch, pages } from "./book.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

describe("accessibility", () => {
  let book;
  before(async () => (book = await launch("chromium")));
  after(() => book?.close());

  for (const theme of ["light", "dark"]) {
    for (const path of pages) {
      test(`${path} in ${theme} meets WCAG 2.2 AA`, async () => {
        await book.visit(book.places.disk + path, { theme });
        await book.page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await book.page.evaluate(axe);
        const { violations } = await book.page.evaluate((values) => axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] }), WCAG);
        const report = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? rule.help}`));
        assert.deepEqual(report, []);
      });
    }
  }
});

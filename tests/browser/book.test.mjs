// Every page of the book, from the disk and from a server, in two browsers: it is whole, it asks nobody, it can be used.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { chapters, kinds, launch, layOutAll, pages } from "./book.mjs";

// What is folded: where to press, and what should then be seen.
const FOLDED = [
  [".quiz summary", ".quiz .sd-summary-content"],
  [".solution .toggle-button", ".solution p:not(.admonition-title)"],
];

/** Where the keyboard is, and whether one can see it; runs in the page. */
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return {
    element: element.outerHTML.slice(0, 120),
    inMain: Boolean(element.closest("main")),
    ringed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
  };
}

/** Whether it is seen; runs in the page. */
function visible(selector) {
  return document.querySelector(selector).checkVisibility({ visibilityProperty: true });
}

for (const kind of kinds) {
  describe(kind, () => {
    let book;
    before(async () => (book = await launch(kind)));
    after(() => book?.close());

    for (const place of ["disk", "server"]) {
      for (const path of pages) {
        test(`${path} from ${place} is whole and alone`, async () => {
          await book.visit(book.places[place] + path);
          await layOutAll(book.page);
          await book.page.evaluate(() => document.fonts.ready);
          const seen = await book.page.evaluate(() => ({
            heading: [...document.querySelectorAll("main h1")].some((heading) => heading.checkVisibility()),
            formulas: document.querySelectorAll(".katex").length,
            fonts: [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll('"', "")),
            broken: [...document.fonts].filter((font) => font.status === "error").map((font) => font.family),
            pictures: [...document.images].filter((image) => image.complete && !image.naturalWidth).map((image) => image.src),
          }));
          assert.ok(seen.heading, "no heading is visible");
          assert.deepEqual([...seen.broken, ...seen.pictures, ...book.problems], []);
          assert.ok(seen.fonts.some((font) => font.startsWith("Font Awesome")), "no icons");
          if (seen.formulas) assert.ok(seen.fonts.some((font) => font.startsWith("KaTeX")), "no font for formulas");
        });
      }

      test(`search from ${place} finds a word`, async () => {
        await book.visit(book.places[place] + chapters[0]);
        await book.page.keyboard.down("Control");
        await book.page.keyboard.press("k");
        await book.page.keyboard.up("Control");
        await book.page.waitForSelector("#pst-search-dialog[open]");
        await book.page.keyboard.type("descent");
        await Promise.all([book.page.waitForNavigation(), book.page.keyboard.press("Enter")]);
        await book.page.waitForSelector("#search-results ul.search a");
        const found = await book.page.$$eval("#search-results ul.search a", (links) => links.map((link) => link.pathname));
        assert.ok(found.some((path) => path.endsWith(chapters[0])), `found only ${found}`);
        assert.deepEqual(book.problems, []);
      });
    }

    test("the theme switch leads to dark and back", async () => {
      await book.visit(book.places.disk + chapters[0]);
      const seen = new Set();
      for (let click = 0; click < 3; click++) {
        await book.page.click(".theme-switch-button");
        seen.add(await book.page.evaluate(() => `${document.documentElement.dataset.theme} on ${getComputedStyle(document.body).backgroundColor}`));
      }
      assert.equal(seen.size, 2, [...seen].join(", "));
      assert.deepEqual(book.problems, []);
    });

    test("the keyboard reaches the text, and shows where it is", async () => {
      await book.visit(book.places.disk + chapters[2]);
      const stops = [];
      for (const key of ["Tab", "Enter", ...Array(8).fill("Tab")]) {
        await book.page.keyboard.press(key);
        if (key === "Tab") stops.push(await book.page.evaluate(focused));
      }
      assert.match(stops[0].element, /#main-content/);
      assert.deepEqual(stops.slice(1).filter((stop) => !stop.inMain), []);
      assert.deepEqual(stops.filter((stop) => !stop.ringed), []);
    });

    test("a quiz and a folded solution open with the keyboard", async () => {
      const opened = new Set();
      for (const path of chapters) {
        await book.visit(book.places.disk + path);
        for (const [closed, inside] of FOLDED) {
          if (!(await book.page.$(closed))) continue;
          assert.equal(await book.page.evaluate(visible, inside), false, `${inside} of ${path} is open from the start`);
          await book.page.focus(closed);
          await book.page.keyboard.press("Enter");
          await book.page.waitForFunction(visible, { timeout: 3000 }, inside);
          opened.add(closed);
        }
      }
      assert.equal(opened.size, FOLDED.length, `no chapter has more than ${[...opened]}`);
      assert.deepEqual(book.problems, []);
    });

    test("the menu Run opens and closes with the keyboard, and fits a phone", async () => {
      await book.visit(book.places.disk + chapters[2], { width: 360 });
      await book.page.focus(".run-chapter button");
      await book.page.keyboard.press("Enter");
      await book.page.waitForFunction(visible, { timeout: 3000 }, ".run-chapter .dropdown-menu");
      await book.page.keyboard.press("ArrowDown");
      const { first, left, right } = await book.page.evaluate(() => {
        const { left, right } = document.querySelector(".run-chapter .dropdown-menu").getBoundingClientRect();
        return { first: document.activeElement === document.querySelector(".run-chapter a"), left, right };
      });
      assert.ok(first && left >= 0 && right <= 360, `from ${left} to ${right}`);
      await book.page.keyboard.press("Escape");
      assert.equal(await book.page.evaluate(visible, ".run-chapter .dropdown-menu"), false);
      assert.deepEqual(book.problems, []);
    });

    for (const path of pages) {
      test(`${path} fits a phone`, async () => {
        await book.visit(book.places.disk + path, { width: 360 });
        await layOutAll(book.page);
        const wide = await book.page.evaluate(() => {
          const page = document.scrollingElement;
          page.scrollLeft = 1000;
          const cut = [...document.querySelectorAll("div.math > *")].filter((formula) => formula.getBoundingClientRect().left < 0);
          return { scrolled: page.scrollLeft, hidden: page.scrollWidth - page.clientWidth, cut: cut.length };
        });
        assert.deepEqual(wide, { scrolled: 0, hidden: 0, cut: 0 });
      });
    }
  });
}

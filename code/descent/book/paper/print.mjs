// Prints one page with Chromium: node print.mjs CHROMIUM PAGE.html OUT.pdf
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../../requirements/package.json", import.meta.url));
const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")));

const [executablePath, source, path] = process.argv.slice(2);
const MINUTES = 10;
const LEAST = 0.72; // lines of code get no smaller than this; what is still longer is broken

/** Lay the book out anew with all its fonts there: what was measured before one came would depend on the clock; runs in the page. */
async function settle() {
  const root = document.documentElement;
  root.style.display = "none";
  root.getBoundingClientRect(); // forgets the layout
  await Promise.all([...document.fonts].map((face) => face.load()));
  root.style.display = "";
}

/** Make formulas, code and tables that are wider than the page smaller; runs in the page. */
function fit(least) {
  const wide = [];
  for (const box of document.querySelectorAll(".katex-display > .katex, pre, table")) {
    const share = box.parentElement.clientWidth / box.scrollWidth;
    if (share < 1) wide.push([box, share, parseFloat(getComputedStyle(box).fontSize)]);
  }
  for (const [box, share, size] of wide) { // only now, since each change sets the book anew
    const broken = box.matches("pre") && share < least;
    box.style.fontSize = `${Math.floor(100 * size * (broken ? least : share)) / 100}px`;
    if (broken) box.classList.add("wide");
  }
}

// The width of the text on A4: what is measured here is what is printed.
const WIDTH = Math.floor((154 / 25.4) * 96);

const browser = await puppeteer.launch({
  executablePath,
  protocolTimeout: MINUTES * 60_000,
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // root has no sandbox
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND",
  ],
});
try {
  const page = await browser.newPage();
  const missing = [];
  page.on("requestfailed", (request) => missing.push(request.url()));
  await page.setViewport({ width: WIDTH, height: 900 });
  await page.emulateMediaType("print");
  await page.goto(pathToFileURL(source), { timeout: MINUTES * 60_000 });
  await page.evaluate(settle);
  await page.evaluate(fit, LEAST);
  if (missing.length) throw new Error(`not found: ${missing.join(", ")}`);
  await page.pdf({ path, preferCSSPageSize: true, printBackground: true, tagged: true, timeout: MINUTES * 60_000 });
} finally {
  await browser.close();
}

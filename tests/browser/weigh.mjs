// How the published pages do, beside a plain Jupyter Book of the same chapters, here and now. `make weigh` runs it.
// Lighthouse's four scores (the median run of five), bytes sent for a first and a next chapter, layout shifts when labs
// start, seconds to build and to test. It fails where a promise is broken.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { KINDS, ROOT, puppeteer, requirement, serve } from "./book.mjs";

const { default: lighthouse, desktopConfig } = await import(pathToFileURL(requirement("lighthouse")));
const { computeMedianRun } = await import(pathToFileURL(requirement("lighthouse/core/lib/median-run.js")));

const RUNS = 5;
const PAGES = { "front page": "chapters/index.html", "a plain page": "chapters/22-what-to-use.html", "a page with three labs": "chapters/06-momentum.html" };
const LABS = ["chapters/01-gradient-descent.html", "chapters/06-momentum.html", "chapters/21-small-network.html"];
const PROMISED = { score: 95, first: 1e6, next: 150e3, shift: 0.01 };
const BIN = join(ROOT, ".venv", "bin");

let broken = 0;
const kept = (ok) => (ok ? "" : (broken++, "  ← promised better"));
const say = (...cells) => console.log(cells.map((cell, i) => (i ? String(cell).padStart(12) : String(cell).padEnd(34))).join(""));

/** The same chapters as a Jupyter Book that nobody has touched: the stock theme, MathJax, no labs' script. */
function buildPlain(folder) {
  for (const name of ["chapters", "data", "_toc.yml"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  const mathjax = join(requirement("mathjax/package.json"), "..", "es5"); // from beside the book: here is no network
  cpSync(mathjax, join(folder, "static", "mathjax"), { recursive: true });
  const config = {
    title: "Optimising gradient descent",
    only_build_toc_files: true,
    execute: { execute_notebooks: "off" },
    bibtex_bibfiles: ["chapters/references.bib"],
    parse: { myst_enable_extensions: ["amsmath", "colon_fence", "deflist", "dollarmath"] },
    sphinx: {
      extra_extensions: ["sphinx_exercise"],
      config: { html_static_path: ["static"], mathjax_path: "mathjax/tex-mml-chtml.js", bibtex_reference_style: "author_year" },
    },
  };
  writeFileSync(join(folder, "_config.yml"), JSON.stringify(config)); // JSON is YAML
  return build(folder, folder);
}

/** Build the book in `source` from nothing; returns seconds. */
function build(source, target) {
  const start = performance.now();
  execFileSync(join(BIN, "jupyter-book"), ["build", source, "--all", "--quiet", "--path-output", target], { stdio: "ignore" });
  return (performance.now() - start) / 1000;
}

function timed(command, ...args) {
  const start = performance.now();
  execFileSync(command, args, { cwd: ROOT, stdio: "ignore", env: { ...process.env, OPENBLAS_NUM_THREADS: "1" } });
  return (performance.now() - start) / 1000;
}

/** Lighthouse's scores for a page, of the median of five runs. */
async function score(browser, url, config) {
  const runs = [];
  for (let k = 0; k < RUNS; k++) {
    const { lhr } = await lighthouse(url, { port: new URL(browser.wsEndpoint()).port, logLevel: "silent" }, config);
    runs.push(lhr);
  }
  const { categories, lighthouseVersion } = computeMedianRun(runs);
  const names = ["performance", "accessibility", "best-practices", "seo"];
  return { version: lighthouseVersion, scores: names.map((name) => Math.round(100 * categories[name].score)) };
}

/** Bytes that come over the line for one chapter, and then for the next. */
async function transferred(browser, served) {
  const context = await browser.createBrowserContext(); // with nothing kept
  const page = await context.newPage();
  const line = await page.createCDPSession();
  await line.send("Network.enable");
  let bytes = 0;
  line.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const counts = [];
  for (const chapter of ["05-averages", "06-momentum"]) {
    bytes = 0;
    await page.goto(`${served}chapters/${chapter}.html`, { waitUntil: "networkidle0" });
    await scroll(page);
    counts.push(bytes);
  }
  await context.close();
  return counts;
}

/** Go through a page from top to bottom, slowly enough for what starts when it comes into view. */
const scroll = (page) =>
  page.evaluate(async () => {
    for (let y = 0; y < document.scrollingElement.scrollHeight; y += 400) {
      scrollTo({ top: y, behavior: "instant" });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

/** The sum of all layout shifts on the way through a page. */
async function shift(browser, url, width) {
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  await page.evaluateOnNewDocument(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (globalThis.shifts += value))).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(url, { waitUntil: "load" });
  await scroll(page);
  const [started, sum] = await page.evaluate(() => [document.querySelectorAll(".lab-on").length, globalThis.shifts]);
  await page.close();
  if (!started) throw new Error(`no lab has started on ${url}`);
  return sum;
}

const folder = mkdtempSync(join(tmpdir(), "weigh-"));
const browser = await puppeteer.launch({ headless: true, ...KINDS.chromium });
try {
  const [plain, ours] = ["plain", "ours"].map((name) => join(folder, name));
  mkdirSync(plain);
  const seconds = [buildPlain(plain), build(ROOT, ours)];
  const servers = [await serve(join(plain, "_build", "html")), await serve(join(ours, "_build", "html"))];
  const [stock, book] = servers.map((server) => `http://127.0.0.1:${server.address().port}/`);

  console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, ${await browser.version()}\n`);
  say("median of five", "performance", "accessible", "practices", "SEO");
  for (const [form, config] of Object.entries({ mobile: undefined, desktop: desktopConfig })) {
    for (const [name, path] of Object.entries(PAGES)) {
      const { version, scores } = await score(browser, book + path, config);
      say(`${name}, ${form}`, ...scores, `  Lighthouse ${version}`, kept(Math.min(...scores) >= PROMISED.score));
      say("  the plain book", ...(await score(browser, stock + path, config)).scores);
    }
  }

  say("\nkB sent, labs and fonts included", "first", "next");
  const [first, next] = await transferred(browser, book);
  say("this book", (first / 1e3).toFixed(0), (next / 1e3).toFixed(0), kept(first <= PROMISED.first && next <= PROMISED.next));
  say("the plain book", ...(await transferred(browser, stock)).map((bytes) => (bytes / 1e3).toFixed(0)));

  say("\nlayout shifts, top to bottom", "wide", "phone");
  for (const path of LABS) {
    const sums = [await shift(browser, book + path, 1280), await shift(browser, book + path, 375)];
    say(path, ...sums.map((sum) => sum.toFixed(4)), kept(Math.max(...sums) <= PROMISED.shift));
  }

  say("\nseconds", "this book", "the plain one");
  say("to build", ...seconds.reverse().map((value) => value.toFixed(0)));
  const nbval = timed(join(BIN, "pytest"), "--nbval", "--nbval-current-env", "--numprocesses=auto", "--dist=loadfile", "chapters");
  say("to test (make test, nbval)", timed("make", "test").toFixed(0), nbval.toFixed(0));
  servers.forEach((server) => server.close());
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
process.exit(broken ? 1 : 0);

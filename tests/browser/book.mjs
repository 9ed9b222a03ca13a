// The built book, opened in a real browser with no way to the network.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const require = createRequire(new URL("../../requirements/package.json", import.meta.url));
/** The file of a package of requirements/package.json. */
export const requirement = (name) => require.resolve(name);
export const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")));
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BOOK = join(ROOT, "_build", "html");
const DISK = pathToFileURL(BOOK).href + "/";
const PYTHON = join(ROOT, ".venv", "bin", "python");

export const chapters = [...readFileSync(join(ROOT, "_toc.yml"), "utf8").matchAll(/(?:root|file): *(\S+)/g)].map((match) => `${match[1]}.html`);
export const pages = [...chapters, "search.html", "genindex.html"];

export const KINDS = {
  chromium: {
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", // CI runs as root, where Chromium has no sandbox
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  },
  firefox: {
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    // A proxy that nobody serves: only loopback is reached without it.
    extraPrefsFirefox: { "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9, "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 9 },
  },
};
export const kinds = Object.keys(KINDS);

const MIME = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2" };

/** Serve a book on loopback as a static host would: text compressed, and kept by the browser for a while. */
export async function serve(folder = BOOK) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    try {
      const body = await readFile(join(folder, path));
      const type = MIME[extname(path)] ?? "application/octet-stream";
      const headers = { "content-type": type, "cache-control": "max-age=600" };
      if (!/^text|svg/.test(type)) response.writeHead(200, headers).end(body);
      else response.writeHead(200, { ...headers, "content-encoding": "gzip" }).end(gzipSync(body));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Run a Python program of the environment; returns what it prints. */
export const python = promisify((args, input, done) => execFile(PYTHON, args, { cwd: ROOT, maxBuffer: 1e8 }, (error, out) => done(error, out)).stdin.end(input));

/** A folder with pages of labs that no chapter has: see gallery.py. */
export async function makeGallery(...names) {
  const folder = mkdtempSync(join(tmpdir(), "gallery-"));
  await python([join(ROOT, "tests", "browser", "gallery.py"), folder, ...names], "");
  return { folder, address: pathToFileURL(folder).href + "/", remove: () => rmSync(folder, { recursive: true }) };
}

/** From now on time stands still in the page; pass(ms) lets some pass, and draws one frame. Runs in the page. */
export function stopTheClock() {
  let now = 0;
  let count = 0;
  const frames = new Map();
  performance.now = () => now;
  globalThis.requestAnimationFrame = (draw) => (frames.set(++count, draw), count);
  globalThis.cancelAnimationFrame = (number) => frames.delete(number);
  globalThis.pass = (ms) => {
    const due = [...frames.values()];
    frames.clear();
    now += ms;
    for (const draw of due) draw(now);
  };
}

/** Lay out what is far from the screen too, which otherwise waits until it comes near. Runs on a page of puppeteer's. */
export const layOutAll = (page) => page.addStyleTag({ content: "section { content-visibility: visible !important }" });

const WCAG = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] };

/** What axe finds against WCAG 2.2 AA in a page of puppeteer's, or in a part of it: a line for each element. */
export async function violations(page, part = null) {
  await page.evaluate(axe);
  const found = await page.evaluate((part, options) => axe.run(part ?? document, options), part, WCAG);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target}: ${node.failureSummary}`));
}

/** A browser, the book's two addresses, and a page that writes down everything that goes wrong in it. */
export async function launch(kind, gallery) {
  if (!existsSync(BOOK)) throw new Error("there is no book in _build/html: run `make book`");
  const server = await serve();
  const served = `http://127.0.0.1:${server.address().port}/`;
  const browser = await puppeteer.launch({ headless: true, ...KINDS[kind] });
  const page = await browser.newPage();

  const book = {
    page,
    places: { disk: DISK, server: served, gallery: gallery?.address },
    /** What went wrong since the last visit. */
    problems: [],
    /** Go to a page of the book and wait until it stands still. */
    async visit(url, { theme, width = 1280, touch = false } = {}) {
      book.problems = [];
      await page.setViewport({ width, height: 900, hasTouch: touch });
      if (theme) {
        const media = { "prefers-color-scheme": theme, "prefers-reduced-motion": "reduce" }; // no colour half-way
        await page.emulateMediaFeatures(Object.entries(media).map(([name, value]) => ({ name, value })));
      }
      await page.goto(url, { waitUntil: "load" });
      await page.evaluate(() => document.fonts.ready);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };

  const report = (problem) => book.problems.push(problem);
  page.on("pageerror", (error) => {
    // Firefox complains of a formula that is there in part while a page arrives; test_pages.py counts the children.
    if (error.message.startsWith("Invalid markup: Incorrect number of children")) return;
    report(`error: ${error.message}`);
  });
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && report(`console: ${message.text()}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (!/abort/i.test(why)) report(`failed: ${request.url()} ${why}`); // the next visit breaks off what is left of the last
  });
  page.on("response", (response) => response.status() >= 400 && report(`${response.status()}: ${response.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    const ours = Object.values(book.places).some((place) => place && url.startsWith(place));
    if (!ours && !/^(data|blob|about):/.test(url)) report(`asked for: ${url}`);
  });
  return book;
}

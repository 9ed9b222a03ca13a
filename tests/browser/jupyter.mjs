// A real JupyterLab and Notebook 7 on loopback, with settings of their own, in a real browser with no way to the network.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { KINDS, ROOT, puppeteer } from "./book.mjs";

const PATIENCE = 60_000; // a busy machine takes its time to start a kernel

/** Ask again until the answer pleases; the last answer, if none does. */
export async function until(ask, pleases) {
  for (const end = Date.now() + PATIENCE; ; await sleep(50)) {
    const answer = await ask();
    if (pleases(answer) || Date.now() > end) return answer;
  }
}

/** A notebook of these cells that was never run. */
export function notebook(...sources) {
  const cells = sources.map((source, k) => ({ cell_type: "code", id: `cell-${k}`, metadata: {}, source, outputs: [], execution_count: null }));
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

/** The server of both, on a folder of these notebooks, {name: text}; close() ends it and its kernels. */
async function serve(notebooks) {
  const folder = await mkdtemp(join(tmpdir(), "descent-jupyter-"));
  const [root, config, runtime] = ["root", "config", "runtime"].map((name) => join(folder, name));
  await mkdir(root);
  for (const [name, text] of Object.entries(notebooks)) await writeFile(join(root, name), text);
  await mkdir(join(config, "labconfig"), { recursive: true });
  const quiet = { disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true } }; // they ask the network for news
  await writeFile(join(config, "labconfig", "page_config.json"), JSON.stringify(quiet));

  const options = [
    `--port=${20_000 + (process.pid % 10_000)}`, // or one near it, if it is taken
    "--ip=127.0.0.1",
    "--no-browser",
    "--allow-root",
    `--ServerApp.root_dir=${root}`,
    "--IdentityProvider.token=",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
  ];
  const env = { ...process.env, JUPYTER_CONFIG_DIR: config, JUPYTER_DATA_DIR: join(folder, "data"), JUPYTER_RUNTIME_DIR: runtime, IPYTHONDIR: join(folder, "ipython") };
  const server = spawn(join(ROOT, ".venv", "bin", "jupyter-lab"), options, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => server.on("close", resolve).on("error", resolve));
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);

  async function close() {
    server.kill();
    await Promise.race([ended, sleep(10_000, null, { ref: false })]);
    kill();
    process.off("exit", kill);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const about = () => readFile(join(runtime, `jpserver-${server.pid}.json`), "utf8").then(JSON.parse).catch(() => null);
  const found = await until(about, (about) => about || server.exitCode !== null);
  if (found) return { url: found.url, close };
  await close();
  throw new Error(`Jupyter did not start:\n${said}`);
}

/** Keep in `watching` the observers that labs have set up and not taken down; runs in the page. */
function watchLabs() {
  globalThis.watching = new Set();
  const { observe, disconnect } = ResizeObserver.prototype;
  ResizeObserver.prototype.observe = function (node, ...options) {
    if (node.classList.contains("lab-live")) watching.add(this);
    return observe.call(this, node, ...options);
  };
  ResizeObserver.prototype.disconnect = function () {
    watching.delete(this);
    return disconnect.call(this);
  };
}

/** Both, and a browser; open("lab/tree/….ipynb") or open("notebooks/….ipynb") shows a notebook with its kernel. */
export async function launch(notebooks) {
  const server = await serve(notebooks);
  const browser = await puppeteer.launch({ headless: true, ...KINDS.chromium });

  async function open(address) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1300, height: 2400 }); // a cell out of sight may not be drawn
    page.setDefaultTimeout(PATIENCE);
    await page.evaluateOnNewDocument(watchLabs);
    const problems = [];
    const report = (problem) => /blob:|widget/i.test(problem) && problems.push(problem); // ours, whose module is a blob; not Jupyter's own
    page.on("pageerror", (error) => report(`error: ${error.stack}`));
    page.on("console", (message) => {
      const where = message.stackTrace().map(({ url }) => url);
      if (["error", "warn"].includes(message.type())) report(`console: ${message.text()} ${where.join(" ")}`);
    });
    await page.goto(server.url + address, { timeout: PATIENCE });
    await page.waitForFunction(() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle");

    return {
      page,
      /** What went wrong with widgets in the page. */
      problems,
      /** Do what is in a menu. */
      command: (command, options) => page.evaluate((command, options) => void jupyterapp.commands.execute(command, options), command, options),
      /** Run cell number k, with other code if it is given, and return what it prints, or its error. */
      run: (k, code) =>
        page.evaluate(async (k, code) => {
          const { content } = jupyterapp.shell.currentWidget;
          const { model } = content.widgets[k];
          if (code) model.sharedModel.setSource(code);
          content.deselectAll();
          content.activeCellIndex = k;
          await jupyterapp.commands.execute("notebook:run-cell");
          const said = model.outputs.toJSON().map(({ text, ename, evalue }) => (ename ? `${ename}: ${evalue}` : text));
          return said.flat().join("").trim();
        }, k, code),
    };
  }

  async function close() {
    await browser.close();
    await server.close();
  }
  return { open, close };
}

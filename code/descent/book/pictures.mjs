// A page on standard input comes out with its pictures written shorter: relative coordinates, no empty groups.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { optimize } = createRequire(new URL("../../../requirements/package.json", import.meta.url))("svgo");
const keep = {
  cleanupIds: false, // ids must differ from picture to picture of a page
  removeUnknownsAndDefaults: false, // it would drop role and aria-label
};
const settings = { floatPrecision: 2, plugins: [{ name: "preset-default", params: { overrides: keep } }] };

const page = readFileSync(0, "utf8");
process.stdout.write(page.replace(/<svg .*?<\/svg>/gs, (svg) => optimize(svg, settings).data));

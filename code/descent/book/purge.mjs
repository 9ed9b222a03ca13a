// Style sheets come out without the rules that nothing in the pages and scripts can meet.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { PurgeCSS } = createRequire(new URL("../../../requirements/package.json", import.meta.url))("purgecss");
const { css, content } = JSON.parse(readFileSync(0, "utf8"));
const [{ css: used }] = await new PurgeCSS().purge({
  css: [{ raw: css }],
  content: content.map((raw) => ({ raw, extension: "html" })),
  fontFace: true,
  keyframes: true,
});
process.stdout.write(used);

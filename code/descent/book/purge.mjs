// Style sheets come out without the rules that nothing in the pages and scripts can meet.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { PurgeCSS } = createRequire(join(process.argv[2], "package.json"))("purgecss");
const { css, content } = JSON.parse(readFileSync(0, "utf8"));
const [{ css: used }] = await new PurgeCSS().purge({
  css: [{ raw: css }],
  content: content.map((raw) => ({ raw, extension: "html" })),
  fontFace: true,
  keyframes: true,
});
process.stdout.write(used);

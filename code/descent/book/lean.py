"""Pages that weigh little: one style sheet of what they use, one script, small fonts, small pictures.

The theme brings style for every component it knows (0.5 MB) and fonts with thousands of icons. PurgeCSS keeps the
rules that a page can meet, fontTools the characters that a page shows, SVGO what the eye can tell of a picture.
"""

import json
import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from fontTools import subset
from sphinx.application import Sphinx

from descent.book import node

THEME_STYLES = ["_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css"]
BOOTSTRAP, THEME_SCRIPT = "_static/scripts/bootstrap.js", "_static/scripts/pydata-sphinx-theme.js"
FURTHER_SCRIPTS = ["_static/lab.js", "_static/searchtools.js"]  # of some pages, and files of their own


def shorten_pictures(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Write the page's pictures with fewer bytes."""
    if "<svg " in context.get("body", ""):
        context["body"] = node.run("pictures.mjs", context["body"])


class Bundle:
    """What every page loads, as the style sheet and the two scripts that layout.html asks for.

    A browser pauses between two scripts: the theme's are apart, so that it can answer in between.
    """

    def gather(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        """Note what the theme and the extensions want, from the page of the search, which every build writes."""
        if page == "search":
            sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
            self.styles = THEME_STYLES + [str(sheet.filename) for sheet in sheets]
            settings = [script for script in context["script_files"] if not script.filename]
            options, *files = [script for script in context["script_files"] if script.filename]
            self.scripts = [options, *settings, *files]  # what runs late finds the page complete, and starts at once

    def write(self, app: Sphinx, error: Exception | None) -> None:
        """Write them, when all pages are there."""
        if error or app.builder.format != "html":
            return
        out = Path(app.outdir)
        pages = [page.read_text(encoding="utf-8") for page in sorted(out.rglob("*.html"))]
        scripts = [_read(out, each.filename) if each.filename else each.attributes["body"] for each in self.scripts]
        theme = [_read(out, BOOTSTRAP), _without_tab_stops(_read(out, THEME_SCRIPT))]
        (out / "_static/script.js").write_text(";\n".join(scripts), encoding="utf-8")
        (out / "_static/theme.js").write_text(";\n".join(theme), encoding="utf-8")

        content = [*pages, *scripts, *theme, *(_read(out, file) for file in FURTHER_SCRIPTS)]
        css = "\n".join(_sheet(out, file) for file in self.styles)
        css = node.run("purge.mjs", json.dumps({"css": css, "content": content}))
        shown = {ord(character) for text in [*pages, css] for character in set(text)}
        shown |= {int(code, 16) for code in re.findall(r"\\([0-9a-fA-F]{4,5})", css)}  # icons
        (out / "_static/fonts").mkdir(exist_ok=True)
        css = re.sub(r"url\(([^)]*\.woff2)\)", lambda url: f"url({_font(out / '_static', url[1], shown)})", css)
        (out / "_static/style.css").write_text(css, encoding="utf-8")


def _read(out: Path, file: str) -> str:
    return (out / file).read_text(encoding="utf-8")


def _without_tab_stops(script: str) -> str:
    """Keep the theme from asking each box of the page for its width, which lays out all of it: ours waits for them."""
    boxes = '"pre",".nboutput > .output_area",".cell_output > .output",".jp-RenderedHTMLCommon",'
    boxes += '".pst-scrollable-table-container"'
    if boxes not in script:
        raise RuntimeError("the theme's script has changed: look for its tab stops")
    return script.replace(boxes, '"none"')


def _sheet(out: Path, file: str) -> str:
    """A style sheet and what it imports, without comments: its addresses seen from _static/, its fonts woff2."""

    def here(address: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(file), address))

    css = re.sub(r'@charset "UTF-8";|/\*(?!!).*?\*/', "", _read(out, file), flags=re.S)  # /*! is a licence
    css = re.sub(r',\s*url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css)
    address = r"""url\((["']?)(?!data:|#)([^)"']*)\1\)"""
    css = re.sub(address, lambda url: f"url({posixpath.relpath(here(url[2]), '_static')})", css)
    return re.sub(r'@import "([^"]*)";', lambda name: _sheet(out, here(name[1])), css)


def _font(static: Path, file: str, shown: set[int]) -> str:
    """The address of the font with nothing but the characters that are shown."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it reports each table otherwise
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
    font = subset.load_font(str(static / file), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=shown)
    subsetter.subset(font)
    small = f"fonts/{posixpath.basename(file)}"
    subset.save_font(font, str(static / small), options)
    return small


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    bundle = Bundle()
    app.connect("html-page-context", shorten_pictures, priority=600)  # after pages.finish_page, which lays them open
    app.connect("html-page-context", bundle.gather, priority=900)  # after the theme
    app.connect("build-finished", bundle.write, priority=900)  # after the theme, which writes the colours of code then

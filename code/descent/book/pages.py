"""What is done to every page: our templates and styles, the lab's script, and what others get wrong."""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sphinx.application import Sphinx
from sphinx.config import Config

from descent.lab import script

HERE = Path(__file__).parent


def use_styles(app: Sphinx, config: Config) -> None:
    """Take our templates and styles."""
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))
    config.html_search_scorer = str(HERE / "static" / "scorer.js")
    config.html_favicon = str(HERE / "static" / "favicon.svg")
    config.html_context.setdefault("default_mode", "auto")


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
    # Names and punctuation have the colour of the box: without marks of their own, a page has a sixth fewer elements.
    body = re.sub(r'<span class="[npw]">([^<]*)</span>', r"\1", body)
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')  # ARIA has dropped docutils' role
    body = body.replace(' aria-label="Toggle hidden content"', "")  # it hides "Show code cell source"
    # KaTeX lets \max in an index end in an invisible sign, one child too many for MathML.
    context["body"] = re.sub(r"<mo>\u2061</mo>(?=(<m[ni]>[^<]*</m[ni]>)?</m(sub|sup|subsup)>)", "", body)


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.connect("config-inited", use_styles)
    app.connect("builder-inited", write_lab)
    app.connect("html-page-context", finish_page)
    app.add_css_file("book.css")
    app.add_css_file("lab.css")
    app.add_js_file("scrolling.js")
    app.add_js_file("feedback.js")
    # Search shows an extract of each page it finds; a page opened from the disk may not read others.
    app.add_js_file(None, body="DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== 'file:';")

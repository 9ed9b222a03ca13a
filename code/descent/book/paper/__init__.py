"""The book on paper: `make pdf` prints the built pages to one PDF, which the next build offers on the front page.

The pages become one document (`manuscript`); Chromium sets it on A4 (`print.css`, `print.mjs`). Its page numbers need
two passes at least: print, see on which page each heading stands, fill the numbers in, print again (`__main__`).
"""

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[4]
PDF = ROOT / "_build" / "print" / "optimising-gradient-descent.pdf"
FRONT, FIRST = "chapters/index", '<section id="where-to-start">'


def refresh_front(app: Sphinx, *changes: Any) -> list[str]:
    """The front page is written anew when a PDF has appeared or gone."""
    offered = (Path(app.outdir) / PDF.name).exists()
    return [FRONT] if offered != PDF.exists() else []


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Link the PDF from the front page, before its first section, if there is one."""
    if page == FRONT and PDF.exists():
        size = f"{PDF.stat().st_size / 1e6:.0f} MB"
        link = f'<a class="reference download internal" href="../{PDF.name}">the whole book as a PDF</a>'
        line = f'<p class="only-web">For paper: {link} ({size}), with the answers and solutions at the back.</p>'
        context["body"] = context["body"].replace(FIRST, line + FIRST)


def copy(app: Sphinx, error: Exception | None) -> None:
    """Put the PDF beside the pages, or take an old one away."""
    target = Path(app.outdir) / PDF.name
    target.unlink(missing_ok=True)
    if PDF.exists():
        shutil.copyfile(PDF, target)


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.connect("env-get-outdated", refresh_front)
    app.connect("html-page-context", offer)
    app.connect("build-finished", copy)

"""The front end: a few source files, joined here into one script, for a page or for Jupyter."""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from descent.arguments import shown
from descent.figures import Picture

STATIC = Path(__file__).parent / "static"
COMMON = (
    "dom",
    "engine",
    "map",
    "panels",
    "eigenmap",
    "microscope",
    "words",
    "player",
    "controls",
    "forms",
    "address",
    "lab",
    "recording",
)


@cache
def source(*names: str) -> str:
    """The text of these files, one after the other, without the comments and indents that only their readers need."""
    text = "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)
    text = re.sub(r"^\s*(//.*|/\*\*[^*]*\*/)\n", "", text, flags=re.M)
    return re.sub(r"^\s+", "", text, flags=re.M)


def page_script() -> str:
    """A classic script, which a page opened from the disk may load too; it leaves no names behind."""
    return f'(() => {{\n"use strict";\n{source(*COMMON, "page")}}})();\n'


def widget_module() -> str:
    """A module, as anywidget loads it."""
    return f"{source(*COMMON, 'widget')}\nexport default {{ render }};\n"


def style() -> str:
    """The style sheet of both."""
    return (STATIC / "lab.css").read_text(encoding="utf-8")


def check_name(name: str) -> None:
    """A name that may stand in a page's address."""
    if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9-]*", name)):
        raise ValueError(f"name must be lower-case letters, digits and hyphens, got {shown(name)}")


def figure(specification: Mapping[str, Any], at_rest: Picture) -> str:
    """The HTML that the script takes over: the picture at rest, and what the page needs to know."""
    text = json.dumps(specification, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=float)
    text = text.replace("</", r"<\/")  # a script element would end here
    text = text.replace("<!--", r"<\u0021--")  # and here its end would be hidden
    data = f'<script type="application/json" class="lab-specification">{text}</script>'
    name = html.escape(specification["name"])
    return f'<div class="lab" data-name="{name}">{at_rest._repr_html_()}{data}</div>'

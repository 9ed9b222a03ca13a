"""The front end: a few source files, joined here into one script, for a page or for Jupyter."""

import re
from functools import cache
from pathlib import Path

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

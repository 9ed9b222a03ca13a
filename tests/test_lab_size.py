"""What a lab adds to a page stays small: one script for all, and a specification for each."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from descent.lab.script import page_script, widget_module

CHAPTERS = sorted((Path(__file__).parents[1] / "chapters").glob("*.ipynb"))
KB = 1000


def specifications(chapter: Path) -> list[tuple[str, str]]:
    """Name and specification of every lab whose output a chapter stores, as they stand in the page."""
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    pages = [BeautifulSoup("".join(data.get("text/html", "")), "html.parser") for data in outputs]
    return [(str(lab["data-name"]), lab.script.text) for page in pages for lab in page.select(".lab")]


@pytest.mark.parametrize("script", [page_script, widget_module])
def test_the_script_is_at_most_60_kb(script):
    assert len(script().encode()) <= 60 * KB


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_specification_is_at_most_100_kb_and_json(chapter):
    for name, text in specifications(chapter):
        assert len(text.encode()) <= 100 * KB, name
        assert json.loads(text)["name"] == name


def test_no_two_labs_have_the_same_name():
    names = [name for chapter in CHAPTERS for name, _ in specifications(chapter)]
    assert len(names) > 5
    assert len(names) == len(set(names))

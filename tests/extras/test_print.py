"""The book as it is printed: whole, inside its margins, in its own fonts, and the same each time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest

from descent.book.paper import __main__ as paper
from descent.book.paper.manuscript import Manuscript, manuscript

FONTS = re.compile("SourceSerif4|KaTeX_|STIXGeneral|DejaVuSans|NotoSansSC")
MARGIN = 26 / 210  # of the width of a page; the text begins at 28 mm


@pytest.fixture(scope="module")
def book() -> Manuscript:
    return manuscript()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("print")


@pytest.fixture(scope="module")
def printed(folder: Path) -> Path:
    paper.main(folder / "book.pdf")
    return folder / "book.pdf"


@pytest.fixture(scope="module")
def pdf(printed: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(printed) as pdf:
        yield pdf


@pytest.fixture(scope="module")
def source(folder: Path, printed: Path) -> str:
    """The document as it was printed last."""
    return (folder / "draft.html").read_text(encoding="utf-8")


def objects(pdf: pikepdf.Pdf) -> list[Any]:
    return [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]


def test_the_bookmarks_are_parts_chapters_and_sections_on_their_pages(
    printed: Path, book: Manuscript, source: str
) -> None:
    marks = [
        (mark.level, mark.get_title(), mark.get_dest().get_index() + 1)
        for mark in pypdfium2.PdfDocument(printed).get_toc()
    ]
    assert [mark[:2] for mark in marks] == [(level, title) for level, title, _ in book.outline]
    said = dict(re.findall(r'<a href="#([^"]*)"><span>[^<]*</span> ?<span class="page">(\d+)', source))
    assert [page for *_, page in marks] == [int(said[name]) for _, _, name in book.outline]
    assert [page for *_, page in marks] == sorted(page for *_, page in marks)


def test_every_link_has_its_destination(pdf: pikepdf.Pdf, source: str) -> None:
    links = [each for each in objects(pdf) if each.get("/Subtype") == "/Link"]
    inner = {str(link.Dest)[1:] for link in links if "/Dest" in link}
    assert inner == set(re.findall(r'<a [^>]*href="#([^"]*)"', source))
    assert inner <= {name[1:] for name in pdf.Root.Dests.as_dict()}
    assert all(str(link.A.URI).startswith("http") for link in links if "/Dest" not in link)


def test_every_font_is_in_the_file_and_none_is_the_machines(pdf: pikepdf.Pdf) -> None:
    descriptors = [each for each in objects(pdf) if each.get("/Type") == "/FontDescriptor"]
    assert {name for each in descriptors if not FONTS.search(name := str(each.FontName))} == set()
    drawn = [font.FontDescriptor.objgen for font in objects(pdf) if font.get("/Subtype") == "/Type3"]  # glyph by glyph
    files = ("/FontFile", "/FontFile2", "/FontFile3")
    assert all(each.objgen in drawn or any(file in each for file in files) for each in descriptors)


def test_nothing_stands_in_the_margins(printed: Path) -> None:
    full = []
    for number, page in enumerate(pypdfium2.PdfDocument(printed), start=1):
        ink = page.render(scale=0.5, grayscale=True).to_numpy().squeeze() < 235
        edge = int(MARGIN * ink.shape[1])
        if np.any(ink[:, :edge]) or np.any(ink[:, -edge:]):
            full.append(number)
    assert full == []


def test_it_speaks_to_those_who_listen(pdf: pikepdf.Pdf, source: str) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en"
    tags = [each for each in objects(pdf) if "/S" in each and "/Alt" in each]
    formulas = [tag for tag in tags if tag.S == "/Formula"]
    assert len(formulas) == source.count('aria-label="Formula: ')
    assert all(str(tag.Alt) for tag in tags)
    assert str(pdf.docinfo.Title) == "Optimising gradient descent"


def test_it_stays_small_enough_to_send(printed: Path) -> None:
    assert printed.stat().st_size < 20e6


def test_two_prints_are_the_same_bytes(folder: Path, printed: Path, source: str, book: Manuscript) -> None:
    paper.print_to(folder / "again-draft.pdf", source)
    paper.finish(folder / "again-draft.pdf", folder / "again.pdf", book)
    assert (folder / "again.pdf").read_bytes() == printed.read_bytes()

"""The book offers the PDF that was printed, and no other."""

from pathlib import Path

from bs4 import BeautifulSoup

from descent.book.paper import PDF

PAGES = Path(__file__).parents[1] / "_build" / "html"


def test_the_front_page_offers_the_pdf_that_is_there() -> None:
    page = BeautifulSoup((PAGES / "chapters" / "index.html").read_text(encoding="utf-8"), "html.parser")
    offered = [link["href"] for link in page.select("a") if link.get("href", "").endswith(".pdf")]
    assert offered == ([f"../{PDF.name}"] if (PAGES / PDF.name).exists() else [])

"""The built book: every page is there, every link leads somewhere, and nothing comes from elsewhere."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from descent.book.house import FLOOR_OF, uses
from descent.book.paper import FIRST, PDF
from strategies import broken_formulas

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "_build" / "html"

# Attributes that make a browser load something by itself; an ordinary <a href> doesn't.
LOADS = [
    ("link", "href"),
    ("image", "href"),
    ("use", "href"),
    ("object", "data"),
    *((tag, "src") for tag in ("script", "img", "iframe", "embed", "source", "audio", "video", "track", "input")),
]
ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)


def chapters(toc: object) -> list[str]:
    """Every file that a table of contents names, in the book's order."""
    if isinstance(toc, list):
        return [file for entry in toc for file in chapters(entry)]
    if isinstance(toc, dict):
        return [v for k, v in toc.items() if k in ("root", "file")] + [f for v in toc.values() for f in chapters(v)]
    return []


CHAPTERS = chapters(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
PAGES = [f"{chapter}.html" for chapter in CHAPTERS] + ["index.html", "search.html", "genindex.html"]

every_page = pytest.mark.parametrize("page", PAGES)
every_chapter = pytest.mark.parametrize("page", [f"{chapter}.html" for chapter in CHAPTERS])


@cache
def read(page: str) -> BeautifulSoup:
    path = BOOK / page
    assert path.is_file(), f"{page} is not in the book: run `make book`"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page: str) -> set[str]:
    soup = read(page)
    return {tag["id"] for tag in soup.find_all(id=True)} | {tag["name"] for tag in soup.select("a[name]")}


@every_page
def test_every_formula_has_its_parts(page: str) -> None:
    assert broken_formulas(read(page)) == []


@every_page
def test_no_two_elements_have_the_same_id(page: str) -> None:
    ids = [tag["id"] for tag in read(page).select("[id]:not(svg [id])")]
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def loaded(page: str) -> list[str]:
    """What a browser loads to show the page."""
    soup = read(page)
    urls = [tag[attribute] for name, attribute in LOADS for tag in soup.find_all(name, attrs={attribute: True})]
    for tag in soup.find_all(srcset=True):
        urls += [candidate.split()[0] for candidate in tag["srcset"].split(",")]
    for css in [tag.text for tag in soup.find_all("style")] + [tag["style"] for tag in soup.find_all(style=True)]:
        urls += urls_of_style(css)
    return urls


def urls_of_style(css: str) -> list[str]:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)|@import\s+["']([^"']+)""", css)
    return ["".join(match) for match in found]


def missing(urls: list[str], base: str) -> list[str]:
    """Those of the local addresses in a page or style sheet that lead to no file, or to no anchor in it."""
    bad = []
    for url in urls:
        if urlsplit(url).scheme or url.startswith("//"):
            continue
        parts = urlsplit(urljoin(base, url))
        path, anchor = unquote(parts.path) or base, unquote(parts.fragment)
        if not (BOOK / path).is_file() or (anchor and path.endswith(".html") and anchor not in anchors(path)):
            bad.append(url)
    return bad


@every_chapter
def test_a_chapter_is_there(page: str) -> None:
    article = read(page).find("article")
    assert article is not None
    assert len(article.find_all("h1")) == 1
    assert len(article.get_text()) > 200


@every_page
def test_links_lead_somewhere(page: str) -> None:
    links = [tag["href"] for tag in read(page).find_all("a", href=True)]
    refreshes = [
        tag["content"].partition("url=")[2] for tag in read(page).find_all("meta", attrs={"http-equiv": "Refresh"})
    ]
    # An empty fragment is a button or the page's own top.
    assert not missing([link for link in links + refreshes + loaded(page) if link not in ("", "#")], page)


@every_page
def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    assert not [url for url in loaded(page) if ELSEWHERE.match(url)]


def test_style_sheets_load_only_what_is_there() -> None:
    sheets = {
        urlsplit(urljoin(page, url)).path
        for page in PAGES
        for url in loaded(page)
        if urlsplit(url).path.endswith(".css")
    }
    assert sheets == {"_static/style.css"}
    for sheet in sheets:
        urls = urls_of_style((BOOK / sheet).read_text(encoding="utf-8"))
        assert not [url for url in urls if ELSEWHERE.match(url)], sheet
        assert not missing([url for url in urls if not url.startswith("#")], sheet), sheet


def test_every_icon_is_in_the_icon_font():
    css = (BOOK / "_static" / "style.css").read_text(encoding="utf-8")
    icons = {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", css)}
    icons |= {ord(character) for character in css if 0xE000 <= ord(character) <= 0xF8FF}
    assert len(icons) > 10
    folders = (BOOK / "_static" / "vendor" / "fontawesome" / "webfonts", BOOK / "_static" / "fonts")
    whole, small = (set(TTFont(folder / "fa-solid-900.woff2").getBestCmap()) for folder in folders)
    assert icons & whole <= small < whole


@every_page
def test_neither_mathjax_nor_the_icon_script(page: str) -> None:
    assert not [url for url in loaded(page) if re.search("mathjax|fontawesome.*js", url, re.IGNORECASE)]
    assert "mathjax" not in "".join(script.text.lower() for script in read(page).find_all("script"))


@every_chapter
def test_formulas_are_set(page: str) -> None:
    soup = read(page)
    assert not [tag.get("title") or tag.text for tag in soup.select(".katex-error")]
    assert not [tag.text for tag in soup.select(".math") if not tag.select(".katex")]


@every_chapter
def test_pictures_have_an_alternative_text(page: str) -> None:
    soup = read(page)
    assert not [str(tag)[:200] for tag in soup.select("img") if not tag.get("alt", "").strip()]
    for svg in soup.select("article svg"):
        title = svg.find("title", recursive=False)
        named = svg.get("aria-label") or svg.get("aria-labelledby") or (title and title.text)
        hidden = svg.get("aria-hidden") == "true" or svg.find_parent(attrs={"aria-hidden": "true"})
        assert hidden or (svg.get("role") == "img" and named), str(svg)[:200]


def test_the_index_leads_to_the_section_that_teaches_a_term():
    entries = [
        [link["href"] for link in entry.select("a:not([href^='chapters/reference'])")]
        for entry in read("genindex.html").select(".genindextable li")
    ]
    terms = [hrefs for hrefs in entries if hrefs and hrefs[0].startswith("chapters/glossary.html#")]
    assert len(terms) > 100
    taught = [hrefs for hrefs in terms if len(hrefs) > 1]
    assert len(taught) > 0.95 * len(terms)
    assert ["chapters/glossary.html#term-Adam", "chapters/11-adam.html#adam-rule"] in taught


def test_the_figure_of_the_house_names_every_room_and_what_it_uses():
    boxes = {
        li.strong.text: li.select_one(".uses").text for li in read("chapters/architecture.html").select(".floors li li")
    }
    assert boxes == {room: f"uses {', '.join(uses(room)) or 'no other room'}" for room in FLOOR_OF}


def test_the_front_page_offers_the_pdf_that_is_there() -> None:
    offered = [link["href"] for link in read("chapters/index.html").select("a[href$='.pdf']")]
    assert offered == ([f"../{PDF.name}"] if (BOOK / PDF.name).exists() else [])


def test_the_front_page_has_the_section_before_which_the_pdf_is_offered() -> None:
    assert FIRST in str(read("chapters/index.html"))

"""The menu "Run" and what it leads to, of the built book and of a small one that has an address; that one as a site."""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_markdown_cell

from descent.book.notebooks import FOLDER, WHEEL, first_cell, services
from descent.book.plain import plain
from descent.book.site import on_github
from test_pages import BOOK, CHAPTERS, ROOT, every_chapter

NOTEBOOKS = [chapter for chapter in CHAPTERS if (ROOT / f"{chapter}.ipynb").is_file()]
MARKS = re.compile(r":::|^\([\w-]+\)=$|\{[a-z:]+\}`|\]\(#|\.md\)", re.MULTILINE)

every_copy = pytest.mark.parametrize("chapter", NOTEBOOKS)


def above_the_text(page: str, book: Path = BOOK) -> BeautifulSoup:
    """The part of a page with its menus."""
    return BeautifulSoup((book / page).read_text(encoding="utf-8").partition("<article")[0], "html.parser")


def links(page: BeautifulSoup) -> dict[str, str]:
    """The menu "Run"."""
    return {str(link.contents[0]).strip(): str(link["href"]) for link in page.select(".run-chapter a")}


@cache
def copy(chapter: str, book: Path = BOOK) -> Any:
    return nbformat.read(book / FOLDER / f"{Path(chapter).name}.ipynb", 4)


# ------------------------------------------------------------------ the built book


@every_chapter
def test_every_notebook_can_be_downloaded_and_no_other_page(page: str) -> None:
    chapter = page.removesuffix(".html")
    expected = {"Notebook": f"../{FOLDER}/{Path(chapter).name}.ipynb", "Package": f"../{FOLDER}/{WHEEL}"}
    menus = above_the_text(page)
    offered = {name: url for name, url in links(menus).items() if name in expected}
    assert offered == (expected if chapter in NOTEBOOKS else {})
    download = [link["href"] for link in menus.select(".btn-download-source-button")]
    assert download == [expected["Notebook"] if chapter in NOTEBOOKS else f"../_sources/{chapter}.md"]


def test_without_an_address_nothing_leads_to_a_service() -> None:
    if yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]:
        pytest.skip("this book has an address")
    for chapter in NOTEBOOKS:
        assert set(links(above_the_text(f"{chapter}.html"))) == {"Notebook", "Package"}
        assert "http" not in copy(chapter).cells[0].source


@every_copy
def test_a_copy_is_the_chapter_behind_a_first_cell_in_plain_markdown(chapter: str) -> None:
    first, *cells = copy(chapter).cells
    original = nbformat.read(ROOT / f"{chapter}.ipynb", 4).cells
    assert WHEEL in first.source
    assert [cell for cell in cells if cell.cell_type == "code"] == [
        cell for cell in original if cell.cell_type == "code"
    ]
    assert [(cell.cell_type, cell.id) for cell in cells] == [(cell.cell_type, cell.id) for cell in original]
    assert not [
        MARKS.findall(cell.source) for cell in cells if cell.cell_type == "markdown" and MARKS.search(cell.source)
    ]


@every_copy
def test_what_a_copy_folds_closes_again(chapter: str) -> None:
    for cell in copy(chapter).cells:
        if cell.cell_type == "markdown":
            open_folds = 0
            for fold in re.findall("</?details>", cell.source):
                open_folds += 1 if fold == "<details>" else -1
                assert open_folds in (0, 1, 2)
            assert open_folds == 0


def test_the_links_of_copies_lead_to_copies() -> None:
    for chapter in NOTEBOOKS:
        for cell in copy(chapter).cells:
            if cell.cell_type == "markdown":
                for link in re.findall(r"\]\(((?!http)[^)\s]+)\)", cell.source):
                    assert (BOOK / FOLDER / link).is_file(), f"{chapter} leads to {link}"


# ------------------------------------------------------------------ the first cell


@pytest.mark.parametrize("address", ["", "https://example.org/notebooks"])
def test_the_first_cell_is_python_with_magic(address: str) -> None:
    cell = first_cell(address)
    ast.parse(TransformerManager().transform_cell(cell))
    assert f"    %pip install {address and address + '/'}{WHEEL}\n" in cell
    assert ("google.colab" in cell) == bool(address)


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/someone/a-book", "someone/a-book"),
        ("https://github.com/someone/a.book.git", "someone/a.book"),
        ("https://github.com/someone/a-book/", "someone/a-book"),
        ("https://gitlab.com/someone/a-book", ""),
        ("", ""),
    ],
)
def test_services_open_repositories_on_github(url: str, repository: str) -> None:
    assert on_github(url) == repository


# ------------------------------------------------------------------ a small book with an address

FIRST = r"""(one)=
# One

See {ref}`there <two>`, {ref}`two`, [that](#two), [this](#one), [all](index.md), {term}`walk`, {term}`walks <walk>`.
By {cite:t}`berg`: {eq}`eq-one` {cite:p}`ampere,aa`.

$$
x = 1
$$ (eq-one)

::::{admonition} Predict
:class: quiz

:::{dropdown} $a < b$, *or* not
**Right**.
:::
::::

:::{exercise} Count
:label: count

To ten.
:::

:::{solution} count
:class: dropdown

Eleven.
:::"""
FIRST_PLAIN = r"""# One

See [there](02-two.ipynb), [Two](02-two.ipynb), [that](02-two.ipynb), this, all, walk, walks.
By Berg et al. (1953): (1) (Ampère, 1951; van der Aa and Berg, 1952).

$$
x = 1
\tag{1} $$

**Predict**

<details>
<summary><span class="math inline">$a < b$</span>, <em>or</em> not</summary>

**Right**.

</details>

**Exercise: Count**

To ten.

<details>
<summary>Solution</summary>

Eleven.

</details>"""
SMALL = {
    "_toc.yml": "{format: jb-book, root: chapters/index, chapters: [{file: chapters/01-one}, {file: chapters/02-two}, "
    "{file: chapters/glossary}]}",
    "chapters/index.md": "# All\n",
    "chapters/glossary.md": "# Glossary\n\n:::{glossary}\nwalk\n  Steps.\n:::\n\n:::{bibliography}\n:::\n",
    "chapters/references.bib": "@book{ampere, title={A}, author={Amp{\\`e}re, A.}, year=1951, publisher={P}}\n"
    "@book{aa, title={B}, author={van der Aa, B. and Berg, C.}, year=1952, publisher={P}}\n"
    "@book{berg, title={C}, author={Berg, C. and Aa, B. and Cee, D.}, year=1953, publisher={P}}\n",
    "chapters/01-one.ipynb": FIRST,
    "chapters/02-two.ipynb": "(two)=\n# Two\n",
}


def notebook(*cells: Any) -> str:
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number + 2 - len(cells):02}"
    return nbformat.writes(nbformat.v4.new_notebook(cells=list(cells)), sort_keys=True, ensure_ascii=False)


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "chapters" / "images", folder / "chapters" / "images")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config = re.sub('url: &url "[^"]*"', "url: &url https://github.com/someone/a-book", config)
    (folder / "_config.yml").write_text(config.replace("&branch main", "&branch trunk"), encoding="utf-8")
    for name, text in SMALL.items():
        source = notebook(new_markdown_cell(text)) if name.endswith(".ipynb") else text
        (folder / name).write_text(source, encoding="utf-8")
    build = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "--quiet", "--warningiserror"]
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "_build" / "html"


def test_with_an_address_the_menu_leads_to_the_chapter_and_its_copy(small_book: Path) -> None:
    assert links(above_the_text("chapters/01-one.html", small_book)) == {
        "On Binder": "https://mybinder.org/v2/gh/someone/a-book/trunk?labpath=chapters%2F01-one.ipynb",
        "On Colab": "https://colab.research.google.com/github/someone/a-book/blob/gh-pages/notebooks/01-one.ipynb",
        "Notebook": "../notebooks/01-one.ipynb",
        "Package": f"../notebooks/{WHEEL}",
    }
    assert links(above_the_text("chapters/index.html", small_book)) == {}
    assert (small_book / FOLDER / WHEEL).is_file()


def test_a_copy_holds_nothing_but_the_first_cell_and_what_the_page_shows(small_book: Path) -> None:
    """Byte for byte, so that a second build gives the same."""
    first = first_cell("https://github.com/someone/a-book/raw/gh-pages/notebooks")
    expected = notebook(new_code_cell(first), new_markdown_cell(FIRST_PLAIN))
    assert (small_book / FOLDER / "01-one.ipynb").read_text(encoding="utf-8") == expected + "\n"


@pytest.mark.parametrize(("mark", "complaint"), [("{abbr}`x`", "a role must be"), (":::{tip}\n:::", "a box must be")])
def test_a_mark_without_a_plain_form_is_an_error(mark: str, complaint: str) -> None:
    anything: Any = None
    with pytest.raises(ValueError, match=complaint):
        plain(mark, "chapters/01-one", anything)


def test_a_release_leads_to_its_own_notebooks_on_every_service() -> None:
    addresses = [address for _, _, address in services("chapters/01-one", "someone/a-book", "trunk", "v1.2")]
    assert addresses == [
        "https://mybinder.org/v2/gh/someone/a-book/v1.2?labpath=chapters%2F01-one.ipynb",
        "https://colab.research.google.com/github/someone/a-book/blob/gh-pages/v1.2/notebooks/01-one.ipynb",
    ]


# ------------------------------------------------------------------ the same small book as a site

SITE = "https://someone.github.io/a-book/"


def head(page: Path) -> dict[str, str]:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    tags = {tag.get("property") or tag.get("name"): tag["content"] for tag in soup.select("meta[content]")}
    return tags | {"canonical": soup.select_one("link[rel=canonical]")["href"]}


def test_a_shared_link_has_a_card(small_book: Path) -> None:
    told = head(small_book / "chapters" / "01-one.html")
    assert told["canonical"] == told["og:url"] == f"{SITE}chapters/01-one.html"
    assert told["og:title"] == "One"
    assert told["description"].startswith("See there, Two, that")
    card = small_book / told["og:image"].removeprefix(SITE)
    assert card.read_bytes().startswith(b"\x89PNG")


def test_the_site_map_names_every_chapter_once(small_book: Path) -> None:
    urls = re.findall("<loc>(.*?)</loc>", (small_book / "sitemap.xml").read_text())
    assert sorted(urls) == [f"{SITE}chapters/{name}.html" for name in ("01-one", "02-two", "glossary", "index")]


def test_feedback_carries_the_page(small_book: Path) -> None:
    soup = BeautifulSoup((small_book / "chapters" / "01-one.html").read_text(encoding="utf-8"), "html.parser")
    address = urlsplit(soup.select_one("a.feedback")["href"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://github.com/someone/a-book/issues/new"
    assert asked["title"] == ["One"]
    assert asked["body"][0].startswith(f"About: {SITE}chapters/01-one.html\nVersion: ")


def test_a_missing_page_shows_a_page_that_works_at_any_depth(small_book: Path) -> None:
    soup = BeautifulSoup((small_book / "404.html").read_text(encoding="utf-8"), "html.parser")
    loaded = [tag["href"] for tag in soup.select("link[rel=stylesheet]")] + [
        tag["src"] for tag in soup.select("script[src]")
    ]
    contents = [tag["href"] for tag in soup.select("nav a[href]")]
    assert loaded
    assert all((small_book / address.removeprefix("/a-book/")).is_file() for address in loaded)
    assert "/a-book/chapters/01-one.html" in contents

"""Chapters that run anywhere: copies for download and for Colab, and the menu "Run" that offers them.

The chapter itself imports the book's package and starts. Its copy first looks whether the package is there: on
Colab it installs it, elsewhere it says how to. The package, a wheel, lies beside the copies.
"""

import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from descent.book.plain import plain
from descent.book.site import commit, on_github, repository

FOLDER = "notebooks"  # in the published book
BRANCH = "gh-pages"  # of the repository, with the published book: a release in a folder named after its tag
WHEEL = f"descent_book-{version('descent-book')}-py3-none-any.whl"
RELEASE = Path(__file__).parents[3] / "coursework" / "release"

FIRST_CELL = '''\
# The book's package, descent-book, is all that this chapter needs.
{start}
try:
    version("descent-book")
except PackageNotFoundError:
    raise ImportError("""The book's package is missing.
{get}

    %pip install {wheel}

in a cell of its own, then this cell again.""") from None'''
ANYWHERE = "from importlib.metadata import PackageNotFoundError, version\n"
WITH_COLAB = f"""import sys
{ANYWHERE}
if "google.colab" in sys.modules:
    %pip install --quiet {{wheel}}
"""


def first_cell(address: str) -> str:
    """What a copy runs first. `address` is that of the folder with the package; empty where none is known."""
    if address:
        wheel = f"{address}/{WHEEL}"
        return FIRST_CELL.format(start=WITH_COLAB.format(wheel=wheel), get="Run", wheel=wheel)
    get = f'Download {WHEEL} (menu "Run" of the page)\ninto the folder of this notebook, run'
    return FIRST_CELL.format(start=ANYWHERE, get=get, wheel=WHEEL)


def copy_of(chapter: str, page: str, address: str, env: BuildEnvironment) -> str:
    """The notebook `chapter`, the source of a page, with a first cell and in plain Markdown."""
    notebook = nbformat.reads(chapter, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, page, env)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first_cell(address), id="cell-00"))
    return nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def name_of_copy(page: str) -> str:
    """The file of the copy of a page: they all lie in one folder, so that their links lead from one to the other."""
    return f"{page.rpartition('/')[2]}.ipynb"


def write_copies(app: Sphinx, builder: Builder) -> None:
    """Put a copy of each notebook beside the pages, and the package."""
    if builder.format != "html":
        return
    if not (RELEASE / WHEEL).is_file():
        raise FileNotFoundError(f"{RELEASE / WHEEL} is missing: run `python -m grader.versions` (or `make book`)")
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    shutil.copyfile(RELEASE / WHEEL, folder / WHEEL)
    place, release = on_github(repository(app.config)), commit(str(app.srcdir)).get("release", "")
    address = f"https://github.com/{place}/raw/{published(release)}" if place else ""
    for page in app.env.found_docs:
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            text = copy_of(source.read_text(encoding="utf-8"), page, address, app.env)
            (folder / name_of_copy(page)).write_text(text, encoding="utf-8", newline="\n")


def published(release: str) -> str:
    """Where the copies lie in the repository, on the branch of the published book."""
    return "/".join(filter(None, [BRANCH, release, FOLDER]))


def services(page: str, repository: str, branch: str, release: str = "") -> list[tuple[str, str, str]]:
    """Where the chapter of a page runs without an installation: name, what to know, address.

    The book of a release leads to the notebooks of that release, the newest to those of `branch`.
    """
    if not repository:
        return []
    chapter = quote(f"{page}.ipynb", safe="")
    return [
        (
            "Binder",
            "no account; takes some minutes to start",
            f"https://mybinder.org/v2/gh/{repository}/{release or branch}?labpath={chapter}",
        ),
        (
            "Colab",
            "with a Google account",
            f"https://colab.research.google.com/github/{repository}/blob/{published(release)}/{name_of_copy(page)}",
        ),
    ]


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Offer the menu on pages that are notebooks."""
    if context.get("page_source_suffix") != ".ipynb":
        return
    release = context["commit"].get("release", "")
    place = on_github(repository(app.config))
    context["run_services"] = services(page, place, context["theme_repository_branch"], release)
    context["run_notebook"] = context["pathto"](f"{FOLDER}/{name_of_copy(page)}", resource=True)
    context["run_package"] = context["pathto"](f"{FOLDER}/{WHEEL}", resource=True)


def withhold_source(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Publish the copy alone, and let the theme's download button lead to it."""
    if "run_notebook" not in context:
        return
    context["sourcename"] = ""  # what Sphinx would copy
    for button in (button for group in context["header_buttons"] for button in group.get("buttons", [])):
        if button["label"] == "download-source-button":
            button["url"] = context["run_notebook"]


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.connect("write-started", write_copies)  # equations have their numbers by then
    app.connect("html-page-context", offer, priority=400)  # before the theme drops empty menus
    app.connect("html-page-context", withhold_source, priority=600)  # after it has made its buttons

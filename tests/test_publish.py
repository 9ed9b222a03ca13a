"""Publishing: the newest book on top, releases in their folders, nothing of an older book in between."""

from pathlib import Path

import pytest
from sphinx.errors import ConfigError

from descent.book.publish import place
from descent.book.site import pages_address


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site" / ".git").mkdir(parents=True)
    return tmp_path / "site"


def book(folder: Path, *pages: str) -> Path:
    for page in ("index.html", *pages):
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(f"{folder.name}: {page}")
    return folder


def files(site: Path) -> set[str]:
    return {str(file.relative_to(site)) for file in site.rglob("*") if file.is_file()}


def test_a_page_that_is_no_longer_in_the_book_is_gone_from_the_site(site, tmp_path):
    place(book(tmp_path / "first", "old/page.html"), site)
    place(book(tmp_path / "second", "new/page.html"), site)
    assert files(site) == {".nojekyll", "index.html", "new/page.html", "versions.html"}
    assert (site / "index.html").read_text() == "second: index.html"
    assert (site / ".git").is_dir()


def test_a_release_stays_when_the_newest_book_changes(site, tmp_path):
    place(book(tmp_path / "first"), site, "v0.9")
    place(book(tmp_path / "second"), site, "v0.10")
    place(book(tmp_path / "third"), site)
    assert (site / "v0.9" / "index.html").read_text() == "first: index.html"
    versions = (site / "versions.html").read_text()
    assert versions.index("v0.10/index.html") < versions.index("v0.9/index.html")


def test_a_release_that_is_published_again_replaces_itself(site, tmp_path):
    place(book(tmp_path / "first", "old.html"), site, "v1")
    place(book(tmp_path / "second"), site, "v1")
    assert files(site / "v1") == {"index.html"}


@pytest.mark.parametrize("tag", ["../elsewhere", "1.0", "v1.0-beta", "v"])
def test_a_tag_that_is_no_version_is_refused(site, tmp_path, tag):
    with pytest.raises(ValueError, match=r"TAG must be v and a version.*got"):
        place(book(tmp_path / "first"), site, tag)


def test_a_folder_that_is_no_checkout_is_left_alone(tmp_path):
    mine = book(tmp_path / "mine", "kept.html")
    with pytest.raises(ValueError, match=r"SITE must be a checkout of the published branch, got '.*mine'"):
        place(book(tmp_path / "first"), mine)
    assert files(mine) == {"index.html", "kept.html"}


def test_no_book_no_publication(site, tmp_path):
    (site / "index.html").write_text("the site")
    with pytest.raises(FileNotFoundError, match="run `make book`"):
        place(tmp_path / "nothing", site)
    assert files(site) == {"index.html"}


def test_the_site_of_a_repository_is_derived_from_its_address():
    assert pages_address("https://github.com/Someone/some.book") == "https://someone.github.io/some.book/"
    assert pages_address("https://github.com/Someone/someone.github.io.git") == "https://someone.github.io/"
    with pytest.raises(ConfigError, match=r"baseurl be given too; got 'https://codeberg.org/a/b'"):
        pages_address("https://codeberg.org/a/b")

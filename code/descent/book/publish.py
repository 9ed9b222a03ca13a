"""``python -m descent.book.publish SITE [TAG]`` puts the built book into a checkout of the published branch.

The newest book lies at the top of the site, a release in a folder named after its tag as well, where it stays.
``versions.html`` lists the releases. What is committed and pushed is left to git: see .github/workflows/book.yml.
"""

import argparse
import re
import shutil
from pathlib import Path

BOOK = Path(__file__).parents[3] / "_build" / "html"
TAG = re.compile(r"v\d+(\.\d+)*")

VERSIONS = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Versions of this book</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}
</style>
<main>
<h1>Versions of this book</h1>
<ul>
<li><a href="index.html">The newest</a></li>
{releases}</ul>
</main>
</html>
"""


def place(book: Path, site: Path, tag: str = "") -> None:
    """Put `book` at the top of `site` or, given a tag, into its folder; leave the other releases as they are.

    Raises FileNotFoundError without a built book, ValueError for a site that isn't a checkout, since its files are
    replaced, and for a tag that isn't v and a version.
    """
    if not (book / "index.html").is_file():
        raise FileNotFoundError(f"{book} holds no book: run `make book`")
    if not (site / ".git").exists():
        raise ValueError(f"SITE must be a checkout of the published branch, got {str(site)!r}")
    if tag and not TAG.fullmatch(tag):
        raise ValueError(f"TAG must be v and a version, such as v1.2, got {tag!r}")
    replaced = [site / tag] if tag else [f for f in site.iterdir() if f.name != ".git" and not TAG.fullmatch(f.name)]
    for old in replaced:
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
    shutil.copytree(book, site / tag, dirs_exist_ok=True)
    (site / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _
    tags = sorted((f.name for f in site.iterdir() if TAG.fullmatch(f.name)), key=numbers, reverse=True)
    releases = "".join(f'<li><a href="{name}/index.html">Version {name[1:]}</a></li>\n' for name in tags)
    (site / "versions.html").write_text(VERSIONS.format(releases=releases), encoding="utf-8")


def numbers(tag: str) -> list[int]:
    """What tags are sorted by: v0.10 comes after v0.9."""
    return [int(number) for number in tag[1:].split(".")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Put the built book into a checkout of the published branch.")
    parser.add_argument("site", type=Path, help="the checkout: what is in it is replaced, but for releases")
    parser.add_argument("tag", nargs="?", default="", help="of a release, such as v1.2")
    options = parser.parse_args()
    place(BOOK, options.site, options.tag)

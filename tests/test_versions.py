"""The version is the same wherever it is written."""

import re
import tomllib

import yaml

from test_pages import ROOT


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


VERSION = tomllib.loads(text("pyproject.toml"))["project"]["version"]
CITATION = yaml.safe_load(text("CITATION.cff"))


def test_the_citation_is_of_this_version():
    assert CITATION["version"] == VERSION


def test_the_changelog_begins_with_this_version_or_with_what_comes_after_it():
    first, *others = re.findall(r"^## ([^\s,]+)", text("CHANGELOG.md"), re.MULTILINE)
    assert (others[0] if first == "Unreleased" else first) == VERSION


def test_the_readme_cites_this_version_and_year():
    year = CITATION["preferred-citation"]["year"]
    assert f"> {CITATION['authors'][0]['name']}. *{CITATION['title']}*. Version {VERSION}, {year}." in text("README.md")

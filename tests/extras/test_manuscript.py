"""The book on paper, before it is printed: every chapter, nothing given away, every link with a place to go."""

import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from descent.book.paper.manuscript import Manuscript, manuscript

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book() -> Manuscript:
    return manuscript()


@pytest.fixture(scope="module")
def body(book: Manuscript) -> BeautifulSoup:
    drawn = re.sub("<svg.*?</svg>", "<svg></svg>", book.contents + book.body, flags=re.DOTALL)  # most of it
    return BeautifulSoup(drawn, "html.parser")


@pytest.fixture(scope="module")
def places(body: BeautifulSoup) -> dict[str, Tag]:
    return {each["id"]: each for each in body.select("[id]")}


def test_every_part_and_chapter_has_its_bookmark_in_order(book: Manuscript) -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    expected = [(0, "index")]
    for part in toc["parts"]:
        names = [Path(chapter["file"]).name for chapter in part["chapters"]]
        expected += [(0, names[0]), *((1, name) for name in names)]
    found = [(level, name) for level, _, name in book.outline if "." not in name]
    assert found == [*expected, (0, "answers"), (0, "terms")]


def test_every_link_leads_to_one_place(body: BeautifulSoup) -> None:
    ids = [each["id"] for each in body.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in body.select("a[href^='#']")} <= set(ids)
    assert {link["href"].split(":")[0] for link in body.select("a:not([href^='#'])")} <= {"http", "https"}


def test_a_page_number_is_that_of_its_link(body: BeautifulSoup) -> None:
    numbers = body.select(".page")
    assert len(numbers) > 1000
    assert not [number for number in numbers if number.text != f"{{{number.find_parent('a')['href'][1:]}}}"]


def test_answers_and_what_they_answer_lead_to_each_other(body: BeautifulSoup, places: dict[str, Tag]) -> None:
    lines = body.select(".answer > .which")
    assert len(lines) == len(body.select(".turn")) > 300
    for line in lines:
        assert places[line.a["href"][1:]].find("a", href=f"#{line['id']}"), line.text


def test_chapters_give_nothing_away(body: BeautifulSoup) -> None:
    back = body.select("section.chapter")[-2]  # before the index
    assert back.h1["id"] == "answers"
    for chapter in body.select("section.chapter"):
        if chapter is not back:
            assert not chapter.select(".solution, details")
            assert not [each.text for each in chapter.select(".quiz strong, .quiz li") if each.text.startswith("Right")]
    assert len(back.select(".solution")) == len(body.select(".exercise"))
    assert len([each for each in back.select("li strong") if each.text == "Right"]) >= len(body.select(".quiz"))


def test_every_lab_says_that_it_is_alive_elsewhere(body: BeautifulSoup) -> None:
    labs = body.select(".lab")
    assert labs
    assert all(lab.svg and lab.select(".alive") for lab in labs)


def test_every_formula_has_its_source_as_alternative_text(body: BeautifulSoup) -> None:
    formulas = body.select(".katex")
    assert len(formulas) > 3000
    assert all(re.match("Formula: .", formula["aria-label"]) for formula in formulas)

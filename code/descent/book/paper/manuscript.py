"""One document for paper, made out of the built pages.

What a screen unfolds, paper puts elsewhere: answers and solutions stand at the back, with links both ways. A lab
is its picture. A link into another chapter says on which page it ends.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup

from descent.book.paper import ROOT

PAGES = ROOT / "_build" / "html"

Element = Any  # Beautiful Soup's own types make every step a question whether there is one

FOR_SCREENS = ".headerlink, .toctree-wrapper, .sd-summary-state-marker, .only-web, script"
# Code behind a figure, a number or a rule; what is folded otherwise has words.
FOLDED_CODE = "details.hide, details:has(> .sd-summary-content):not(:has(p, ol, ul))"
FORMULA = "Formula: "  # before the alternative text of each formula, so that it can be told from a picture's
SHORT = 14  # so many lines of code stay on one page
SCALE = 0.82  # of figures: their letters become those of their captions
UNNUMBERED = ("glossary", "references")  # where links lead so often that a page number each time is noise
NUMBER = '<span class="page"></span>'  # inside a link: the number of the page where it leads


@dataclass
class Manuscript:
    """The whole book, in the order in which it is printed.

    In its HTML every ``.page`` stands inside a link and holds, in braces, the id that the link leads to.
    """

    contents: str = ""
    body: str = ""
    feet: dict[str, str] = field(default_factory=dict)  # the kinds of sheets, and what each has at its foot
    outline: list[tuple[int, str, str]] = field(default_factory=list)  # level, title, id: the bookmarks

    def add(self, name: str, title: str, chapter: Element, part: str = "") -> None:
        """Put in one chapter; ``part`` is the name of the part that begins with it."""
        level = 0 if chapter.h1 else 1  # a chapter of a part has given its first heading to the part
        chapter.name = "section"
        sheet = f"sheet-{len(self.feet)}"
        chapter.attrs = {"class": "chapter", "style": f"page: {sheet}"}
        self.feet[sheet] = title
        if part:
            self.outline.append((0, part, name))
            self.contents += f'<p class="part">{html.escape(part)}</p>'
            chapter.insert(0, element(f'<h1 class="part">{html.escape(part)}</h1>'))
        sections = [(heading.get_text(), heading["id"]) for heading in chapter.select("[data-section]")]
        self.outline += [(level, title, name), *((level + 1, *section) for section in sections)]
        lines = [
            f'<a href="#{there}"><span>{html.escape(text)}</span> <span class="page">{{{there}}}</span></a>'
            for text, there in ((title, name), *sections)
        ]
        self.contents += f'<p class="entry">{lines[0]}</p><p class="sections">{" · ".join(lines[1:])}</p>'
        self.body += str(chapter)


def manuscript() -> Manuscript:
    """The book as it is printed, made out of its built pages."""
    chapters: list[tuple[str, str, Element, str]] = []
    answers: list[Element] = []
    aliases: dict[str, str] = {}
    for part, name in table_of_contents():
        chapter = read(PAGES / "chapters" / f"{name}.html").article
        if not chapters:
            chapter.h1.string = "Preface"  # its heading is the title of the book
        title = strip(chapter)
        aliases |= unify_ids(chapter, name)
        if taken := take_answers(chapter, name):
            answers += [element(f'<h2 id="{name}.answers" data-section>{html.escape(title)}</h2>'), *taken]
        if chapters:
            lower_headings(chapter)
        chapters.append((name, title, chapter, part))
    for name, title, content in (("answers", "Answers and solutions", answers), ("terms", "Index", terms())):
        section = element(f'<section><h1 id="{name}">{title}</h1></section>')
        section.extend(content)
        chapters.append((name, title, section, ""))
    book = Manuscript()
    for name, title, chapter, part in chapters:
        for link in chapter.select("a[href^='#']"):
            target = aliases.get(link["href"][1:], link["href"][1:])
            link["href"] = f"#{target}"
            for number in link.select(".page"):
                number.string = f"{{{target}}}"
        book.add(name, title, chapter, part)
    return book


def table_of_contents() -> Iterator[tuple[str, str]]:
    """Every chapter's name, the preface first; with the first chapter of a part comes the part's name."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    yield "", Path(toc["root"]).name
    for part in toc["parts"]:
        for number, chapter in enumerate(part["chapters"]):
            yield "" if number else part["caption"], Path(chapter["file"]).name


def read(path: Path) -> Element:
    """A page of the book as a tree."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def element(source: str) -> Element:
    """An element of its own, from its HTML."""
    return BeautifulSoup(source, "html.parser").contents[0].extract()


def strip(chapter: Element) -> str:
    """Take away what only a screen needs, and the code that only draws; returns the chapter's title."""
    for each in chapter.select(f"{FOR_SCREENS}, {FOLDED_CODE}"):
        each.decompose()
    for cell in chapter.select(".cell"):
        if not cell.select("pre, svg, img, table, .katex"):
            cell.decompose()
    for lab in chapter.select(".lab"):
        code = lab.find_parent(class_="cell").select_one(".cell_input")
        if code and code.get_text().lstrip().startswith("Lab("):
            code.decompose()
        lab.figcaption.append(element('<span class="alive"> Alive in the web book.</span>'))
    for formula in chapter.select(".katex"):  # Chromium tags no MathML: those who listen hear the source instead
        source = " ".join(formula.annotation.get_text().split())
        formula["role"], formula["aria-label"] = "img", FORMULA + source
        formula.select_one(".katex-mathml").decompose()
        del formula.select_one(".katex-html")["aria-hidden"]
    for block in chapter.select("pre"):
        if block.get_text().count("\n") <= SHORT:
            block["class"] = "short"
    for code in chapter.select("td code .pre"):
        parts = re.sub(r"([_.(])", r"\1<wbr>", html.escape(code.get_text()))  # where a narrow column may break it
        code.replace_with(element(f"<span>{parts}</span>"))
    for picture in chapter.select("figure svg[style]"):
        picture["style"] = re.sub(
            r"max-width:(\d+)pt", lambda width: f"max-width:{int(width[1]) * SCALE:.0f}pt", picture["style"]
        )
    for each in chapter.find_all(title=True):
        del each["title"]
    return chapter.h1.get_text()


def unify_ids(chapter: Element, name: str) -> dict[str, str]:
    """Put the chapter's name before its ids, and one on each heading; returns the others for the same place."""
    for each in chapter.select("[id]:not(svg [id])"):
        each["id"] = f"{name}.{each['id']}"
    aliases = {}
    for heading in chapter.select("section > :is(h1, h2, h3)"):
        section = heading.parent
        heading["id"] = name if heading.name == "h1" else section["id"]
        if heading.name == "h2":
            heading["data-section"] = ""
        for label in (section, *section.find_all("span", id=True, recursive=False)):
            aliases[label.attrs.pop("id")] = heading["id"]
    for link in chapter.select("a[href]"):
        address = urlsplit(link["href"])
        if address.scheme:
            continue
        page, anchor = Path(address.path).stem or name, unquote(address.fragment)
        if page == "genindex":
            page = "terms"
        elif not address.path.endswith(".html") and address.path:
            link.unwrap()  # a file to download
            continue
        link["href"] = f"#{page}.{anchor}" if anchor else f"#{page}"
        if page not in (name, *UNNUMBERED):
            link.append(element(f'<span class="at"> p.&nbsp;{NUMBER}</span>'))
    return aliases


def take_answers(chapter: Element, name: str) -> list[Element]:
    """Take answers, findings and solutions out of a chapter, leaving links to them. A proof stays, unfolded."""
    answers: list[Element] = []

    def move(what: str, here: str, content: list[Element]) -> str:
        """Put `content` at the back, under a line that leads to what it answers; returns its id there."""
        there = f"{name}.answer-{len(answers) + 1}"
        line = f'<p class="which" id="{there}"><a href="#{here}">{what}, page {NUMBER}</a></p>'
        answers.append(element(f'<div class="answer">{line}</div>'))
        answers[-1].extend(content)
        return there

    for number, each in enumerate(chapter.select(".quiz, .solution, details.sd-dropdown:not(.quiz *)"), start=1):
        each["id"] = here = each.get("id", f"{name}.question-{number}")
        title = each.select_one(".admonition-title, .sd-summary-text")
        if "quiz" in each["class"]:
            choices = lettered(each.select(".sd-summary-text"))
            explanations = lettered(each.select(".sd-summary-content"))
            for choice in each.select("details"):
                choice.decompose()
            each.append(choices)
            each.append(turn("Answers", move(title.get_text(), here, [explanations])))
        elif "solution" in each["class"]:
            exercise = title.a["href"][1:]
            what = html.escape(" ".join(title.a.get_text().split()))
            title.decompose()
            checks = take_checks(each)
            there = move(what, exercise, [each.extract(), *checks])
            chapter.find(id=exercise).append(turn("Solution", there))
        elif not title.get_text().startswith("What you should have found"):
            each.name, each["class"] = "div", "proof"
            each.summary.name = "p"
        else:
            there = move("Try it", here, [*each.select_one(".sd-summary-content").contents, *take_checks(each)])
            each.replace_with(turn(html.escape(title.get_text()), there, here))
    return answers


def take_checks(answer: Element) -> list[Element]:
    """Take out the cells behind an answer that compute what it says."""
    checks = []
    while (cell := answer.find_next_sibling()) and "tag_hide-input" in cell.get("class", []):
        checks.append(cell.extract())
    return checks


def lettered(choices: list[Element]) -> Element:
    """A list from a to z with what these elements hold."""
    items = (f"<li>{each.decode_contents()}</li>" for each in choices)
    return element(f'<ol class="choices">{"".join(items)}</ol>')


def turn(what: str, there: str, here: str = "") -> Element:
    """A line that says where at the back of the book the rest is."""
    name = f' id="{here}"' if here else ""
    return element(f'<p class="turn"{name}><a href="#{there}">{what}: page {NUMBER}</a></p>')


def lower_headings(chapter: Element) -> None:
    """Make room for the parts of the book, which are its headings of the first level."""
    for heading in chapter.find_all(re.compile("^h[1-5]$")):
        heading.name = f"h{int(heading.name[1]) + 1}"


def terms() -> list[Element]:
    """The index, with page numbers where the page has links. Names of code stand in the reference, in order."""
    index = []
    for heading in read(PAGES / "genindex.html").select("article h2"):
        entries = []
        for item in heading.find_next_sibling("table").select("td > ul > li"):
            links = [link for link in item.select("a") if "/reference.html" not in link["href"]]
            places = (link["href"].split("#") for link in links)
            numbers = ", ".join(
                f'<a href="#{Path(page).stem}.{unquote(anchor)}">{NUMBER}</a>' for page, anchor in places
            )
            if links:
                entries.append(f'<p class="term">{html.escape(links[0].get_text())} {numbers}</p>')
        if entries:
            index += [f'<p class="letter">{heading.get_text()}</p>', *entries]
    return [element(f'<div class="terms">{"".join(index)}</div>')]

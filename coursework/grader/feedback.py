"""A page for each student: what was found, where to read on, the work itself. It asks nothing from the network.

Everything of the student's is shown as text or as a picture, so that opening a page runs nothing.
"""

import base64
import binascii
import re
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import latex2mathml.converter
import mistune
import nbformat
from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.utils import is_solution
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.books import gradebook, settle
from grader.course import Course, CourseError
from grader.grading import Record, is_checked, recorded
from grader.run import grade_id

LONGEST = 4000  # characters of an output that are shown
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_markdown = mistune.create_markdown(escape=True, plugins=["table", "math"])  # escape: HTML is shown, not meant


def write(course: Course, assignment: str) -> Path:
    """Write feedback/<student>/<assignment>/<assignment>.html for everybody who is graded; returns feedback/."""
    settle(course, assignment)
    for student in course.students(assignment):
        record = recorded(course, assignment, student)
        if record:
            target = course.root / "feedback" / student / assignment / f"{assignment}.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page(course, assignment, record), encoding="utf-8")
    return course.root / "feedback"


def page(course: Course, assignment: str, record: Record) -> str:
    """The page of one submission."""
    notebook = course.ran(assignment, record.student)
    graded = not record.broken and notebook.exists()
    cells = nbformat.read(notebook, 4).cells if graded else []
    tasks = _tasks(course, assignment, record)
    return _templates.get_template("feedback.html").render(
        course=course.name,
        assignment=assignment,
        record=record,
        tasks=tasks,
        score=sum(task["score"] or 0 for task in tasks.values()),
        most=sum(task["points"] for task in tasks.values()),
        penalty=_penalty(course, assignment, record.student),
        cells=[_cell(cell, tasks) for cell in cells],
        colours=HtmlFormatter(style="default").get_style_defs(".highlight"),
    )


def _tasks(course: Course, assignment: str, record: Record) -> dict[str, dict[str, Any]]:
    """Every graded cell: score (None where a person has not graded it yet), points, finding, comment."""
    with gradebook(course, assignment) as book:
        try:
            notebooks = book.find_submission(assignment, record.student).notebooks
        except MissingEntry:
            again = f"delete graded/{assignment}/{record.student}.json and grade again"
            raise CourseError(f"the gradebook knows nothing of {record.student}: {again}") from None
        comments = {entry.name: entry.comment for notebook in notebooks for entry in notebook.comments}
        tasks = {}
        for entry in (entry for notebook in notebooks for entry in notebook.grades):
            finding = record.findings.get(entry.name)
            waits = entry.needs_manual_grade and entry.manual_score is None
            tasks[entry.name] = {
                "score": None if waits else entry.score,
                "points": entry.max_score,
                "finding": finding,
                "address": course.link(finding["chapter"]) if finding and finding["chapter"] else "",
                "comment": comments.get(entry.name),
            }
        return tasks


def _penalty(course: Course, assignment: str, student: str) -> float:
    with gradebook(course, assignment) as book:
        return book.find_submission(assignment, student).late_submission_penalty or 0


def _cell(cell: NotebookNode, tasks: dict[str, Any]) -> dict[str, Any]:
    name = grade_id(cell)
    checked = is_checked(cell)
    return {
        "id": name,
        "kind": "check" if checked else "answer" if is_solution(cell) else "",
        "task": tasks.get(name),
        "text": markdown(cell.source) if cell.cell_type == "markdown" else "",
        "code": highlight(cell.source, PythonLexer(), HtmlFormatter()) if cell.cell_type == "code" else "",
        "outputs": [] if checked else [_output(output) for output in cell.get("outputs", [])],
    }


def markdown(text: str) -> str:
    """As HTML, formulas as MathML."""
    return str(_markdown(text))


def _formula(display: str) -> Any:
    def render(renderer: Any, text: str) -> str:
        try:
            made = latex2mathml.converter.convert(text.strip(), display=display)
            if _is_mathml(made):
                return made
        except Exception:  # what a student writes between dollars need not be a formula
            pass
        return f"<code>{escape(text)}</code>"

    return render


# What latex2mathml makes of mathematics. It passes on the HTML in \text{…} and the address in \href{…}{…} too.
MATHML = re.compile(
    "math|mrow|mi|mo|mn|mtext|mspace|mstyle|mpadded|mphantom|menclose|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|"
    "munderover|mmultiscripts|mprescripts|mtable|mtr|mtd"
)
NOT_MATHS = {"href", "src", "class", "style", "id", "actiontype"}


def _is_mathml(text: str) -> bool:
    return all(
        MATHML.fullmatch(element.tag.rpartition("}")[2])
        and not any(name in NOT_MATHS or name.startswith("on") for name in element.attrib)
        for element in ElementTree.fromstring(text).iter()
    )


_markdown.renderer.register("inline_math", _formula("inline"))  # type: ignore[union-attr]
_markdown.renderer.register("block_math", _formula("block"))  # type: ignore[union-attr]


def _output(output: NotebookNode) -> dict[str, str]:
    """A picture, or text without the colours of a terminal."""
    data = output.get("data", {})
    for kind in PICTURES:
        if kind in data:
            raw = str(data[kind])
            with_base64 = base64.b64encode(raw.encode()).decode() if kind == "image/svg+xml" else re.sub(r"\s", "", raw)
            if _is_base64(with_base64):
                return {"picture": f"data:{kind};base64,{with_base64}"}
    text = output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", []))
    text = re.sub(r"\x1b\[[\d;]*m", "", str(text))
    return {"text": text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… ({len(text)} characters)"}


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False

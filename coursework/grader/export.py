"""Scores for a learning platform: a CSV that Canvas or Moodle imports."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat

from grader.books import Standing, standings
from grader.course import Course, CourseError, safe
from grader.grading import ungraded
from grader.sheets import Sheet, number, participant, points

IDS = {  # by which columns a platform's table knows its students
    "canvas": ("ID", "SIS User ID", "SIS Login ID"),
    "moodle": ("Identifier", "ID number", "Username", "Email address"),
}
MAXIMUM = "Maximum Grade"  # a column of Moodle's


def export(
    course: Course,
    assignment: str,
    to: str,
    fill: Path | None = None,
    output: Path | None = None,
    column: str = "",
    partial: bool = False,
    tell: Callable[[str], None] = print,
) -> Path:
    """Write the scores after penalties; returns the file.

    With ``fill`` the platform's own table is copied and this assignment's column filled; ``column`` names it on Canvas
    where its title is not the assignment's. While something is still to be graded nothing is written, unless
    ``partial``: then those students are left out.
    """
    unready = {student: "not graded yet" for student in ungraded(course, assignment)}
    ready = []
    for each in standings(course, assignment):
        if each.unread:
            unready.setdefault(each.student, f"to be marked by hand: {', '.join(each.unread)}")
        if each.student not in unready:
            ready.append(each)
    for student, why in sorted(unready.items()):
        tell(f"{student}: {why}")
    if unready and not partial:
        raise CourseError(f"nothing is written while students wait ({len(unready)}). --partial writes the others")
    if not ready:
        raise CourseError(f"nobody has a score in {assignment}")
    scores = {each.student: each for each in ready}
    if fill:
        sheet = _filled(course, assignment, to, Sheet.read(fill), column, scores, tell)
    else:
        sheet = _minimal(course, assignment, to, ready)
    path = output or course.root / "export" / f"{assignment}-{to}.csv"
    sheet.write(path)
    return path


def _minimal(course: Course, assignment: str, to: str, ready: list[Standing]) -> Sheet:
    """The columns without which the platform doesn't import."""
    if to == "moodle":
        head = ["Identifier", "Full name", "Grade", "Last modified (grade)"]
        rows = [[f"Participant {one.student}", course.known_as(one.student), points(one.score), "-"] for one in ready]
        return Sheet(Path(), [head, *rows])
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    possible = ["    Points Possible", "", "", "", "", points(ready[0].most)]
    rows = []
    for each in ready:
        ids = [each.student, "", ""] if each.student.isdecimal() else ["", "", each.student]
        rows.append([course.known_as(each.student) or each.student, *ids, "", points(each.score)])
    return Sheet(Path(), [head, possible, *rows])


def _filled(
    course: Course,
    assignment: str,
    to: str,
    sheet: Sheet,
    column: str,
    scores: dict[str, Standing],
    tell: Callable[[str], None],
) -> Sheet:
    """The platform's table with the scores in their column, as parts of the points that the platform gives."""
    place = sheet.columns.index(_column(course, assignment, to, sheet, column))
    by = _known_by(sheet, IDS[to], scores)
    possible, found = 0.0, set()
    for line, (who,) in sheet.rows(by):
        row = sheet.lines[line - 1]
        row += [""] * (len(sheet.columns) - len(row))
        if row[0].strip() == "Points Possible":
            possible = number(row[place]) or 0
        student = _student(by, who)
        if student not in scores:
            continue
        if student in found:
            raise CourseError(f"{sheet.path}, line {line}: {who} is there twice")
        found.add(student)
        most = scores[student].most
        theirs = (number(row[sheet.columns.index(MAXIMUM)]) if MAXIMUM in sheet.columns else possible) or most
        row[place] = points(scores[student].score * theirs / most)
        if theirs != most and len(found) == 1:
            tell(f"The assignment has {most:g} points here and {theirs:g} there: the scores are converted")
    if missing := sorted(scores.keys() - found):
        tell(f"Not in {sheet.path}: {', '.join(missing)}")
    tell(f"{len(found)} scores, students known by {by}, in the column {sheet.columns[place]}")
    return sheet


def _column(course: Course, assignment: str, to: str, sheet: Sheet, given: str) -> str:
    """The column to fill: Canvas's are "Title (number)"."""
    if to == "moodle":
        fitting = [name for name in sheet.columns if name == "Grade"]
    else:
        heading = nbformat.read(course.master(assignment), 4).cells[0].source.partition("\n")[0].lstrip("# ")
        titles = {name: re.sub(r" \(\d+\)$", "", name) for name in sheet.columns}
        wanted = (given,) if given else (assignment, heading)
        fitting = [name for name, title in titles.items() if title in wanted or name in wanted]
    if len(fitting) != 1:
        raise CourseError(
            f"{sheet.path} has {len(fitting)} columns for {given or assignment}. --column names one of: "
            + ", ".join(sheet.columns)
        )
    return fitting[0]


def _known_by(sheet: Sheet, names: tuple[str, ...], scores: dict[str, Standing]) -> str:
    """The column that knows most of the students. One for all: a number in one may be another's in the next."""
    there = [name for name in names if name in sheet.columns]
    if not there:
        raise CourseError(f"{sheet.path} has none of the columns {', '.join(names)}")
    return max(there, key=lambda name: len(scores.keys() & {_student(name, who) for _, (who,) in sheet.rows(name)}))


def _student(column: str, who: str) -> str:
    return safe(participant(who) if column == "Identifier" else who)

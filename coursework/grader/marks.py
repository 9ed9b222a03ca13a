"""Marks from a spreadsheet, for the answers that a human reads.

The other way is nbgrader's formgrader, which shows each answer in its notebook and keeps comments for reuse. It is a
page of JupyterLab: start `jupyter lab` in the course's folder, whose nbgrader_config.py says what the course is, and
choose Nbgrader, Formgrader, Manual Grading. (Its formulas are set by MathJax from the network.) Its buttons for
autograding refuse: they would run students' code without the sandbox. Both ways write the same gradebook; `feedback`,
`report` and `export` use what is there, and reckon the penalty for late work anew.
"""

from collections.abc import Callable
from pathlib import Path

import nbformat

from grader.books import gradebook, settle, standings
from grader.course import Course, CourseError
from grader.grading import records
from grader.run import grade_id
from grader.sheets import Sheet, number, points

COLUMNS = ("student", "cell", "points", "comment")


def template(course: Course, assignment: str, path: Path) -> int:
    """Write a table with a row for each answer that is not marked, and its text; returns how many."""
    if path.exists():
        raise CourseError(f"{path} exists: it may hold marks, so it is not overwritten")
    rows = []
    for each in standings(course, assignment):
        answers = _answers(course, assignment, each.student)
        for cell in each.unread:
            rows.append([each.student, cell, "", "", points(each.tasks[cell][1]), answers.get(cell, "")])
    Sheet(path, [[*COLUMNS, "of", "answer"], *rows]).write(path)
    return len(rows)


def _answers(course: Course, assignment: str, student: str) -> dict[str, str]:
    path = course.ran(assignment, student)
    if not path.exists():
        return {}
    cells = nbformat.read(path, 4).cells
    # An entry of a spreadsheet holds 32767 characters.
    return {grade_id(cell): cell.source[:32_000] for cell in cells}


def enter(course: Course, assignment: str, path: Path, tell: Callable[[str], None] = print) -> int:
    """Take the points and comments of a table into the gradebook, all rows or none; returns how many were taken.

    A row without points is left for later.
    """
    marks = {}
    tasks = {each.student: each.tasks for each in standings(course, assignment)}
    broken = {record.student for record in records(course, assignment) if record.broken}
    for line, (student, cell, given, comment) in Sheet.read(path).rows(*COLUMNS):
        where = f"{path}, line {line}"
        if not given:
            if comment:
                tell(f"{where}: a comment without points is left out")
            continue
        if student not in tasks or student in broken:
            raise CourseError(f"{where}: nothing of {student!r} is graded in {assignment}")
        if cell not in tasks[student]:
            raise CourseError(f"{where}: cell must be one of {', '.join(tasks[student])}, got {cell!r}")
        most, value = tasks[student][cell][1], number(given)
        if value is None or not 0 <= value <= most:
            raise CourseError(f"{where}: points must be in [0, {most:g}], got {given!r}")
        if (student, cell) in marks:
            raise CourseError(f"{where}: {student} has points for {cell} already, further up")
        marks[student, cell] = value, comment
    with gradebook(course, assignment) as book:
        for (student, cell), (value, comment) in marks.items():
            grade = book.find_grade(cell, assignment, assignment, student)
            grade.manual_score, grade.needs_manual_grade = value, False
            if comment:
                book.find_comment(cell, assignment, assignment, student).manual_comment = comment
        book.db.commit()
    settle(course, assignment)
    return len(marks)

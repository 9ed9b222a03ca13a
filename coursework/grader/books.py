"""What nbgrader's gradebook says of an assignment: who has how many points, what is late, what nobody has read yet."""

import datetime
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc

from grader.course import Course


@dataclass(frozen=True)
class Standing:
    """One student's points: in all after the penalty, and per task.

    ``late`` is in seconds, ``unread`` names the answers that a human has yet to mark.
    """

    student: str
    score: float
    most: float
    penalty: float
    late: float
    unread: list[str]
    tasks: dict[str, tuple[float, float]]


@contextmanager
def gradebook(course: Course, assignment: str) -> Iterator[Gradebook]:
    """The gradebook, open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy
        with Gradebook(course.config(assignment).CourseDirectory.db_url) as book:
            yield book


def settle(course: Course, assignment: str) -> None:
    """The penalties for late work, from times, deadline, policy and scores as they are now.

    A penalty is a share of the points, so it changes when an answer is marked. nbgrader would fix it before that.
    """
    with gradebook(course, assignment) as book:
        due = course.deadlines.get(assignment)
        book.update_or_create_assignment(assignment, duedate=due and utc(due))
        for submission in book.assignment_submissions(assignment):
            submission.timestamp = handed_in(course, assignment, submission.student.id)
            share = course.late.share(submission.total_seconds_late)
            for notebook in submission.notebooks:
                notebook.late_submission_penalty = share * notebook.score
        book.db.commit()


def standings(course: Course, assignment: str) -> list[Standing]:
    """Everybody who was graded, by id, with the penalties as they are now."""
    settle(course, assignment)
    found = []
    with gradebook(course, assignment) as book:
        for student in course.students(assignment):
            try:
                submission = book.find_submission(assignment, student)
            except MissingEntry:
                continue
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            found.append(
                Standing(
                    student,
                    max(0.0, submission.score - submission.late_submission_penalty),
                    submission.max_score,
                    submission.late_submission_penalty,
                    submission.total_seconds_late,
                    [grade.name for grade in grades if grade.needs_manual_grade],
                    {grade.name: (grade.score, grade.max_score) for grade in grades},
                )
            )
    return found


def handed_in(course: Course, assignment: str, student: str) -> datetime.datetime | None:
    """When, in nbgrader's form and from its file; None where nobody knows."""
    path = course.submission(assignment, student).with_name("timestamp.txt")
    try:
        return parse_utc(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


def utc(moment: datetime.datetime) -> datetime.datetime:
    """The moment as nbgrader keeps it: in UTC, and without saying so."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)

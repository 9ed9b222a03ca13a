"""The class at a glance: as text, and as a page."""

import html
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grader.books import Standing, standings
from grader.collect import called, marked_late, printable
from grader.course import Course
from grader.grading import Record, checked, records, ungraded

BINS = 10


@dataclass
class Table:
    """A part of the report: its title, the names of the columns, the rows; without rows `otherwise` is said."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    otherwise: str = "None."

    def text(self) -> str:
        """In columns."""
        if not self.rows:
            return f"{self.title}\n  {self.otherwise}"
        lines = [self.columns, *(tuple(printable(cell) for cell in row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
        return "\n".join([self.title, *(f"  {line}".rstrip() for line in shown)])

    def html(self) -> str:
        """As a table with a caption, or as a sentence."""
        title = html.escape(self.title)
        if not self.rows:
            return f"<h2>{title}</h2>\n<p>{html.escape(self.otherwise)}</p>"
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "\n".join(f"<tr>{''.join(map(_cell, range(len(row)), row))}</tr>" for row in self.rows)
        return f"<table>\n<caption>{title}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _cell(place: int, text: str) -> str:
    if text and set(text) <= set("█"):  # a bar says what the number before it says
        return f'<td><span aria-hidden="true">{text}</span></td>'
    return f'<th scope="row">{html.escape(text)}</th>' if place == 0 else f"<td>{html.escape(text)}</td>"


def report(course: Course, assignment: str) -> tuple[str, Path]:
    """The text, and the page's file."""
    tables = _tables(course, assignment)
    title = f"{course.name}: {assignment}"
    path = course.root / "report" / f"{assignment}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        PAGE.format(title=html.escape(title), body="\n".join(table.html() for table in tables)), encoding="utf-8"
    )
    return "\n\n".join([title, *(table.text() for table in tables)]), path


def _tables(course: Course, assignment: str) -> list[Table]:
    def who(student: str) -> str:
        return called(course, assignment, student)

    standing = standings(course, assignment)
    found = records(course, assignment)
    names = checked(nbformat.read(course.master(assignment), 4))
    waiting = [(who(student), "not graded yet, or changed since") for student in ungraded(course, assignment)]
    unread = [(who(each.student), ", ".join(each.unread)) for each in standing if each.unread]
    broken = [(who(record.student), record.broken) for record in found if record.broken]
    notes = [(who(record.student), note) for record in found for note in record.notes]
    return [
        _scores(standing),
        _histogram(standing),
        _tasks(standing),
        _bugs(found, names),
        Table("To be marked by hand", ("student", "answers"), unread),
        Table("Not graded", ("student", "why"), waiting),
        Table("Broken submissions, which have no points", ("student", "why"), broken),
        _late(course, assignment, standing),
        _claims(found),
        Table("Remarks", ("student", "remark"), notes),
        _seconds(found),
    ]


def _scores(standing: list[Standing]) -> Table:
    scores = [each.score for each in standing]
    rows = []
    if scores:
        low, middle, high = statistics.quantiles(scores, method="inclusive") if len(scores) > 1 else scores * 3
        values = {"mean": statistics.mean(scores), "lowest": min(scores), "lower quartile": low, "median": middle}
        values |= {"upper quartile": high, "highest": max(scores), "possible": standing[0].most}
        rows = [("students", str(len(scores))), *((name, f"{value:.2f}") for name, value in values.items())]
    return Table("Scores, after penalties", ("of the class", "points"), rows, "Nobody is graded.")


def _histogram(standing: list[Standing]) -> Table:
    share = [each.score / each.most if each.most else 0 for each in standing]
    counts = Counter(min(int(BINS * part), BINS - 1) for part in share)
    longest = max(counts.values(), default=1)
    rows = []
    for place in range(BINS if standing else 0):
        count = counts[place]
        width = -(-40 * count // max(40, longest))  # a block a student, fewer in a large class
        rows.append((f"{100 * place // BINS} to {100 * (place + 1) // BINS} %", str(count), "█" * width))
    return Table("How the scores are spread", ("of the points", "students", "as a bar"), rows, "Nobody is graded.")


def _tasks(standing: list[Standing]) -> Table:
    shares = defaultdict(list)
    for each in standing:
        for name, (score, most) in each.tasks.items():
            if name not in each.unread and most:
                shares[name].append(score / most)
    rows = [(name, f"{100 * statistics.mean(parts):.0f} %", str(len(parts))) for name, parts in shares.items()]
    return Table("Tasks: the mean share of the points", ("task", "mean", "graded"), rows)


def _bugs(found: list[Record], names: list[str]) -> Table:
    counts = Counter(
        (name, finding["bug"]) for each in found for name, finding in each.findings.items() if finding["bug"]
    )
    order = sorted(counts.items(), key=lambda each: (names.index(each[0][0]) if each[0][0] in names else 99, -each[1]))
    return Table(
        "Known mistakes", ("task", "mistake", "students"), [(task, bug, str(count)) for (task, bug), count in order]
    )


def _late(course: Course, assignment: str, standing: list[Standing]) -> Table:
    rows = []
    for each in standing:
        if each.late:
            rows.append((called(course, assignment, each.student), f"{each.late / 3600:.1f} h", f"{each.penalty:.2f}"))
        elif marked_late(course, assignment, each.student):
            rows.append((called(course, assignment, each.student), "marked by Canvas, time unknown", "0.00"))
    due = course.deadlines.get(assignment)
    title = f"Late, after {due:%Y-%m-%d %H:%M %Z}" if due else "Late"
    return Table(title, ("student", "by", "points off"), rows, "None." if due else "No deadline is set.")


def _claims(found: list[Record]) -> Table:
    claims = defaultdict(list)
    for record in found:
        if record.claims:
            claims[record.claims].append(record.student)
    rows = [(name, ", ".join(students)) for name, students in sorted(claims.items()) if len(students) > 1]
    return Table("The same STUDENT in several notebooks", ("STUDENT", "handed in by"), rows)


def _seconds(found: list[Record]) -> Table:
    seconds = [record.seconds for record in found if not record.broken]
    rows = []
    if seconds:
        rows = [("median", f"{statistics.median(seconds):.1f}"), ("longest", f"{max(seconds):.1f}")]
    return Table("Seconds per submission", ("of the class", "seconds"), rows, "Nothing ran.")


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #767676; --bar: #0b5cad; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e8e8e8; --paper: #14181e; --line: #8a8f98; --bar: #7db8f0; }} }}
body {{ font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 2rem 0; }}
caption, h2 {{ font-size: 1.2rem; font-weight: 600; text-align: start; margin: 2rem 0 0; }}
caption {{ margin: 0; white-space: nowrap; }}
th, td {{ text-align: start; vertical-align: top; padding: .2rem 1.5rem .2rem 0; border-bottom: 1px solid var(--line);
  font-weight: normal; }}
thead th {{ font-weight: 600; white-space: nowrap; }}
tbody * {{ overflow-wrap: anywhere; }}
td span {{ color: var(--bar); letter-spacing: -.05em; }}
</style>
</head>
<body><main>
<h1>{title}</h1>
{body}
</main></body>
</html>
"""

"""python -m grader: the teacher's commands, one for each thing to do."""

import argparse
import sys
from pathlib import Path

from grader import feedback, grading, sandbox
from grader.collect import collect
from grader.course import Course, CourseError, init
from grader.export import IDS, export
from grader.marks import enter, template
from grader.report import report


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, 1 after a sentence that says what is wrong, or 130 after Ctrl-C."""
    options = parser().parse_args(arguments)
    try:
        options.do(options)
    except (CourseError, sandbox.NoSandboxError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    whole = argparse.ArgumentParser("grader", description="Make, collect and grade the book's assignments.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do, says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(do=do)
        return one

    def in_course(name: str, do, says: str) -> argparse.ArgumentParser:
        one = command(name, do, says)
        one.add_argument("--course", default=".", help="the course's folder (default: this one)")
        one.add_argument("assignment")
        return one

    new = command("init", make, "make a private course from the public masters and checks")
    new.add_argument("folder")
    in_course("release", release, "make the student version")
    take = in_course("collect", gather, "take what was handed in from a platform's zip, or from a folder")
    take.add_argument(
        "path", type=Path, help="Canvas's or Moodle's zip, or a zip or folder with student/notebook.ipynb"
    )
    take.add_argument(
        "--times",
        default="",
        metavar="FILE",
        help='when each was handed in: a CSV with id and time, or Moodle\'s grading worksheet, or "dates" for '
        "those of the files (in a zip they are usually the download's)",
    )
    grade = in_course("grade", run, "grade what was collected")
    grade.add_argument("--scheduler", default="", metavar="ADDRESS", help="a Dask scheduler to grade on")
    grade.add_argument("--workers", type=int, help="processes on this machine (default: its cores)")
    grade.add_argument(
        "--unsandboxed",
        action="store_true",
        help="run students' code with your own rights: it can read and delete your files",
    )
    mark = in_course("marks", marks, "take the points of hand-marked answers from a CSV: student,cell,points,comment")
    mark.add_argument("file", type=Path)
    mark.add_argument("--template", action="store_true", help="write the CSV: a row per unmarked answer, with its text")
    in_course("feedback", pages, "make a feedback page for each student")
    in_course("report", overview, "the class: scores, mistakes, what is late and what is still to do")
    out = in_course("export", scores, "write the scores as a CSV that Canvas or Moodle imports")
    out.add_argument("--to", required=True, choices=sorted(IDS))
    out.add_argument("--fill", type=Path, metavar="FILE", help="the platform's own gradebook or worksheet, to fill in")
    out.add_argument("--column", default="", metavar="TITLE", help="the assignment's title on Canvas")
    out.add_argument("--output", type=Path, metavar="FILE")
    out.add_argument("--partial", action="store_true", help="leave out whose answers are still to be marked")
    return whole


def make(options: argparse.Namespace) -> None:
    """A new course."""
    course = init(options.folder)
    print(f"{course.root}: {', '.join(course.assignments)}. Its settings are in course.toml.")


def opened(options: argparse.Namespace) -> Course:
    """The course, and which masters and checks it uses."""
    course = Course(options.course)
    print(course.whose())
    course.master(options.assignment)
    return course


def release(options: argparse.Namespace) -> None:
    """Student versions."""
    print("For your students:", grading.release(opened(options), options.assignment))


def gather(options: argparse.Namespace) -> None:
    """Collecting."""
    collect(opened(options), options.assignment, options.path, options.times)


def marks(options: argparse.Namespace) -> None:
    """Hand-marked answers."""
    course = opened(options)
    if options.template:
        print(f"{template(course, options.assignment, options.file)} answers to mark: {options.file}")
    else:
        print(f"{enter(course, options.assignment, options.file)} answers marked")


def overview(options: argparse.Namespace) -> None:
    """The report."""
    text, page = report(opened(options), options.assignment)
    print(f"\n{text}\n\nAs a page: {page}")


def scores(options: argparse.Namespace) -> None:
    """Scores for a platform."""
    written = export(
        opened(options),
        options.assignment,
        options.to,
        options.fill,
        options.output,
        options.column,
        options.partial,
    )
    print("Scores:", written)


def run(options: argparse.Namespace) -> None:
    """Grading."""
    course = opened(options)
    if not options.unsandboxed:
        sandbox.require()
    grading.grade(course, options.assignment, not options.unsandboxed, options.scheduler, options.workers)


def pages(options: argparse.Namespace) -> None:
    """Feedback pages."""
    print("Feedback:", feedback.write(opened(options), options.assignment))


if __name__ == "__main__":
    sys.exit(main())

"""python -m grader: the teacher's commands, one for each thing to do."""

import argparse
import sys

from grader import feedback, grading, sandbox
from grader.course import Course, CourseError, init


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 after a sentence that says what is wrong."""
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
    grade = in_course("grade", run, "grade what was collected")
    grade.add_argument("--scheduler", default="", metavar="ADDRESS", help="a Dask scheduler to grade on")
    grade.add_argument("--workers", type=int, help="processes on this machine (default: its cores)")
    grade.add_argument(
        "--unsandboxed",
        action="store_true",
        help="run students' code with your own rights: it can read and delete your files",
    )
    in_course("feedback", pages, "make a feedback page for each student")
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

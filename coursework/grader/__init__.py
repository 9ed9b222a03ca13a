"""Making, collecting and grading the book's assignments: nbgrader, with a sandbox and checks outside it."""

from grader.checks import Bug as Bug

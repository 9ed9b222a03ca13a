"""Tables as spreadsheets and learning platforms write them, read and written without surprises."""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import CourseError


@dataclass
class Sheet:
    """A CSV file: its lines, the first of which names the columns. ``delimiter`` is a comma or what a locale makes."""

    path: Path
    lines: list[list[str]]
    delimiter: str = ","

    @classmethod
    def read(cls, path: Path) -> "Sheet":
        """Raises CourseError for what is not a table in UTF-8."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            head = text.partition("\n")[0]
            delimiter = max(",;\t", key=head.count)
            lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CourseError(f"{path} is not a CSV file in UTF-8 that can be read ({error})") from None
        if not lines:
            raise CourseError(f"{path} is empty")
        return cls(path, lines, delimiter)

    @property
    def columns(self) -> list[str]:
        """Their names."""
        return [name.strip() for name in self.lines[0]]

    def rows(self, *columns: str) -> Iterator[tuple[int, list[str]]]:
        """The cells of these columns, with the number of each line. Raises CourseError for a missing column."""
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise CourseError(f"{self.path} needs the columns {', '.join(columns)}; {', '.join(missing)} is missing")
        places = [self.columns.index(name) for name in columns]
        for number, line in enumerate(self.lines[1:], start=2):
            if any(cell.strip() for cell in line):
                yield number, [line[place].strip() if place < len(line) else "" for place in places]

    def write(self, path: Path) -> None:
        """Write it, with every cell harmless."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=self.delimiter)
            writer.writerows([harmless(cell) for cell in line] for line in self.lines)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula. A number stays one, and so does a lone sign."""
    if re.match(r"\s*[=+\-@]|[\t\r]", cell) and not re.fullmatch(r"[+-]?[\d.,]*%?", cell):
        return f"'{cell}"
    return cell


def participant(identifier: str) -> str:
    """The number in Moodle's "Participant 1234567", in any language."""
    number = re.search(r"\d+$", identifier.strip())
    return number[0] if number else identifier.strip()


def number(text: str) -> float | None:
    """A number with a point or a comma; None for anything else."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def points(score: float) -> str:
    """At most two decimals."""
    return f"{score:.2f}".rstrip("0").rstrip(".")

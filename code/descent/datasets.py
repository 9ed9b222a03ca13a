"""Loads and checks the tables in data/."""

import csv
import gzip
import hashlib
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from descent.arguments import array, check_finite, shown

__all__ = ["Table", "load_blood_test", "load_digits", "load_parity"]

_PACKAGE = Path(__file__).parent
# A wheel carries its own copy of data/; a checkout has it at the top.
_FOLDERS = (_PACKAGE / "data", _PACKAGE.parents[1] / "data")
DATA = next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])

BLOOD_TEST = ("WBC", "RBC", "HGB", "HCT", "MCV", "MCH", "MCHC", "PLT", "LYMPH", "NEUTP", "MONOP")
BLOOD_TEST_SHA256 = "3fa8296febdae8eeaedcad2748004ed7de848e8b168c3b688a5b4e5159984f1d"
DIGITS_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
_NUMBER = re.compile(r" *[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)? *", re.ASCII | re.IGNORECASE)  # float takes 1_0 for 10
OTHER_UNITS = ("MCV", "NEUTP")  # of row 1: ten times the numbers of rows 2–39


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of numbers: ``values`` has shape ``(rows, columns)``; ``table["HGB"]`` is a column.

    ``note`` says what was changed since it was read.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    note: str = "as printed"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", check_finite("values", array("values", self.values)))
        if not isinstance(self.columns, tuple) or not all(isinstance(name, str) for name in self.columns):
            raise TypeError(f"columns must be a tuple of names, got {shown(self.columns)}")
        if self.values.ndim != 2 or not len(set(self.columns)) == len(self.columns) == self.values.shape[1]:
            raise ValueError(
                f"columns must be different names, one for each column of values, shape {self.values.shape}, "
                f"got {shown(self.columns)}"
            )

    def __getitem__(self, name: str) -> np.ndarray:
        if not isinstance(name, str) or name not in self.columns:
            raise KeyError(f"column must be one of {', '.join(self.columns)}, got {shown(name)}")
        return self.values[:, self.columns.index(name)]

    def __len__(self) -> int:
        return len(self.values)

    def without(self, name: str) -> "Table":
        """The table without one column: the inputs, when that column is the target."""
        self[name]
        keep = [i for i, column in enumerate(self.columns) if column != name]
        return Table(tuple(self.columns[i] for i in keep), self.values[:, keep], self.note)


def load_blood_test(mend_units: bool = False, path: Path | str | None = None) -> Table:
    """The 39 × 11 blood tests; data/README.md describes the columns.

    Row 1 is printed in other units than the rest: its MCV and NEUTP are ten times as large. With
    ``mend_units=True`` the two numbers are divided by 10, and the table's ``note`` says so. ``path`` reads
    another file with the same columns.

    Raises FileNotFoundError for a missing file, and ValueError, naming row and column, for one that is damaged.
    """
    if mend_units and path is not None:
        raise ValueError("mend_units is for the book's own table: it can't be combined with path")
    if not isinstance(path, (str, Path, type(None))):
        raise TypeError(f"path must be a text or a pathlib.Path, got {shown(path)}")
    file = Path(path) if path is not None else DATA / "blood_test.csv"
    if not os.path.isfile(file):  # Path.is_file raises for a name that is too long
        raise FileNotFoundError(f"the blood tests are missing: there is no file {file}")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file.name} must be text in UTF-8, got byte {error.object[error.start]:#x}") from None
    table = Table(BLOOD_TEST, _numbers(file.name, text, BLOOD_TEST))
    if path is None:
        if len(table) != 39:
            raise ValueError(f"{file.name} must have 39 rows, got {len(table)}")
        if hashlib.sha256(text.encode()).hexdigest() != BLOOD_TEST_SHA256:
            raise ValueError(f"{file.name} is not the table of this book: a number was changed; restore it with git")
    if not mend_units:
        return table
    values = table.values.copy()
    changes = []
    for name in OTHER_UNITS:
        column = BLOOD_TEST.index(name)
        values[0, column] = round(values[0, column] / 10, 3)
        changes.append(f"{name} {table.values[0, column]} → {values[0, column]}")
    return Table(BLOOD_TEST, values, f"row 1 mended, in the units of rows 2–39: {', '.join(changes)}")


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 handwritten digits: X, the ink of 8 × 8 pixels in [0, 1], and y, the digit.

    X has shape ``(1797, 64)``, row of pixels after row, y shape ``(1797,)``; data/README.md tells where they come from.
    Raises ValueError if the file is not the book's own.
    """
    packed = (DATA / "digits.csv.gz").read_bytes()
    if hashlib.sha256(packed).hexdigest() != DIGITS_SHA256:
        raise ValueError("digits.csv.gz is not the table of this book: it was changed; restore it with git")
    numbers = np.loadtxt(io.StringIO(gzip.decompress(packed).decode()), delimiter=",", dtype=int)
    return numbers[:, :-1] / 16, numbers[:, -1]


def load_parity() -> list[dict[str, str]]:
    """What the libraries do: a row for each rule and library, as `make parity` found it; see data/README.md."""
    with (DATA / "parity.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _numbers(file: str, text: str, columns: tuple[str, ...]) -> np.ndarray:
    try:
        rows = list(csv.reader(io.StringIO(text.rstrip(), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"{file} must be a table with commas: {error}") from None
    if not rows or tuple(rows[0]) != columns:
        got = ",".join(rows[0]) if rows else "nothing"
        raise ValueError(f"{file} must start with the columns {','.join(columns)}, got {got}")
    numbers = np.empty((len(rows) - 1, len(columns)))
    for i, row in enumerate(rows[1:]):
        if len(row) != len(columns):
            raise ValueError(f"{file}, row {i + 1}: must have {len(columns)} values, got {len(row)}")
        for j, cell in enumerate(row):
            numbers[i, j] = float(cell) if _NUMBER.fullmatch(cell) else np.nan
            if not np.isfinite(numbers[i, j]):
                raise ValueError(f"{file}, row {i + 1}, {columns[j]}: must be a finite number, got {shown(cell)}")
    if not len(numbers):
        raise ValueError(f"{file} has no rows")
    return numbers

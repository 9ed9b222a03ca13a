"""What an assignment needs on the student's side: a variant of their own."""

import hashlib

import numpy as np

from descent.arguments import text

__all__ = ["variant"]


def variant(student: str, assignment: str) -> np.random.Generator:
    """The random generator of one student in one assignment: the same draws on every machine, every time.

    Two students get different numbers of the same difficulty, since the assignment draws them from the same
    distribution. ``student`` and ``assignment`` are names; case and outer blanks of the student's don't count.

    Raises TypeError for what is not text, ValueError for a name that is empty.
    """
    for name, value in (("student", student), ("assignment", assignment)):
        if not text(name, value).strip():
            raise ValueError(f"{name} must not be empty, got {value!r}")
    key = hashlib.sha256(f"{student.strip().casefold()}\n{assignment}".encode()).digest()
    return np.random.default_rng(int.from_bytes(key))

"""Hidden checks: a student's function beside the right one and beside the well-known wrong ones.

A check is a short Python file, `checks/<grade_id>.py`, with

``asks``            the name in the student's notebook that is checked: a function, or a value
``case(rng)``       the arguments of one trial, drawn at random; lists and numbers only
``run(theirs, …)``  what is done with the student's object and the case; returns numbers, time first.
                    This function alone is sent into the sandbox, so it imports what it needs
``right``           what the student should have written
``bugs``            a list of `Bug`: what students write instead

and, where it wants them, ``trials`` (3) and ``tolerance`` (1e-8, relative). Where the answer follows from the
student's `variant`, a function ``answer(student)`` returns the pair (right, bugs) in place of the two constants. What
``run`` makes of the student's object is compared outside with what it makes of ``right``, step by step, and of every
bug.
"""

import ast
import html
import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

__all__ = ["Bug", "Check", "Finding", "cases", "driver", "load", "score", "tried"]

HALF = 0.5  # of the points is the most that a wrong path earns by its right steps


@dataclass(frozen=True)
class Bug:
    """A well-known wrong variant: what to write instead of the right object, what to say of it, where to read on.

    ``chapter`` is a page of the book and a label on it, ``worth`` the share of the points that it still earns.
    """

    wrong: Any
    name: str
    says: str
    chapter: str
    worth: float = 0.5


@dataclass(frozen=True)
class Check:
    """A check file, read."""

    asks: str
    case: Callable
    run: Callable
    answer: Callable[[str], tuple[Any, list[Bug]]]
    trials: int
    tolerance: float
    source: str


@dataclass
class Finding:
    """What a check found: a share of the points in [0, 1], what to tell the student, the name of the bug if known."""

    share: float
    says: str
    bug: str = ""
    chapter: str = ""
    shows: list[str] = field(default_factory=list)

    def html(self, points: float, link: Callable[[str], str]) -> str:
        """For the feedback page; `link` turns a chapter into an address, or into "" where it has none."""
        address = link(self.chapter) if self.chapter else ""
        where = f'<a href="{html.escape(address)}">Read on in the book.</a>' if address else html.escape(self.chapter)
        parts = [f"<p><strong>{points:g} points.</strong> {html.escape(self.says)} {where}</p>"]
        parts += [f"<pre>{html.escape(text)}</pre>" for text in self.shows]
        return "\n".join(parts)


def load(source: str, name: str) -> Check:
    """The check in the text of its file. Raises ValueError, naming file and part, where something is missing."""
    module = ModuleType(name)
    exec(compile(source, f"checks/{name}.py", "exec"), module.__dict__)
    given = vars(module)
    parts = ["asks", "case", "run"] + ([] if "answer" in given else ["right", "bugs"])
    missing = [part for part in parts if part not in given]
    if missing:
        raise ValueError(f"checks/{name}.py must define {', '.join(missing)}")
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    if "run" not in functions:
        raise ValueError(f"checks/{name}.py must define run as a function")
    return Check(
        given["asks"],
        given["case"],
        given["run"],
        given.get("answer") or (lambda student: (given["right"], given["bugs"])),
        given.get("trials", 3),
        given.get("tolerance", 1e-8),
        ast.unparse(functions["run"]),
    )


def tried(source: str, name: str) -> None:
    """Raises ValueError, naming the file, where a check fails or does not give full marks to its own right answer."""
    try:
        check = load(source, name)
        trials = cases(check, 0)
        right, _ = check.answer("ada")
        found = score(check, trials, [_run(check, right, case).tolist() for case in trials], "ada")
    except Exception as error:  # whatever it does wrong
        raise ValueError(f"checks/{name}.py fails: {type(error).__name__}: {error}") from error
    if found.share < 1:
        raise ValueError(f"checks/{name}.py does not take its own right answer for right: {found.says}")


def cases(check: Check, seed: int) -> list[dict[str, Any]]:
    """The trials of one run: drawn from the seed, so that grading twice asks the same."""
    rng = np.random.default_rng(seed)
    drawn = [check.case(rng) for _ in range(check.trials)]
    return json.loads(json.dumps(drawn))  # as the sandbox will see them


def driver(check: Check, trials: list[dict[str, Any]], mark: str) -> str:
    """The cell that runs in the sandbox: one line, with `mark` before what came out of every trial.

    It is written at once, between two ends of lines, since a thread of the student's may be printing too; and it
    leaves no name behind: the student's own `run` is used again further down.
    """
    body = [
        "import json, numpy",
        check.source,
        "def told(case):",
        "    try:",
        "        with numpy.errstate(all='ignore'):",
        f"            return numpy.asarray(run({check.asks}, **case), dtype=float).tolist()",
        "    except Exception as error:",
        "        return f'{type(error).__name__}: {error}'[:500]",
        f"answers = [told(case) for case in json.loads({json.dumps(trials)!r})]",
        f"line = {mark!r} + json.dumps([str(globals().get('STUDENT', ''))[:100], answers])",
        r"print(f'\n{line}\n', end='')",
    ]
    return "\n".join(["def _check():", textwrap.indent("\n".join(body), "    "), "_check()", "del _check"])


def score(check: Check, trials: list[dict[str, Any]], told: Any, student: str) -> Finding:
    """Compare what the sandbox told with the right path and the known wrong ones, trial by trial."""
    if not isinstance(told, list) or len(told) != len(trials):
        return Finding(0, f"There is no answer: {check.asks} was not reached, or printed too much.")
    for answer in told:
        if isinstance(answer, str):
            return Finding(0, f"Calling {check.asks} stopped with an error.", shows=[answer])
    rightly, bugs = check.answer(student)
    right = [_run(check, rightly, case) for case in trials]
    try:
        theirs = [np.asarray(answer, dtype=float) for answer in told]
    except (TypeError, ValueError, OverflowError):
        return Finding(0, f"{check.asks} must give numbers.")
    if _same(theirs, right, check.tolerance):
        return Finding(1, "Right, at every step.")
    agree = [_steps_that_agree(a, b, check.tolerance) for a, b in zip(theirs, right, strict=True)]
    worst = int(np.argmin([steps / len(np.atleast_1d(truth)) for steps, truth in zip(agree, right, strict=True)]))
    path, truth, steps = theirs[worst], right[worst], agree[worst]
    share = HALF * steps / len(np.atleast_1d(truth))
    misshapen = [(a.shape, b.shape) for a, b in zip(theirs, right, strict=True) if a.shape != b.shape]
    shows = [] if misshapen else [_first_difference(path, truth, steps)]
    for bug in bugs:
        if _same(theirs, [_run(check, bug.wrong, case) for case in trials], check.tolerance):
            return Finding(max(share, bug.worth), bug.says, bug.name, bug.chapter, shows)
    if misshapen:
        return Finding(share, "{} gave an array of shape {}; expected is {}.".format(check.asks, *misshapen[0]))
    return Finding(share, f"{check.asks} is not right yet, and it is none of the well-known mistakes.", shows=shows)


def _run(check: Check, thing: Any, case: dict[str, Any]) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(check.run(thing, **case), dtype=float)


def _same(paths: list[np.ndarray], truths: list[np.ndarray], tolerance: float) -> bool:
    """Whether all trials agree, from the first step to the last."""
    return all(
        path.shape == truth.shape and _steps_that_agree(path, truth, tolerance) == len(np.atleast_1d(truth))
        for path, truth in zip(paths, truths, strict=True)
    )


def _steps_that_agree(path: np.ndarray, truth: np.ndarray, tolerance: float) -> int:
    """How many entries along time are right before the first that is wrong; the paths may differ in length."""
    path, truth = np.atleast_1d(path), np.atleast_1d(truth)
    if path.shape[1:] != truth.shape[1:]:
        return 0
    size = np.abs(truth)
    scale = np.fmax(size, 1e-3 * np.max(size, initial=0, where=np.isfinite(size)))
    length = min(len(path), len(truth))
    path, truth, scale = path[:length], truth[:length], scale[:length]
    with np.errstate(invalid="ignore"):
        near = (path == truth) | (np.abs(path - truth) <= tolerance * scale) & np.isfinite(truth)
    near |= np.isnan(path) & np.isnan(truth)
    wrong = ~near.reshape(length, np.prod(path.shape[1:], dtype=int)).all(axis=1)
    return int(np.argmax(wrong)) if wrong.any() else length


def _first_difference(path: np.ndarray, truth: np.ndarray, step: int) -> str:
    path, truth = np.atleast_1d(path), np.atleast_1d(truth)
    with np.printoptions(precision=6, threshold=12):
        where = f"entry {step} (counted from 0)" if len(truth) > 1 else "the value"
        return f"{where}\nyours     {path[step]}\nexpected  {truth[step]}"

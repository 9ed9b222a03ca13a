"""Mutation testing of the package's core: `make mutants` changes it in one place at a time; some test must fail.

Cosmic Ray makes the mutants and keeps what became of them in a session for each file, so that an interrupted run
goes on where it was. Each is tried on a copy of the package, in a forked process that has the libraries loaded.
What survives must stand in survivors.toml with the reason, and what stands there must survive.
"""

import gc
import hashlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import tomllib
from collections import Counter
from contextlib import closing
from difflib import ndiff
from pathlib import Path

import hypothesis
import py_mini_racer  # noqa: F401  # loaded once here, and not again for every mutant
import pytest
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

import descent.lab.script  # noqa: F401  # loads all that the package needs

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "code" / "descent"
SESSIONS = ROOT / ".mutants_cache"
SURVIVORS = Path(__file__).with_name("survivors.toml")
# On numbers these raise at once, whatever the tests say.
NO_MUTANT = re.compile(
    "core/ReplaceBinaryOperator_(Add|Sub|Mul|Div|FloorDiv|Mod|Pow)_(LShift|RShift|BitAnd|BitOr|BitXor)"
)
SECONDS = 60  # of processor time, so that an endless loop ends, and a busy machine ends nothing
BYTES = 2**31  # of memory
BROKEN = 99  # the exit code of a process that did not come to run the tests

PAPER = "test_the_first_three_steps_are_those_on_paper"
# The tests that a file's mutants meet, those that kill most of them first.
TESTS = {
    "path.py": ["test_path.py", "test_grid.py", "test_sources.py", f"test_rules.py::{PAPER}"],
    "sources.py": ["test_sources.py", "test_path.py"],
    "trace.py": ["test_trace.py", "test_surfaces.py"],
    "render/latex.py": ["test_render.py"],
    "render/javascript.py": ["test_javascript.py"],
    "rules/*.py": ["test_rules.py", "test_recorded.py", "test_grid.py", "test_laws.py"],
}
OPTIONS = [
    *("-x", "-q", "--no-header", "--tb=line", "--assert=plain", "-p", "no:cacheprovider"),
    *("-p", "_hypothesis_pytestplugin", "--hypothesis-profile=mutants"),
    "--deselect=tests/test_javascript.py::test_whole_paths_are_the_same_where_rounding_does_not_decide",  # slow
]
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
hypothesis.settings.register_profile(  # a few examples, and no search for the simplest that fails
    "mutants", max_examples=5, deadline=None, derandomize=True, database=None, phases=[hypothesis.Phase.generate]
)


def mutated(source: str, mutation: MutationSpec) -> str:
    """The source with one mutation in it."""
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    return mutate_code(source, operator, mutation.occurrence)


def change(source: str, mutation: MutationSpec) -> str:
    """What a mutation does, in the words of survivors.toml: the old lines → the new ones."""
    lines = list(ndiff(source.splitlines(), mutated(source, mutation).splitlines()))
    old, new = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return f"{old} → {new}".strip()


def try_out(path: Path, source: str, tests: list[str], folder: Path) -> int:
    """Start a process that runs the tests on the package with `source` in place of one file; return its id."""
    folder.mkdir()
    if child := os.fork():
        return child
    verdict = BROKEN
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to hear
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream.fileno())
        sys.dont_write_bytecode = True
        shutil.copytree(PACKAGE, folder / "descent")
        (folder / "descent" / path.relative_to(PACKAGE)).write_text(source, encoding="utf-8")
        sys.path.insert(0, str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "descent"]:
            del sys.modules[name]
        verdict = pytest.main([*OPTIONS, *(f"tests/{test}" for test in tests)])
    finally:
        os._exit(verdict)


def survived(status: int, folder: Path) -> bool:
    """Whether a process ended with all tests passed; RuntimeError if it didn't come to test anything."""
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, 1, 2, 4):  # 2 and 4: the tests can't be imported
        raise RuntimeError("the tests could not be run:\n" + (folder / "output").read_text(encoding="utf-8"))
    return status == 0


def try_all(path: Path, items: list[WorkItem], tests: list[str], folder: Path, db: WorkDB) -> None:
    """Try mutants of a file, as many at once as there are processors."""
    source = path.read_text(encoding="utf-8")
    left = sorted(items, key=lambda item: item.mutations[0].start_pos, reverse=True)
    running: dict[int, WorkItem] = {}
    try:
        while left or running:
            while left and len(running) < len(os.sched_getaffinity(0)):
                item = left.pop()
                running[try_out(path, mutated(source, item.mutations[0]), tests, folder / item.job_id)] = item
            child, status = os.wait()
            item = running.pop(child)
            alive = survived(status, folder / item.job_id)
            outcome = TestOutcome.SURVIVED if alive else TestOutcome.KILLED
            db.set_result(item.job_id, WorkResult(WorkerOutcome.NORMAL, test_outcome=outcome))
            if alive:
                print(f"  {change(source, item.mutations[0])}", flush=True)
            shutil.rmtree(folder / item.job_id)
    finally:
        for child in running:
            os.kill(child, signal.SIGKILL)


def forget_survivors(session: Path, tests: list[str]) -> None:
    """What survived the tests may not survive those that have changed since."""
    changed = max((ROOT / "tests" / test.partition("::")[0]).stat().st_mtime for test in tests)
    if changed > session.stat().st_mtime:
        with closing(sqlite3.connect(session)) as connection, connection:
            connection.execute("DELETE FROM work_results WHERE test_outcome = 'SURVIVED'")


def survivors_of(path: Path, tests: list[str], folder: Path) -> tuple[int, list[str]]:
    """How many mutants a file has, and the changes that survive; tries what has no result yet."""
    print(path.relative_to(PACKAGE), flush=True)
    source = path.read_text(encoding="utf-8")
    session = SESSIONS / f"{path.stem}-{hashlib.sha256(source.encode()).hexdigest()[:12]}.sqlite"
    with use_db(session) as db:
        if db.num_work_items:
            forget_survivors(session, tests)
        else:
            init([path], db, {})
        items = [item for item in db.work_items if not NO_MUTANT.fullmatch(item.mutations[0].operator_name)]
        done = dict(db.results)
        if left := [item for item in items if item.job_id not in done]:
            unchanged = folder / path.stem
            _, status = os.waitpid(try_out(path, source, tests, unchanged), 0)
            if not survived(status, unchanged):
                sys.exit("the tests fail without a mutant:\n" + (unchanged / "output").read_text(encoding="utf-8"))
            try_all(path, left, tests, folder, db)
        done = dict(db.results)
        return len(items), [change(source, item.mutations[0]) for item in items if not done[item.job_id].is_killed]


def main() -> None:
    """Try what has no result yet; fail if the survivors aren't those that are listed."""
    SESSIONS.mkdir(exist_ok=True)
    gc.freeze()  # forked processes share what is loaded, and leave it alone
    total, alive, listed = 0, Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for pattern, tests in TESTS.items():
            for path in sorted(PACKAGE.glob(pattern)):
                count, changes = survivors_of(path, tests, Path(folder))
                total += count
                alive.update(f"{path.relative_to(PACKAGE)}: {text}" for text in changes)
    for group in tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))["survivors"]:
        for name, changes in group["mutants"].items():
            listed.update(f"{name}: {text}" for text in changes)
    print(f"{total - alive.total()} of {total} mutants are killed, {1 - alive.total() / total:.1%}")
    for text in alive - listed:
        print(f"survives, and is not in {SURVIVORS.name}: {text}")
    for text in listed - alive:
        print(f"does not survive, and is in {SURVIVORS.name}: {text}")
    sys.exit(alive != listed)


if __name__ == "__main__":
    main()

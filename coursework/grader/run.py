"""One submission: run in the sandbox, checked outside it. Plain data in, plain data out, so any machine can do it."""

import asyncio
import hashlib
import json
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from subprocess import DEVNULL
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from grader import checks, sandbox
from grader.sandbox import MB, Limits


@dataclass(frozen=True)
class Submission:
    """A student's notebook, its locked cells restored, with the checks to run on it.

    ``student`` is whom it was collected from, ``name`` what the notebook should have in STUDENT, "" if nobody knows.
    ``checks`` maps a cell's grade_id to the text of its check, ``secret`` makes the trials unpredictable for students,
    and ``digest`` names this version of notebook and checks: the same digest is graded the same.
    """

    student: str
    name: str
    notebook: str
    checks: dict[str, str]
    secret: str
    digest: str
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True


@dataclass
class Graded:
    """What came of it: the notebook as it ran, a finding per check, its STUDENT, what stopped it (if so), seconds."""

    notebook: str
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: str = ""
    stopped: str = ""
    seconds: float = 0.0


def grade(submission: Submission) -> Graded:
    """Run every cell, ask every check, and score what was told outside the sandbox."""
    start = time.perf_counter()
    notebook = nbformat.reads(submission.notebook, 4)
    loaded = {name: checks.load(text, name) for name, text in submission.checks.items()}
    mark = hashlib.sha256(f"{submission.secret} {submission.digest} mark".encode()).hexdigest()
    trials, shown = {}, {}
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in loaded and cell.cell_type == "code" and name not in shown:
            version = submission.digest.split()[0]  # of the notebook: a corrected check asks the same again
            seed = hashlib.sha256(f"{submission.secret} {version} {name}".encode()).digest()
            trials[name] = checks.cases(loaded[name], int.from_bytes(seed))
            shown[name] = cell.source
            cell.source = checks.driver(loaded[name], trials[name], mark)
    stopped = asyncio.run(_execute(notebook, submission.limits, submission.sandboxed))
    findings, claims = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [kept for output in cell.outputs if (kept := _kept(output))]
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in shown and cell.cell_type == "code":
            said, told = _told(cell, mark)
            claims = said or claims
            student = submission.name or claims or submission.student
            findings[name] = asdict(checks.score(loaded[name], trials[name], told, student))
            cell.source = shown[name]  # the public check: neither the trials nor the hidden run are shown
            cell.outputs = []
    return Graded(writable(nbformat.writes(notebook)), findings, claims, stopped, time.perf_counter() - start)


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader; "" where it has none."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _told(cell: NotebookNode, mark: str) -> tuple[str, Any]:
    """What the driver printed: STUDENT, and the answers; "" and None where nothing can be read."""
    text = "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")
    lines = re.findall(rf"^{mark}(.*)$", text, re.M)
    with suppress(ValueError, RecursionError, TypeError, IndexError):
        claims, answers = json.loads(lines[-1])
        answers = [writable(one)[:500] if isinstance(one, str) else one for one in answers]
        return writable(str(claims))[:100], answers
    return "", None


def _kept(output: NotebookNode) -> NotebookNode | None:
    """An output as text and pictures, without metadata; None for what the kernel should not have sent."""
    try:
        nbformat.validate(output, output.output_type, version=4)
    except (nbformat.ValidationError, RecursionError):
        return None
    if "data" in output:
        output.metadata = {}
        output.data = {kind: text for kind, text in output.data.items() if isinstance(text, str)}
    if "execution_count" in output:
        output.execution_count = None
    return output


def writable(text: str) -> str:
    """The text without halves of characters, which JSON can hold and a file cannot."""
    return text.encode("utf-8", "replace").decode()


class _Client(NotebookClient):
    """Runs the cells and stops a notebook that prints more than it may."""

    output_limit: int
    watchdog: sandbox.Watchdog | None = None
    printed = 0

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> Any:
        self.printed += len(str(msg["content"])) + sum(map(len, msg["buffers"]))
        if self.printed > self.output_limit:
            if self.watchdog:
                self.watchdog.kill(f"it printed more than {self.output_limit // MB} MB")
            return None
        return super().process_message(msg, cell, cell_index)


async def _execute(notebook: NotebookNode, limits: Limits, sandboxed: bool) -> str:
    """Run all cells in place; returns why it was stopped, "" if it was not."""
    with sandbox.kernel(limits, sandboxed) as manager:
        client = _Client(
            notebook,
            km=manager,
            timeout=limits.cell,
            interrupt_on_timeout=True,
            error_on_timeout={
                "ename": "Timeout",
                "evalue": "",
                "traceback": [f"It ran for more than {limits.cell:g} s."],
            },
            allow_errors=True,
            record_timing=False,
            shutdown_kernel="immediate",
            iopub_timeout=4,
        )
        client.output_limit = limits.output * MB
        reason, clock = "", asyncio.timeout(limits.total)
        try:
            async with clock, client.async_setup_kernel(stdout=DEVNULL, stderr=DEVNULL):
                watchdog = client.watchdog = sandbox.Watchdog(manager, limits)
                try:
                    for index, cell in enumerate(notebook.cells):
                        start = time.monotonic()
                        await client.async_execute_cell(cell, index)
                        if time.monotonic() - start >= limits.cell:
                            reason = f"a cell ran for more than {limits.cell:g} s and was interrupted"
                finally:
                    watchdog.stop()
        except sandbox.NoSandboxError:
            raise
        except Exception as error:  # a student's code can send any message, and nbclient believes them all
            if clock.expired():
                reason = f"it ran for more than {limits.total:g} s"
            elif isinstance(error, DeadKernelError):
                reason = "its kernel died"
            else:
                reason = f"its kernel sent messages that make no sense, or none ({type(error).__name__})"
        finally:
            if client.watchdog:
                client.watchdog.kill("")
        return (client.watchdog.reason if client.watchdog else "") or reason


def digest(*parts: str | bytes) -> str:
    """A name for this version of these texts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return whole.hexdigest()

"""What the grader promises, kept against submissions that try to break it: one class, graded once.

Needs Linux with bubblewrap. Every attack stands in task `second` of a notebook that is right otherwise, so that what
it costs or gains is seen in `first` and `third`, and in the submissions beside it.
"""

import ast
import copy
import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest

from grader import feedback, grading
from grader.__main__ import main
from grader.course import Course

CANARY = "canary-5b1c9d"
SECRET = "MARMALADE"  # an environment variable of the teacher
NAMES = ("first", "second", "third")
RIGHT = {
    "first": "def first(values):\n    return np.cumsum(values)",
    "second": "def second(values):\n    return np.maximum.accumulate(values)",
    "third": "def third(values):\n    return np.cumsum(values) / np.arange(1, len(values) + 1)",
}
CHECK = '''"""{canary}"""
import numpy as np
from grader import Bug
asks = "{name}"
def case(rng):
    return {{"values": rng.normal(size=20).tolist()}}
def run({name}, values):
    import numpy as np
    return {name}(np.array(values))
{solution}
right = {name}
bugs = [Bug(lambda values: 2 * right(values), "twice", "It is twice as large.", "05-averages.html#averages")]
'''
LIMITS = """
[limits]
cell = 3
total = 10
memory = 500
processes = 40
file = 8
output = 1
"""


# ------------------------------------------------------------------ a small course


def graded_cell(name, source, **says):
    make = nbformat.v4.new_markdown_cell if says.pop("prose", False) else nbformat.v4.new_code_cell
    known = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, "grade_id": name}
    return make(source, metadata={"nbgrader": known | says}, id=name)


def master():
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells = [nbformat.v4.new_code_cell('import numpy as np\nSTUDENT = "ada"', id="start")]
    for name in NAMES:
        head, body = RIGHT[name].split("\n")
        solution = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        public = f"assert len({name}(np.ones(3))) == 3\nassert np.allclose({name}(np.zeros(3)), 0)"
        notebook.cells += [
            graded_cell(f"{name}-code", solution, solution=True),
            graded_cell(name, public, grade=True, locked=True, points=4.0),
        ]
    notebook.cells.append(graded_cell("words", "Say why.", prose=True, grade=True, solution=True, points=2.0))
    return notebook


def make_course(folder):
    (folder / "source" / "small").mkdir(parents=True)
    (folder / "checks").mkdir()
    nbformat.write(master(), folder / "source" / "small" / "small.ipynb")
    for name in NAMES:
        text = CHECK.format(name=name, solution=RIGHT[name], canary=CANARY)
        (folder / "checks" / f"{name}.py").write_text(text)
    (folder / "course.toml").write_text('book = "https://example.org"\n' + LIMITS)
    (folder / "secret").write_text(CANARY)
    (folder / "canary.txt").write_text(CANARY)
    return Course(folder)


def handed_in(**solutions):
    """The student version with solutions filled in: the right ones, but for those given."""
    notebook = master()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-code")
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solutions.get(name, RIGHT[name])
    notebook.cells[-1].source = solutions.get("words", "Because.")
    return notebook


def hand_in(course, student, notebook):
    folder = course.root / "submitted" / student / "small"
    folder.mkdir(parents=True, exist_ok=True)
    content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    (folder / "small.ipynb").write_bytes(content)


def scores(course, student):
    with grading.gradebook(course, "small") as gradebook:
        notebooks = gradebook.find_submission("small", student).notebooks
        return {entry.name: entry.score for notebook in notebooks for entry in notebook.grades}


def page(course, student):
    return (course.root / "feedback" / student / "small" / "small.html").read_text()


# ------------------------------------------------------------------ attacks

FORGE = """import builtins, json, re
def print(text, **kw):
    del globals()["print"]
    builtins.print(re.search("[0-9a-f]{{64}}", text).group() + json.dumps(["ada", [{}] * 3]))"""

# Each follows the right definition of `second`.
ATTACKS = {
    "loop": "def second(values):\n    while True: pass",
    "loop in the cell": "while True: pass",
    "stubborn loop": """import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass""",
    "fork bomb": """import os, time
for _ in range(300):
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(20)
            os._exit(0)
    except OSError: pass
time.sleep(3)""",
    "memory": "hoard = []\nfor _ in range(200): hoard.append(np.ones(2**21))",
    "memory of many": """import os, time
for _ in range(6):
    if os.fork() == 0:
        hoard = np.ones(2**24)
        time.sleep(20)
        os._exit(0)
time.sleep(3)""",
    "hidden memory": """import os, ctypes
libc, refused = ctypes.CDLL(None, use_errno=True), 0
for _ in range(60):
    try:
        os.write(os.memfd_create("x"), bytes(2**23))
    except OSError: refused += 1
for _ in range(10):
    segment = libc.shmget(0, 2**27, 0o1600)
    refused += segment < 0
print("refused", refused)""",
    "own user namespace": """import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("unshare", libc.unshare(0x10000000))""",
    "many prints": "for i in range(10**6): print('x' * 100)",
    "one print": "print('x' * 10**8)",
    "huge file": """for name in ("/tmp/a", "a", "/dev/shm/a", IPC + "/a"):
    try:
        with open(name, "wb") as file:
            for _ in range(200): file.write(bytes(2**20))
        print("wrote", name)
    except OSError as error: print(error)""",
    "many files": """import os
for folder in ("/tmp", ".", "/dev/shm"):
    try:
        for i in range(200):
            with open(f"{folder}/{i}", "wb") as file: file.write(bytes(2**20))
        print("wrote", folder)
    except OSError as error: print(error)""",
    "files beside the sockets": """import os, time
try:
    for i in range(3000):
        with open(f"{IPC}/{i}", "wb") as file: file.write(bytes(2**12))
    print("wrote")
except OSError as error: print(error)
time.sleep(1)""",
    "unseen files beside the sockets": """import os, time
kept = []
try:
    for i in range(60):
        kept.append(os.open(IPC, os.O_TMPFILE | os.O_RDWR))
        os.write(kept[-1], bytes(2**20))
    print("wrote", i)
except OSError as error: print(error)""",
    "symlinks beside the sockets": """import os, time
for i in range(1, 6):
    try:
        os.unlink(f"{IPC}/k-{i}"); os.symlink("/etc/passwd", f"{IPC}/k-{i}")
    except OSError as error: print(error)
os.makedirs(f"{IPC}/a/b", exist_ok=True); os.symlink("/", f"{IPC}/a/b/root"); os.chmod(f"{IPC}/a", 0)""",
    "exit": "import os\nos._exit(0)",
    "exit in the hidden cell": "def second(values):\n    import os\n    os._exit(0)",
    "killed from within": "import os\nos.kill(-1, 9)",
    "reading": """import os, subprocess
from pathlib import Path
seen = []
for start in (HOME, COURSE, "/root", "/home", "/tmp", "/etc", "/run", "/var", "/work", "/mnt", "/opt", "/srv"):
    for folder, folders, files in os.walk(start):
        if folder in (sys.prefix, sys.base_prefix): folders.clear()
        for name in files:
            try:
                text = Path(folder, name).read_bytes()
                if CANARY[::-1].encode() in text: print("FOUND", folder, name, text)
            except OSError: pass
for process in Path("/proc").glob("[0-9]*"):
    for what in ("environ", "cmdline"):
        try: print(process, what, process.joinpath(what).read_bytes())
        except OSError: pass
    for link in process.glob("fd/*"):
        try: print(link, os.readlink(link))
        except OSError: pass
for path in (COURSE + "/checks/second.py", COURSE + "/gradebook.db", COURSE + "/submitted", "/proc/1/root" + COURSE):
    print(path, os.path.exists(path))
try:
    import grader
    print("FOUND grader")
except ImportError: pass""",
    "writing": """import os, sys
for name in (COURSE + "/written", HOME + "/written", "/written", "/usr/written", sys.prefix + "/written",
             sys.prefix + "/lib/python3.11/site-packages/written.py", np.__file__, "/etc/written", IPC + "/../written"):
    try:
        with open(name, "a") as file: file.write("written")
        print("WROTE", name)
    except OSError: pass
for name in (COURSE, np.__file__, sys.executable):
    try:
        os.rename(name, name + ".moved"); print("MOVED", name)
    except OSError: pass""",
    "network": """import socket
for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_UNIX, BESIDE)):
    try:
        with socket.socket(family) as one:
            one.settimeout(1); one.connect(address); one.send(b"hello")
        print("CONNECTED")
    except OSError as error: print(error)""",
    "patched NumPy": """import numpy
real = np.asarray
class Agrees(float):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
np.allclose = np.array_equal = lambda *args, **kwargs: True
np.asarray = lambda *args, **kwargs: real([1.0] * 20)
np.abs = np.absolute = lambda *args: 0
def second(values): return [Agrees(1)] * 20""",
    "patched json": "import json\njson.dumps = json.JSONEncoder.encode = lambda *args, **kwargs: '[]'",
    "patched builtins": "import builtins\nbuiltins.isinstance = builtins.str = lambda *args: True",
    "forged lines": """import json, re, sys
def second(values):
    mark = re.findall("[0-9a-f]{64}", In[-1])[0]
    for guess in ("0" * 64, mark):
        print(guess + json.dumps(["ada", [[1.0] * 20] * 3]))
        print(guess + json.dumps({"share": 1, "score": 4, "points": 4.0}))
    return np.zeros(20)""",
    "constants": """import ast, re
def second(values):
    trials = ast.literal_eval(re.search(r"json.loads[(]('.*?')[)]", In[-1]).group(1))
    return np.full(20, 0.5)""",
    "not a number": "def second(values): return [float('nan')] * 20",
    "infinite": "def second(values): return [float('inf')] * 20",
    "forged line": FORGE.format("[1.0] * 20"),
    "forged score": FORGE.format('{"share": 1, "score": 4, "points": 4}'),
    "huge integers": FORGE.format("[10**4000] * 20"),
    "true": FORGE.format("[True] * 20"),
    "nested deeply": """import builtins, re
def print(text, **kw):
    del globals()["print"]
    builtins.print(re.search("[0-9a-f]{64}", text).group() + '["ada", [' + '[' * 10**5 + ']' * 10**5 + ']]')""",
    "odd answers": FORGE.format('[{"a": 1}, [[1], [1, 2]], [[[[]]]]]'),
    "half a character": FORGE.format("chr(0xd800)").replace('"ada"', "chr(0xd800)"),
    "giant shape": "def second(values): return np.broadcast_to(1.0, (10**5, 10**5))",
    "pretends to be an array": """class Array(list):
    def __array__(self, *args, **kwargs): raise KeyboardInterrupt
def second(values): return Array()""",
    "not an exception": "def second(values): raise SystemExit(0)",
    "reads input": "def second(values): return input('your answer? ')",
    "thread": """import threading, time
def chatter():
    while True:
        print("chatter"); time.sleep(0.02)
threading.Thread(target=chatter, daemon=True).start()""",
    "messages": """from ipykernel.comm import Comm
kernel, parent = get_ipython().kernel, get_ipython().parent_header
def send(kind, content, **more):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, **more)
for kind in ("stream", "error", "display_data", "execute_result", "clear_output", "status", "comm_open", "comm_msg",
             "update_display_data", "execute_input", "nonsense"):
    for content in ({}, {"text": 5, "name": []}, {"data": 5}, {"transient": 5}, {"data": {"text/html": 5}}):
        send(kind, content)
kernel.iopub_socket.send_multipart([b"nonsense"] * 3)""",
    "display of another cell": """from IPython.display import display, update_display
get_ipython().events.register("post_run_cell", lambda *_: update_display("4.0", display_id="mine"))
display("none", display_id="mine")""",
    "heavy messages": """import time
kernel = get_ipython().kernel
frames = [bytes(2**21)] * 400
for _ in range(20): kernel.iopub_socket.send_multipart(frames)
time.sleep(2)""",
    "flood of messages": """kernel, parent = get_ipython().kernel, {"msg_id": "another"}
while True:
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x"}, parent=parent)""",
    "hook of the shell": """def run_cell(*args, **kwargs):
    print("4.0")
get_ipython().run_cell_async = None
get_ipython().run_cell = run_cell""",
    "scripts in outputs": """from IPython.display import display
evil = '<script>alert("EVIL")</script><img src=x onerror=alert("EVIL")>'
image = {"image/png": 'x" onerror="alert(1)'}
for kind in ("text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "application/javascript",
             "application/vnd.jupyter.widget-view+json", "application/json", "image/jpeg"):
    display({kind: evil}, raw=True)
display(image, raw=True, metadata={"image/png": {"width": "1 onerror=alert(1)", "alt": '" onerror=alert(1)'}})
print(evil)
raise ValueError(evil)""",
}
HARMLESS = {  # they leave the right definition as it was, and lose nothing by what else they do
    "loop in the cell",
    "memory",
    "own user namespace",
    "hidden memory",
    "one print",
    "huge file",
    "many files",
    "files beside the sockets",
    "unseen files beside the sockets",
    "symlinks beside the sockets",
    "killed from within",
    "reading",
    "writing",
    "network",
    "thread",
    "display of another cell",
    "flood of messages",
    "scripts in outputs",
}
LASTING = {  # what came before still counts; what comes after may not run
    "stubborn loop",
    "fork bomb",
    "memory of many",
    "many prints",
    "exit",
    "exit in the hidden cell",
    "patched NumPy",
    "patched json",
    "patched builtins",
    "messages",
    "heavy messages",
    "hook of the shell",
}


def without(notebook, *names):
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in names]


def named(notebook, name):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


EVIL = '"><script>alert("EVIL")</script>'


def copied(notebook):
    notebook.cells += [copy.deepcopy(named(notebook, name)) for name in ("third", "second-code", "words")]


def locked_changed(notebook):
    for name in NAMES:
        named(notebook, name).source = "pass"
        named(notebook, name).metadata.nbgrader.update(points=1000.0, locked=False)


def not_graded(notebook):
    named(notebook, "second").metadata.nbgrader.update(grade=False, solution=True, locked=False)


def a_solution(notebook):
    named(notebook, "second").metadata.nbgrader.update(solution=True, locked=False)
    named(notebook, "second").source = "second = first"


def swapped(notebook):
    a, b = named(notebook, "second-code"), named(notebook, "second")
    a.metadata, b.metadata = b.metadata, a.metadata


def prose(notebook):
    cell = named(notebook, "second")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def skipped(notebook):
    for name in NAMES:
        named(notebook, name).metadata.tags = ["skip-execution", "raises-exception"]


def odd_metadata(notebook):
    notebook.metadata.update(
        title=EVIL,
        language_info={"name": EVIL, "pygments_lexer": EVIL, "version": 3},
        widgets={"application/vnd.jupyter.widget-state+json": {"state": EVIL}},
    )
    for cell in notebook.cells:
        cell.metadata.update(magics_language=EVIL, tags=[EVIL], name=EVIL)
    entry = {"grade_id": EVIL, "comment": EVIL, "solution": True, "grade": False, "schema_version": 3, "locked": False}
    notebook.cells.append(nbformat.v4.new_code_cell("1", metadata={"nbgrader": entry, "magics_language": EVIL}))
    for value in (5, [], None, "x", {"grade_id": 5}, {"grade_id": []}, {"points": "x", "grade": True, "grade_id": "q"}):
        notebook.cells.append(nbformat.v4.new_code_cell("1", metadata={"nbgrader": value}))
    notebook.cells.append(nbformat.v4.new_raw_cell(EVIL, metadata={"raw_mimetype": "text/html"}))
    notebook.cells.append(nbformat.v4.new_markdown_cell(r"$\text{<script>alert(1)</script>}$ $\href{javascript:x}{y}$"))
    cell = nbformat.v4.new_markdown_cell(f"![x](attachment:x.png) {EVIL} [x](javascript:alert('EVIL'))")
    cell.attachments = {"x.png": {EVIL: EVIL}}
    notebook.cells.append(cell)
    notebook.cells.append(nbformat.v4.new_markdown_cell("half a character \ud800"))


def wrong_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata.language_info = {"name": "R"}


CHANGED = {  # how the notebook is changed, and what it is worth then
    "copied cells": (copied, 12),
    "a deleted check": (lambda notebook: without(notebook, "second"), 12),
    "a deleted task": (lambda notebook: without(notebook, "second", "second-code"), 8),
    "all deleted": (lambda notebook: notebook.cells.clear(), 0),
    "locked cells changed": (locked_changed, 12),
    "a check that is not graded": (not_graded, 12),
    "a check that is a solution": (a_solution, 12),
    "ids swapped": (swapped, 8),
    "a check that is prose": (prose, 12),
    "checks skipped": (skipped, 12),
    "odd metadata": (odd_metadata, 12),
    "wrong kernel": (wrong_kernel, 12),
}
UNREADABLE = {
    "not JSON": b"this is not JSON \x1b[31m",
    "empty": b"",
    "a list": b"[]",
    "not UTF-8": b"\xff\xfe\x00{",
    "too large": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5' + b" " * 30 * 2**20 + b"}",
    "too many cells": json.dumps(
        {
            "cells": [{"cell_type": "raw", "source": "", "metadata": {}}] * 200_000,
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    ).encode(),
    "too deep": b"[" * 10**6,
    "from the future": b'{"cells": [], "metadata": {}, "nbformat": 99, "nbformat_minor": 5}',
}


def old_format():
    """The same notebook as version 3 of the format had it."""
    cells = []
    for cell in handed_in().cells:
        new = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        if cell.cell_type == "code":
            new |= {"input": cell.source, "outputs": [], "language": "python", "collapsed": False, "prompt_number": 1}
        else:
            new |= {"source": cell.source}
        cells.append(new)
    return json.dumps(
        {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}
    ).encode()


# ------------------------------------------------------------------ the class


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course after everybody was graded, what connected to the listeners, what was told, the kernels' folder."""
    assert shutil.which("bwrap"), "this test needs bubblewrap"
    folder = tmp_path_factory.mktemp("course")
    canary = Path.home() / f".{CANARY}-{os.getpid()}"
    canary.write_text(CANARY)
    temporary = tmp_path_factory.mktemp("temporary")
    kept = os.environ.copy()
    os.environ |= {SECRET: CANARY, "TMPDIR": str(temporary)}  # as the workers find it
    listener = socket.create_server(("127.0.0.1", 0))
    beside = socket.socket(socket.AF_UNIX)
    beside.bind(f"\0grader-{os.getpid()}")
    beside.listen()
    connected = []
    for one in (listener, beside):
        threading.Thread(target=lambda one=one: connected.append(one.accept()), daemon=True).start()
    before = {
        "HOME": str(Path.home()),
        "COURSE": str(folder),
        "PORT": listener.getsockname()[1],
        "BESIDE": f"\0grader-{os.getpid()}",
    }
    course = make_course(folder)
    prelude = "".join(f"{name} = {value!r}\n" for name, value in before.items())
    prelude += f"CANARY = {CANARY[::-1]!r}\n"  # so that the notebook itself does not hold it
    prelude += "import json, sys\nfrom ipykernel.connect import get_connection_file\n"
    prelude += "IPC = json.load(open(get_connection_file()))['ip'].rpartition('/')[0]\n"
    try:
        for student in ("honest-a", "honest-m", "honest-z"):
            hand_in(course, student, handed_in())
        for name, attack in ATTACKS.items():
            hand_in(course, name, handed_in(second=f"{prelude}{RIGHT['second']}\n{attack}"))
        for name, (change, _) in CHANGED.items():
            notebook = handed_in()
            change(notebook)
            text = json.dumps(notebook)  # nbformat.writes would refuse some
            hand_in(course, name, text.encode())
        for name, content in UNREADABLE.items():
            hand_in(course, name, content)
        hand_in(course, "old format", old_format())
        told = []
        grading.grade(course, "small", workers=2, tell=told.append)
        feedback.write(course, "small")
        yield SimpleNamespace(course=course, connected=connected, told=told, temporary=temporary)
    finally:
        canary.unlink()
        os.environ.clear()
        os.environ |= kept
        listener.close()
        beside.close()


@pytest.mark.parametrize("student", ["honest-a", "honest-m", "honest-z"])
def test_honest_work_beside_attacks_keeps_its_points(graded, student):
    assert scores(graded.course, student) == {"first": 4, "second": 4, "third": 4, "words": 0}


@pytest.mark.parametrize("attack", sorted(ATTACKS.keys() - HARMLESS - LASTING))
def test_an_attack_costs_its_own_task_alone(graded, attack):
    found = scores(graded.course, attack)
    assert found["first"] == found["third"] == 4
    assert found["second"] < 4


@pytest.mark.parametrize("attack", sorted(LASTING))
def test_what_ran_before_counts_and_nothing_is_gained(graded, attack):
    found = scores(graded.course, attack)
    assert found["first"] == 4
    assert found["second"] == found["third"] == 0


@pytest.mark.parametrize("attack", sorted(HARMLESS))
def test_what_is_refused_costs_nothing(graded, attack):
    assert scores(graded.course, attack) == {"first": 4, "second": 4, "third": 4, "words": 0}


@pytest.mark.parametrize("student", CHANGED)
def test_a_changed_notebook_is_graded_as_the_released_one(graded, student):
    assert sum(scores(graded.course, student).values()) == CHANGED[student][1]


@pytest.mark.parametrize("student", UNREADABLE)
def test_what_cannot_be_read_costs_only_itself(graded, student):
    assert not any(scores(graded.course, student).values())
    assert "could not be graded" in page(graded.course, student)


def test_the_old_format_is_read(graded):
    assert sum(scores(graded.course, "old format").values()) == 12


def test_nothing_secret_is_seen(graded):
    course = graded.course
    made = [path for part in ("autograded", "graded", "feedback") for path in (course.root / part).rglob("*")]
    shown = [path for path in made if path.is_file() and CANARY in path.read_text(errors="replace")]
    assert not shown


def printed(course, student):
    notebook = nbformat.read(course.root / "autograded" / student / "small" / "small.ipynb", 4)
    return "".join(
        output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )


@pytest.mark.parametrize(
    "attack, says",
    [
        ("writing", "WROTE"),
        ("writing", "MOVED"),
        ("reading", "FOUND"),
        ("network", "CONNECTED"),
        ("huge file", "wrote"),
        ("many files", "wrote"),
        ("files beside the sockets", "wrote"),
        ("unseen files beside the sockets", "wrote"),
    ],
)
def test_it_did_not_get_through(graded, attack, says):
    assert says not in printed(graded.course, attack)


def test_nothing_connects(graded):
    assert not graded.connected


def test_memory_that_no_process_shows_is_refused(graded):
    assert "refused 70" in printed(graded.course, "hidden memory")
    assert "unshare -1" in printed(graded.course, "own user namespace")


def test_the_page_says_what_stopped_it(graded):
    for attack, says in {
        "fork bomb": "processes",
        "memory of many": "MB of memory",
        "many prints": "printed more than",
        "exit": "kernel died",
        "stubborn loop": "ran for more than",
    }.items():
        assert says in page(graded.course, attack), attack


class Dangers(HTMLParser):
    """The tags and attributes of a page that would run or fetch something."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        far = [given.get("src", "data:").startswith(("data:", "#")), given.get("href", "#").startswith(("#", "https:"))]
        if tag in ("script", "iframe", "object", "embed") or not all(far) or any(name[:2] == "on" for name in given):
            self.found.append((tag, given))


def test_no_script_of_a_student_reaches_the_page(graded):
    for student in (*ATTACKS, *CHANGED):
        text = page(graded.course, student)
        assert not Dangers(text).found, student
        assert "Content-Security-Policy" in text.partition("<style")[0]


def test_nothing_is_left(graded):
    """No process and no file of any kernel."""
    temporary = str(graded.temporary)
    commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if any(temporary in word for word in command)]
    assert not os.listdir(temporary)


def test_what_is_told_moves_no_cursor(graded):
    assert all(line.isprintable() for line in graded.told)


# ------------------------------------------------------------------ there and back


@pytest.fixture
def small(tmp_path):
    """A course with one right and one wrong submission."""
    course = make_course(tmp_path / "course")
    hand_in(course, "ada", handed_in())
    hand_in(course, "bo", handed_in(second=RIGHT["second"].replace("return", "return 2 *")))
    return course


def run_command(course, name, *more):
    assert main([name, "--course", str(course.root), "small", *more]) == 0


def pages(course):
    return {path.parts[-3]: path.read_bytes() for path in course.root.glob("feedback/*/*/*.html")}


def test_grading_twice_gives_the_same_scores_and_the_same_pages(small, capsys):
    for again in (False, True):
        run_command(small, "grade")
        run_command(small, "feedback")
        if not again:
            first = [scores(small, student) for student in ("ada", "bo")], pages(small)
            shutil.rmtree(small.root / "graded")
    assert ([scores(small, student) for student in ("ada", "bo")], pages(small)) == first
    run_command(small, "grade")
    assert "2 of 2 are graded already" in capsys.readouterr().out


def test_a_corrected_check_regrades_the_class_and_keeps_what_a_person_gave(small):
    run_command(small, "grade")
    with grading.gradebook(small, "small") as book:
        book.find_grade("words", "small", "small", "bo").manual_score = 1.5
        book.find_grade("words", "small", "small", "bo").needs_manual_grade = False
        book.find_comment("words", "small", "small", "bo").manual_comment = "Half of it."
        book.db.commit()
    assert scores(small, "bo") == {"first": 4, "second": 2, "third": 4, "words": 1.5}
    check = small.root / "checks" / "second.py"
    text = check.read_text().replace("It is twice as large.", "Half would do.")
    check.write_text(text.replace('#averages")', '#averages", 0.75)'))
    run_command(small, "grade")
    run_command(small, "feedback")
    assert scores(small, "bo") == {"first": 4, "second": 3, "third": 4, "words": 1.5}
    assert scores(small, "ada") == {"first": 4, "second": 4, "third": 4, "words": 0}
    assert "Half would do." in page(small, "bo") and "Half of it." in page(small, "bo")


def test_a_check_that_is_wrong_itself_costs_nobody_anything(small, capsys):
    check = small.root / "checks" / "second.py"
    check.write_text(check.read_text().replace("np.maximum", "np.nothing"))
    assert main(["grade", "--course", str(small.root), "small"]) == 1
    assert "checks/second.py fails" in capsys.readouterr().err
    assert not (small.root / "graded").exists()


def test_an_interrupted_class_goes_on_where_it_was(small):
    for student in ("cy", "dee"):
        hand_in(small, student, handed_in())
    command = [sys.executable, "-u", "-m", "grader", "grade", "--course", str(small.root), "--workers", "1", "small"]

    def listen():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which a shell's background jobs, and their children, ignore

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listen
    ) as process:
        first = []
        for line in process.stdout:
            first.append(line)
            if line.startswith("1/4"):
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to the workers too
    assert process.returncode == 130
    kept = {path.stem for path in small.root.glob("graded/small/*.json")}
    assert 1 <= len(kept) < 4
    second = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"{len(kept)} of 4 are graded already" in second
    told = [line.split()[1] for line in [*first, *second.splitlines()] if re.match(r"\d/\d", line)]
    assert sorted(told) == ["ada:", "bo:", "cy:", "dee:"]
    assert scores(small, "dee") == {"first": 4, "second": 4, "third": 4, "words": 0}


def test_the_known_mistakes_are_named_with_their_link_from_init_to_export(tmp_path):
    """Every bug of the check on Adam, handed in as a student would write it."""
    assert main(["init", str(tmp_path / "course")]) == 0
    settings = tmp_path / "course" / "course.toml"
    settings.write_text(settings.read_text().replace('book = ""', 'book = "https://example.org"'))
    course, name = Course(tmp_path / "course"), "5-adam"
    on_it = ["--course", str(course.root), name]
    assert main(["release", *on_it]) == 0
    source = course.check_files(["adam"])["adam"]
    variation = next(node for node in ast.parse(source).body if getattr(node, "name", "") == "variation")
    wrong = [node for node in ast.walk(ast.parse(source)) if getattr(getattr(node, "func", 0), "id", "") == "Bug"]
    for k, bug in enumerate(wrong):
        notebook = nbformat.read(course.root / "release" / name / f"{name}.ipynb", 4)
        named(notebook, "adam-code").source = f"{ast.unparse(variation)}\nadam = {ast.unparse(bug.args[0])}"
        path = course.submission(name, f"student-{k}")
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for command in ("grade", "feedback", "report"):
        assert main([command, *on_it]) == 0
    assert main(["export", *on_it, "--to", "canvas", "--partial"]) == 0
    for k, bug in enumerate(wrong):
        says, chapter = bug.args[1].value, bug.args[3].value
        text = (course.root / "feedback" / f"student-{k}" / name / f"{name}.html").read_text()
        assert html.escape(says) in text and f'href="https://example.org/chapters/{chapter}"' in text

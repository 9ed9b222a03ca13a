"""The teacher's commands, but for the running of notebooks: collecting, late work, marks, the report, the export."""

import csv
import datetime
import io
import json
import re
import shutil
import stat
import zipfile
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from grader import books, collect, feedback, grading, run, sandbox
from grader.books import standings
from grader.checks import Finding
from grader.course import Course, CourseError, Late, init, safe
from grader.export import export
from grader.marks import enter, template
from grader.report import report
from grader.sheets import Sheet, harmless

TASK = "5-adam"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def course(tmp_path):
    return init(tmp_path / "course")


@pytest.fixture
def archive(tmp_path):
    """Makes a zip of names and contents, in order; a name may be a ZipInfo."""

    def make(*members):
        path = tmp_path / "download.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
            for member in members:
                name, data = member if isinstance(member, tuple) else (member, NOTEBOOK)
                to.writestr(name, data)
        return path

    return make


def gather(course, path, **options):
    """Collects; returns who was taken, and what was told of each file."""
    lines = []
    taken = collect.collect(course, TASK, path, tell=lines.append, **options)
    return taken, dict(line.split(": ", 1) for line in lines if ": " in line)


def handed_in(course):
    """All that is in submitted/, by path."""
    folder = course.root / "submitted"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('book = ""', "book = 5", "book must be a text, got 5"),
        ('book = ""', 'pages = ""', "unknown setting pages"),
        ("[late]", "[later]", "unknown setting later"),
        ("per_day = 0.1", "per_day = nan", r"late.per_day must be a number in \[0, ∞\), got nan"),
        ("per_day = 0.1", "per_day = true", r"late.per_day must be a number in \[0, ∞\), got True"),
        ("memory = 1500", "memory = 1500.5", r"limits.memory must be a whole number in \[0, ∞\), got 1500.5"),
        ("grace = 15.0", "grade = 15.0", "late has grace, per_day, most, got 'grade'"),
        ("[deadlines]", '[deadlines]\n"5-adam" = "soon"', "deadlines.5-adam must be a moment with its zone"),
    ],
)
def test_a_setting_that_is_none_is_named(course, old, new, says):
    _set(course, old, new)
    with pytest.raises(CourseError, match=says):
        Course(course.root)


@pytest.mark.parametrize("name", ['a"b', "a\\b", "Übung"])
def test_a_course_is_named_after_its_folder(tmp_path, name):
    assert init(tmp_path / name).name == name


def test_a_course_is_made_in_an_empty_folder_only(tmp_path):
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(CourseError, match="is not an empty folder"):
            init(taken)


def test_a_roster_with_semicolons_is_read_and_one_without_its_columns_is_named(course):
    (course.root / "roster.csv").write_text("id;name\n1001;ada\n1002\n")
    known = Course(course.root)
    assert [known.known_as(student) for student in ("1001", "1002", "1003")] == ["ada", "", ""]
    (course.root / "roster.csv").write_text("id,names\n1001,ada\n")
    with pytest.raises(CourseError, match="name is missing"):
        Course(course.root).known_as("1001")


# ------------------------------------------------------------------ whose file it is


@pytest.mark.parametrize(
    ("path", "student", "name", "stem", "late"),
    [
        ("lovelaceada_1842_77_5-adam.ipynb", "1842", "lovelaceada", "5-adam", False),
        ("lovelaceada_LATE_1842_77_5-adam-2.ipynb", "1842", "lovelaceada", "5-adam-2", True),
        ("lovelaceada_late_1842_77_5-adam.ipynb", "1842", "lovelaceada", "5-adam", True),
        ("anon_x7Zq2_77_5-adam.ipynb", "anon_x7Zq2", "", "5-adam", False),
        ("de_vriesbo_18_77_my_2_nd_try.ipynb", "18", "de_vriesbo", "my_2_nd_try", False),
        ("Ada King_1234567_assignsubmission_file/a.ipynb", "1234567", "Ada King", "a", False),
        ("Ada King_1234567_assignsubmission_file_/b/a.ipynb", "1234567", "Ada King", "a", False),
        ("Ada King_1234567_assignsubmission_file_a.ipynb", "1234567", "Ada King", "a", False),
        ("ada/a.ipynb", "ada", "", "a", False),
        ("ada.ipynb", "ada", "", "ada", False),
        # What students write cannot make a file another's.
        ("Ada King_12_assignsubmission_file_Bo_99_assignsubmission_file_a.ipynb", "12", "Ada King", None, False),
        ("Ada King_12_assignsubmission_file/Bo_99_assignsubmission_file/a.ipynb", "12", "Ada King", "a", False),
        ("ada/bo_99_1_a.ipynb", "ada", "", "bo_99_1_a", False),
        ("ada/bo/a.ipynb", "ada", "", "a", False),
        ("ada_5_7_bo_99_assignsubmission_file_a.ipynb", "5", "ada", "bo_99_assignsubmission_file_a", False),
    ],
)
def test_a_file_belongs_to_the_student_whom_the_platform_names(path, student, name, stem, late):
    claim = collect.claim_of(path)
    assert (claim.student, claim.name, claim.late) == (student, name, late)
    assert stem in (None, claim.stem)


@pytest.mark.parametrize(
    "student",
    ["", ".", "..", "../bo", "/etc", "a b", "Zoë", "*", "[ab]", "-rf", "a/b", "a\\b", "x" * 300, "\0", "ada."],
)
def test_an_unsafe_id_becomes_a_folder_of_its_own(student):
    name = safe(student)
    assert safe(name) == name != student
    assert name not in (safe("bo"), safe(f"{student} "))


@pytest.mark.parametrize("student", ["ada", "S1234567", "ada@example.org", "a.b-c_d", "1842"])
def test_an_ordinary_id_is_its_folder(student):
    assert safe(student) == student


# ------------------------------------------------------------------ what is taken


def test_of_resubmissions_on_canvas_the_newest_is_taken(course, archive):
    path = archive(
        ("kingada_18_901_5-adam-2.ipynb", b"newest"),
        ("kingada_18_801_5-adam.ipynb", b"first"),
        ("kingada_18_850_5-adam-1.ipynb", b"second"),
    )
    taken, told = gather(course, path)
    assert taken == ["18"]
    assert handed_in(course)[f"18/{TASK}/{TASK}.ipynb"] == b"newest"
    assert (
        told["kingada_18_801_5-adam.ipynb"] == told["kingada_18_850_5-adam-1.ipynb"] == "ignored: there is a newer one"
    )


def test_canvas_says_late_but_not_by_how_much(course, archive):
    _, told = gather(course, archive("kingada_LATE_18_901_5-adam.ipynb"))
    assert "no penalty until --times" in told["kingada_LATE_18_901_5-adam.ipynb"]
    assert collect.marked_late(course, TASK, "18")
    assert books.handed_in(course, TASK, "18") is None


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["notes.ipynb"], "notes.ipynb"),
        (["notes.ipynb", "5-adam.ipynb"], "5-adam.ipynb"),
        (["notes.ipynb", "5-adam.ipynb", "old/5-adam.ipynb"], "5-adam.ipynb"),
        (["5-adam/5-adam.ipynb"], "5-adam/5-adam.ipynb"),  # as nbgrader has it
        (["a.ipynb", "b.ipynb"], None),
        (["report.pdf"], None),
        (["5-adam.ipynb", ".ipynb_checkpoints/5-adam-checkpoint.ipynb", "__MACOSX/._5-adam.ipynb"], "5-adam.ipynb"),
    ],
)
def test_of_several_notebooks_the_one_named_like_the_assignment_else_the_only_one(course, archive, names, taken):
    path = archive(*((f"ada/{name}", name.encode()) for name in names))
    students, told = gather(course, path)
    assert told.keys() == {f"ada/{name}" for name in names}
    assert students == (["ada"] if taken else [])
    if taken:
        assert handed_in(course)[f"ada/{TASK}/{TASK}.ipynb"] == taken.encode()
        assert told.pop(f"ada/{taken}").startswith("taken")
    assert all(what.startswith("ignored: ") for what in told.values())


def test_a_folder_is_collected_like_a_zip_and_links_in_it_are_not_followed(course, tmp_path):
    folder = tmp_path / "download"
    (folder / "bo").mkdir(parents=True)
    (folder / "ada.ipynb").write_bytes(NOTEBOOK)
    (folder / "bo" / "5-adam.ipynb").symlink_to(course.root / "secret")
    (folder / "cy").symlink_to(course.root)
    taken, told = gather(course, folder)
    assert taken == ["ada"]
    assert "link" in told["bo/5-adam.ipynb"]


def test_a_hostile_zip_writes_nothing_but_its_own_students_folders(course, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "LARGEST", 1000)
    gather(course, archive("bo/5-adam.ipynb"))
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    link = zipfile.ZipInfo("cy/5-adam.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    no_day = zipfile.ZipInfo("ada/5-adam.ipynb", (1980, 0, 0, 0, 0, 0))
    path = archive(
        "../bo/5-adam.ipynb",
        "ada/../bo/5-adam.ipynb",
        "/bo/5-adam.ipynb",
        "C:\\bo\\5-adam.ipynb",
        "..\\cy\\5-adam.ipynb",
        (link, "../../secret"),
        ("eve/5-adam.ipynb", bytes(1001)),
        (no_day, NOTEBOOK),
    )
    taken, told = gather(course, path)
    assert taken == ["ada"]
    assert sum("leads out of the archive" in what for what in told.values()) == 5
    assert sum(what.startswith("ignored: ") for what in told.values()) == 7
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert new == {course.submission(TASK, "ada"), course.submission(TASK, "ada").with_name("origin.txt")}
    assert course.submission(TASK, "bo").read_bytes() == NOTEBOOK


@pytest.mark.parametrize(
    ("at", "byte"),
    [(8, 1), (8, 64), (10, 99), (10, 12), (16, 7)],  # encrypted, strongly, unknown method, another, wrong checksum
)
def test_a_member_that_cannot_be_read_costs_only_itself(course, archive, at, byte):
    path = archive("ada/5-adam.ipynb", "bo/5-adam.ipynb")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + at] = byte  # ada's entry in the list of contents
    path.write_bytes(data)
    taken, told = gather(course, path)
    assert taken == ["bo"]
    assert told["ada/5-adam.ipynb"].startswith("ignored: ")


def test_a_bomb_that_lies_about_its_size_is_stopped(course, archive, monkeypatch):
    monkeypatch.setattr(collect, "LARGEST", 1000)
    path = archive(("ada/5-adam.ipynb", bytes(10**7)), "bo/5-adam.ipynb")
    size = (10**7).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    taken, _ = gather(course, path)
    assert taken == ["bo"]


def test_far_too_many_files_or_bytes_stop_it(course, archive, monkeypatch):
    path = archive("ada.ipynb", "bo.ipynb", "cy.ipynb")
    monkeypatch.setattr(collect, "MOST_FILES", 2)
    with pytest.raises(CourseError, match="more than 2 files"):
        gather(course, path)
    monkeypatch.setattr(collect, "MOST_FILES", 3)
    monkeypatch.setattr(collect, "MOST_BYTES", 2 * len(NOTEBOOK))
    with pytest.raises(CourseError, match="holds more than"):
        gather(course, path)


def test_what_is_no_archive_is_told_in_a_sentence(course, tmp_path):
    (tmp_path / "x.zip").write_text("no")
    for name in ("x.zip", "nowhere.zip"):
        with pytest.raises(CourseError, match="neither a folder nor a zip"):
            gather(course, tmp_path / name)


def test_a_name_twice_in_a_zip_is_one_submission(course, archive):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = archive(("ada/5-adam.ipynb", b"first"), ("ada/5-adam.ipynb", b"last"))
    assert gather(course, path)[0] == ["ada"]
    assert handed_in(course)[f"ada/{TASK}/{TASK}.ipynb"] == b"last"


def test_two_students_with_one_id_are_both_left_out(course, archive):
    taken, told = gather(course, archive("kingada_5_600_5-adam.ipynb", "eve_5_601_5-adam.ipynb"))
    assert taken == []
    assert all("have the same id" in what for what in told.values())


def test_a_canvas_name_that_could_be_two_students_is_left_out(course, archive):
    """A student who is called "a_5" there gets the file a_5_1842_77001_… ."""
    taken, told = gather(course, archive("a_5_1842_77001_5-adam.ipynb"))
    assert taken == []
    assert "two students" in told["a_5_1842_77001_5-adam.ipynb"]


def test_a_folder_that_was_one_students_does_not_become_anothers(course, archive):
    gather(course, archive(("kingada_5_600_5-adam.ipynb", b"hers")))
    taken, told = gather(course, archive(("eve_5_700_5-adam.ipynb", b"not hers")))
    assert taken == []
    assert "kingada before" in told["eve_5_700_5-adam.ipynb"]
    assert handed_in(course)[f"5/{TASK}/{TASK}.ipynb"] == b"hers"


def test_ids_that_some_machines_cannot_tell_apart_are_refused(course, archive):
    taken, told = gather(course, archive("Ada/5-adam.ipynb", "ada/5-adam.ipynb"))
    assert taken == ["Ada"]
    assert "same folder" in told["ada/5-adam.ipynb"]


def test_collecting_again_replaces_what_differs_and_not_by_what_is_older(course, archive):
    times = course.root / "times.csv"

    def again(number, data, when):
        times.write_text(f"id,time\n5,{when}\n")
        name = f"kingada_5_{number}_5-adam.ipynb"
        return gather(course, archive((name, data)), times=times)[1][name].split(",")[0].split(" (")[0]

    assert again(600, b"one", "2027-01-30T12:00:00Z") == "taken"
    assert again(600, b"one", "2027-01-30T12:00:00Z") == "unchanged"
    assert again(700, b"two", "2027-01-31T12:00:00Z") == "replaced"
    assert again(600, b"one", "2027-01-31T13:00:00Z") == "ignored: what was collected before is newer"
    assert again(800, b"one", "2027-01-31T11:00:00Z") == "ignored: what was collected before is newer"
    assert handed_in(course)[f"5/{TASK}/{TASK}.ipynb"] == b"two"


def test_a_new_notebook_does_not_keep_the_time_of_the_old_one(course, archive):
    times = course.root / "times.csv"
    times.write_text("id,time\nada,2027-01-30T12:00:00Z\n")
    gather(course, archive(("ada.ipynb", b"one")), times=times)
    gather(course, archive(("ada.ipynb", b"two")))
    assert books.handed_in(course, TASK, "ada") is None


def test_names_cannot_write_to_the_terminal(course, archive):
    lines = []
    collect.collect(course, TASK, archive("ada/\x1b[2J\x07\r.ipynb"), tell=lines.append)
    assert all(line.isprintable() for line in lines)


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    "table",
    [
        "id,time\nada,2027-01-31T23:59:30+01:00\n",
        "\ufeffid;time\r\nada;2027-01-31 22:59:30Z\r\n",
        "time,id\n2027-01-31 23:59:30,ada\n,bo\n",  # no zone: the deadline's
        'Identifier,Last modified (submission)\nParticipant ada,-\nada,"Sunday, 31 January 2027, 11:59:30 PM"\n',
    ],
)
def test_times_are_read_with_their_zone_and_written_as_nbgrader_reads_them(course, archive, table):
    course.deadlines[TASK] = datetime.datetime.fromisoformat("2027-02-01T00:00:00+01:00")
    (course.root / "times.csv").write_text(table, encoding="utf-8")
    gather(course, archive("ada.ipynb"), times=course.root / "times.csv")
    stamp = course.submission(TASK, "ada").with_name("timestamp.txt").read_text().strip()
    assert parse_utc(stamp) == datetime.datetime(2027, 1, 31, 22, 59, 30)


def test_dates_of_the_files_count_only_when_asked_for(course, archive):
    member = zipfile.ZipInfo("ada.ipynb", (2027, 1, 31, 12, 0, 0))
    gather(course, archive((member, NOTEBOOK)))
    assert books.handed_in(course, TASK, "ada") is None
    gather(course, archive((member, NOTEBOOK)), times="dates")
    local = datetime.datetime(2027, 1, 31, 12).astimezone()
    assert books.handed_in(course, TASK, "ada") == books.utc(local)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,when\n", "time is missing"),
        ("id,time\nada,soon\n", "line 2: 'soon'"),
        ("id,time\nada,01.02.2027\n", r"line 2: '01\.02\.2027' can't be read as one time"),
        ("id,time\nada,12:30\n", "line 2: '12:30' can't be read as one time"),
    ],
)
def test_a_table_of_times_with_a_mistake_is_refused(course, archive, text, says):
    (course.root / "times.csv").write_text(text)
    with pytest.raises(CourseError, match=says):
        gather(course, archive("ada.ipynb"), times=course.root / "times.csv")
    assert not handed_in(course)


@pytest.mark.parametrize(
    ("hours", "share"), [(-5, 0), (0, 0), (0.25, 0), (0.26, 0.1), (24.25, 0.1), (24.26, 0.2), (97, 0.5), (9999, 0.5)]
)
def test_late_work_loses_a_tenth_for_each_day_begun_after_the_grace_and_at_most_half(hours, share):
    assert Late().share(3600 * hours) == pytest.approx(share)


def test_no_grace_and_other_rates():
    assert Late(grace=0, per_day=0.25, most=1).share(1) == 0.25
    assert Late(grace=0, per_day=0.25, most=1).share(86400 * 30) == 1


# ------------------------------------------------------------------ a class of three, graded


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Ada is right, bo has a known mistake, cy's notebook is broken. Nobody's notebook runs: the findings are given."""
    course = init(tmp_path_factory.mktemp("class") / "course")
    _set(course, "[deadlines]", f'[deadlines]\n"{TASK}" = 2027-01-31T23:59:00+01:00')
    course = Course(course.root)
    text = course.master(TASK).read_text(encoding="utf-8")
    text = text.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
    for student, handed in {"1001": text, "1002": text.replace("(a) At t = 1", "=1+1 (a)"), "1003": "no"}.items():
        path = course.submission(TASK, student)
        path.parent.mkdir(parents=True)
        path.write_text(handed, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "_executor", _given)
        grading.grade(course, TASK, tell=lambda line: None)
    return course


@contextmanager
def _given(scheduler, workers):
    class Executor:
        def submit(self, function, submission):
            right = submission.student == "1001"
            finding = Finding(1.0, "Right.") if right else Finding(0.5, "Not corrected.", "no <correction>")
            findings = dict.fromkeys(submission.checks, asdict(finding))
            future = Future()
            future.set_result(run.Graded(submission.notebook, findings, "ada", "", 2.0))
            return future

    yield Executor()


def _set(course, old, new):
    file = course.root / "course.toml"
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def klass(graded, tmp_path):
    """A copy of the graded course, to change."""
    return Course(shutil.copytree(graded.root, tmp_path / "course"))


@pytest.fixture
def marked(klass, tmp_path):
    """All answers are marked: 6 points for the one, 4 for the other."""
    (tmp_path / "m.csv").write_text("student,cell,points,comment\n1001,first-steps,6,\n1002,first-steps,4,Which g?\n")
    assert enter(klass, TASK, tmp_path / "m.csv") == 2
    return klass


def test_a_new_name_in_the_roster_grades_its_student_again(klass):
    assert grading.ungraded(klass, TASK) == {}
    (klass.root / "roster.csv").write_text("id,name\n1001,grace\n")
    assert grading.ungraded(Course(klass.root), TASK).keys() == {"1001"}


def submission_of(course):
    """Her notebook, with the check of one cell."""
    text = course.submission(TASK, "1001").read_text(encoding="utf-8")
    return run.Submission("1001", "", text, course.check_files(["adam"]), "secret", "notebook rules")


def run_as(patch, outputs=lambda cells: None):
    """Let a submission be run by a function of its cells, instead of a kernel."""

    async def execute(notebook, limits, sandboxed):
        outputs(notebook.cells)
        return ""

    patch.setattr(run, "_execute", execute)


def test_a_corrected_check_asks_for_the_same_trials_and_another_notebook_for_others(klass, monkeypatch):
    asked = []
    draw = run.checks.cases
    monkeypatch.setattr(run.checks, "cases", lambda check, seed: asked.append(seed) or draw(check, seed))
    run_as(monkeypatch)
    for digest in ("notebook rules", "notebook corrected", "another rules"):
        run.grade(replace(submission_of(klass), digest=digest))
    assert asked[0] == asked[1] != asked[2]


def test_a_kernel_that_dies_later_leaves_the_student_who_was_told_before(klass, monkeypatch):
    names = [path.stem for path in (klass.root / "checks").glob("*.py")]
    text = klass.submission(TASK, "1001").read_text(encoding="utf-8")
    here = [name for name in map(run.grade_id, nbformat.reads(text, 4).cells) if name in names]
    assert len(here) > 1

    def first_alone(cells):
        driver = next(cell for cell in cells if run.grade_id(cell) == here[0])
        mark = re.search(r"[0-9a-f]{64}", driver.source)[0]
        driver.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f'{mark}["ada", []]\n')]

    run_as(monkeypatch, first_alone)
    graded = run.grade(replace(submission_of(klass), checks=klass.check_files(here)))
    assert graded.claims == "ada"
    assert graded.findings.keys() == set(here)


def test_feedback_without_the_gradebooks_entry_says_what_to_do(klass):
    record = grading.recorded(klass, TASK, "1001")
    (klass.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match=r"delete graded/5-adam/1001\.json and grade again"):
        feedback.page(klass, TASK, record)


def test_a_machine_without_a_filter_has_no_sandbox(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda program: program)
    monkeypatch.setattr(sandbox.platform, "machine", lambda: "riscv64")
    with pytest.raises(sandbox.NoSandboxError, match="this machine is riscv64"):
        sandbox.require()


def late(course, student, moment):
    course.submission(TASK, student).with_name("timestamp.txt").write_text(moment)


def scores(course):
    return {each.student: round(each.score, 6) for each in standings(course, TASK)}


def test_the_penalty_is_a_share_of_the_points_and_follows_marks_times_policy_and_deadline(klass, tmp_path):
    assert scores(klass) == {"1001": 22, "1002": 11, "1003": 0}
    late(klass, "1002", "2027-02-02 12:00:00 UTC")  # the second day after the deadline
    assert scores(klass)["1002"] == pytest.approx(11 * 0.8)
    (tmp_path / "m.csv").write_text("student,cell,points,comment\n1002,first-steps,4,\n")
    enter(klass, TASK, tmp_path / "m.csv")
    assert scores(klass)["1002"] == pytest.approx(15 * 0.8)
    _set(klass, "per_day = 0.1", "per_day = 0.2")
    assert scores(Course(klass.root))["1002"] == pytest.approx(15 * 0.6)
    _set(klass, "2027-01-31T23:59:00+01:00", "2027-02-02T12:00:00Z")
    assert scores(Course(klass.root))["1002"] == 15
    assert grading.ungraded(Course(klass.root), TASK) == {}  # nothing has to run again for it
    with books.gradebook(klass, TASK) as book:  # as nbgrader's own pages have it
        assert book.find_submission(TASK, "1002").late_submission_penalty == 0


def test_marks_are_taken_into_the_gradebook(marked):
    assert scores(marked) == {"1001": 28, "1002": 15, "1003": 0}
    assert not any(each.unread for each in standings(marked, TASK))
    with books.gradebook(marked, TASK) as book:
        assert book.find_comment("first-steps", TASK, TASK, "1002").comment == "Which g?"


def test_the_template_has_each_unmarked_answer_and_no_formula(klass, tmp_path):
    file = tmp_path / "marks.csv"
    assert template(klass, TASK, file) == 2
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [(row["student"], row["cell"], row["of"], row["points"]) for row in rows] == [
        ("1001", "first-steps", "6", ""),
        ("1002", "first-steps", "6", ""),
    ]
    assert "corrected averages are g and g²" in rows[0]["answer"]
    assert rows[1]["answer"].startswith("'")
    with pytest.raises(CourseError, match="not overwritten"):
        template(klass, TASK, file)


def test_a_spreadsheets_semicolons_commas_and_mark_are_read(klass, tmp_path):
    (tmp_path / "m.csv").write_text("\ufeffstudent;cell;points;comment\r\n1001;first-steps;4,5;\r\n;;;\r\n", "utf-8")
    assert enter(klass, TASK, tmp_path / "m.csv") == 1
    assert scores(klass)["1001"] == 26.5


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1002,first-steps,7,", r"points must be in \[0, 6\], got '7'"),
        ("1002,first-steps,-1,", "points must be in"),
        ("1002,first-steps,nan,", "points must be in"),
        ("1002,first-steps,good,", "points must be in"),
        ("1002,nowhere,1,", "cell must be one of"),
        ("1009,first-steps,1,", "nothing of '1009'"),
        ("1003,first-steps,1,", "nothing of '1003'"),
        ("1001,first-steps,1,", "1001 has points for first-steps already"),
    ],
)
def test_one_wrong_row_and_no_mark_is_taken(klass, tmp_path, row, says):
    (tmp_path / "m.csv").write_text(f"student,cell,points,comment\n1001,first-steps,6,\n{row}\n")
    with pytest.raises(CourseError, match=f"line 3: {says}"):
        enter(klass, TASK, tmp_path / "m.csv")
    assert scores(klass)["1001"] == 22


# ------------------------------------------------------------------ export


def exported(course, to, **options):
    """The table that was written, and what was told."""
    lines = []
    path = export(course, TASK, to, tell=lines.append, **options)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")))), lines


def test_nothing_is_exported_while_answers_wait_unless_asked_for(klass):
    with pytest.raises(CourseError, match=r"nothing is written while students wait \(2\)"):
        exported(klass, "canvas")
    assert not (klass.root / "export").exists()
    rows, told = exported(klass, "canvas", partial=True)
    assert [row[1] for row in rows[2:]] == ["1003"]
    assert "1002: to be marked by hand: first-steps" in told


def test_a_notebook_that_came_after_grading_is_waited_for(marked):
    marked.submission(TASK, "1001").write_bytes(NOTEBOOK)
    with pytest.raises(CourseError, match=r"students wait \(1\)"):
        exported(marked, "canvas")


def test_the_small_tables_have_what_each_platform_asks_for(marked):
    late(marked, "1002", "2027-02-01 12:00:00 UTC")
    rows, _ = exported(marked, "canvas")
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", TASK]
    assert (rows[1][0].strip(), rows[1][5]) == ("Points Possible", "28")
    assert [(row[1], row[5]) for row in rows[2:]] == [("1001", "28"), ("1002", "13.5"), ("1003", "0")]
    rows, _ = exported(marked, "moodle")
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(rows[0])
    assert [(row[0], row[2]) for row in rows[1:]] == [
        ("Participant 1001", "28"),
        ("Participant 1002", "13.5"),
        ("Participant 1003", "0"),
    ]


CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Quiz (7),{title} (8123),Current Score
    Points Possible,,,,,5,28.0,(read only)
"King, Ada",1001,1002,ada,A,-3,,90
"=cmd|' /C calc'!A0",1002,u2,bo,A,4,20,80
"Other, Dee",1007,u7,dee,A,1,12,70
Test Student,,,x,A,,,
"""


@pytest.mark.parametrize("title", ["5-adam", "Adam and its relatives"])
def test_canvas_gradebook_is_filled_in_one_column_only(marked, tmp_path, title):
    (tmp_path / "g.csv").write_text(CANVAS.format(title=title), encoding="utf-8")
    rows, told = exported(marked, "canvas", fill=tmp_path / "g.csv")
    before = list(csv.reader(io.StringIO(CANVAS.format(title=title).removeprefix("\ufeff"))))
    assert [row[6] for row in rows] == [f"{title} (8123)", "28.0", "28", "15", "12", ""]
    before[3][0] = "'" + before[3][0]  # a name that a spreadsheet would run
    assert [row[:6] + row[7:] for row in rows] == [row[:6] + row[7:] for row in before]
    assert any(line.startswith("Not in") and "1003" in line for line in told)


def test_the_column_must_be_told_where_it_cannot_be_known(marked, tmp_path):
    (tmp_path / "g.csv").write_text(CANVAS.format(title="Homework"), encoding="utf-8")
    with pytest.raises(CourseError, match="--column names one of"):
        exported(marked, "canvas", fill=tmp_path / "g.csv")
    rows, _ = exported(marked, "canvas", fill=tmp_path / "g.csv", column="Homework")
    assert rows[2][6] == "28"


MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments
Participant 1001,Ada King,a@example.org,Submitted,,100.00,-,
Teilnehmer/in1002,Bo,b@example.org,Submitted,,100.00,-,"good, but"
Participant 1008,Fay,f@example.org,No submission,,100.00,-,
"""


def test_moodles_worksheet_is_filled_and_scores_are_converted_to_its_maximum(marked, tmp_path):
    (tmp_path / "w.csv").write_text(MOODLE, encoding="utf-8")
    rows, told = exported(marked, "moodle", fill=tmp_path / "w.csv")
    assert [row[4] for row in rows] == ["Grade", "100", "53.57", ""]
    before = list(csv.reader(io.StringIO(MOODLE)))
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in before]
    assert "The assignment has 28 points here and 100 there: the scores are converted" in told


def test_a_table_that_is_not_the_platforms_is_refused(marked, tmp_path):
    (tmp_path / "w.csv").write_text("a,b\n1,2\n")
    for to in ("canvas", "moodle"):
        with pytest.raises(CourseError, match=r"w\.csv has"):
            exported(marked, to, fill=tmp_path / "w.csv")


@pytest.mark.parametrize("cell", ["=1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "-a"])
def test_no_cell_is_a_formula(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "-", "-1", "+1.5", "-1,5", "12 %", "a=1", "Ada King", "2027-01-31", "'=1\n=2"])
def test_other_cells_are_left_alone(cell):
    assert harmless(cell) == cell


def test_a_table_in_another_encoding_is_told_in_a_sentence(tmp_path):
    (tmp_path / "t.csv").write_bytes("id,time\nzoë,1\n".encode("latin-1"))
    with pytest.raises(CourseError, match="UTF-8"):
        Sheet.read(tmp_path / "t.csv")


# ------------------------------------------------------------------ report


def test_the_report_tells_the_class_as_text_and_as_a_page(klass):
    late(klass, "1002", "2027-02-02 12:00:00 UTC")
    klass.submission(TASK, "1001").with_name("origin.txt").write_text("kingada_LATE_1001_77_5-adam.ipynb")
    text, path = report(klass, TASK)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert {
        *("students 3", "mean 10.27", "median 8.80", "possible 28.00", "70 to 80 % 1 █", "adam no <correction> 1"),
        *(
            "1001 kingada first-steps",
            "1002 37.0 h 2.20",
            "1001 kingada marked by Canvas, time unknown 0.00",
            "ada 1001, 1002",
            "median 2.0",
            "adam 50 % 3",
        ),
    } <= set(lines)
    assert any(line.startswith("1003 5-adam.ipynb is not a notebook") for line in lines)
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert "no <correction>" in page.text
    assert page.html["lang"] == "en"
    assert len(page.select("table")) == len(page.select("caption")) > 5
    assert all("scope" in head.attrs for head in page.select("th"))
    assert not page.select("script, link, img")


def test_the_report_of_a_class_that_is_not_graded_has_no_numbers(klass, archive):
    shutil.rmtree(klass.root / "submitted")
    gather(klass, archive("kingada_LATE_18_901_5-adam.ipynb"))
    text, _ = report(klass, TASK)
    assert "Nobody is graded." in text
    assert "not graded yet" in text


# ------------------------------------------------------------------ nbgrader beside it


def test_nbgraders_own_autograding_refuses_and_leaves_all_as_it_is(klass):
    """The formgrader has a button for it; it would run students' code without the sandbox."""
    config = klass.config(TASK)
    config.Autograde.exporter_class = "grader.grading.Refusal"
    assert 'c.Autograde.exporter_class = "grader.grading.Refusal"' in (klass.root / "nbgrader_config.py").read_text()
    converter = Autograde(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    with pytest.raises(CourseError, match="python -m grader grade"):
        converter.start()
    assert nbformat.read(klass.root / "autograded" / "1001" / TASK / f"{TASK}.ipynb", 4).cells


def test_a_broken_resubmission_loses_the_marks_of_the_one_before(marked, monkeypatch):
    marked.submission(TASK, "1001").write_text("no")
    monkeypatch.setattr(grading, "_executor", _given)
    grading.grade(marked, TASK, tell=lambda line: None)
    assert scores(marked)["1001"] == 0
    assert json.loads((marked.root / "graded" / TASK / "1001.json").read_text())["broken"]

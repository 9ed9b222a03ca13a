"""Collecting: what students handed in, from a learning platform's zip or a folder, into submitted/.

The archive is made of strangers' files with strangers' names. So nothing is extracted: bytes are read, at most so
many, and written to paths of our own. Which student a file belongs to is read from that part of its path that the
platform or the teacher wrote, never from the part that the student chose. Three layouts are known:

Canvas   lastfirst_[LATE_]USERID_ATTACHMENTID_filename[-N].ipynb; the student is USERID
Moodle   Full Name_PARTICIPANTID_assignsubmission_file/filename.ipynb, or all of it in one name; the student is
         PARTICIPANTID, which Moodle draws anew in every assignment
plain    student/anything.ipynb or student.ipynb

Neither Canvas nor today's Moodle keeps the time of a submission in its zip: the dates inside are those of the
download. They count only if asked for. Otherwise times come from a table, and Moodle's grading worksheet is one.
"""

import datetime
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import dateutil.parser

from grader.books import handed_in, utc
from grader.course import LARGEST, Course, CourseError, safe
from grader.sheets import Sheet, participant

MOST_FILES, MOST_BYTES = 20_000, 4 * 2**30  # of a whole class
ORIGIN = "origin.txt"  # beside the notebook: which file it was
DATES = "dates"  # for --times: those of the files

CANVAS = re.compile(
    r"(?:(?P<name>.*?)_)??(?P<late>late_)?(?P<student>anon_[0-9a-z]+|\d+)_(?P<attachment>\d+)_(?P<file>.+)", re.I
)
MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<student>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?")
AMBIGUOUS = re.compile(r"\d{3,}_")  # a Canvas file that begins so may have its two numbers one place further on


@dataclass(frozen=True)
class File:
    """A file of the archive: its path, how to read it, its date, and why it is not read, if so."""

    path: str
    read: Callable[[], bytes]
    date: datetime.datetime | None
    refused: str = ""


@dataclass(frozen=True)
class Claim:
    """Whose notebook a path says it is: the id, the student's name there, and the file's own name without suffix.

    ``number`` is Canvas's of the file, which grows with time.
    """

    student: str
    name: str
    stem: str
    number: int = 0
    late: bool = False

    def version(self, assignment: str) -> tuple[str, int]:
        """The file's name as the student knows it, and how often Canvas saw that name before."""
        again = re.fullmatch(r"(.+)-(\d{1,4})", self.stem, re.S)
        return (again[1], int(again[2])) if self.number and again and self.stem != assignment else (self.stem, 0)


def collect(
    course: Course, assignment: str, path: Path | str, times: str = "", tell: Callable[[str], None] = print
) -> list[str]:
    """Take what is in a zip or folder; tells one line per file, returns the students from whom something was taken.

    ``times`` is a CSV of id and time, or "dates" for the dates of the files themselves.
    """
    known = _times(course, assignment, Path(times)) if times and times != DATES else {}
    taken, room = [], MOST_BYTES
    with _files(Path(path)) as found:
        students, told = _by_student(found)
        for student, files in sorted(students.items()):
            file, claim, others = _chosen(files, assignment)
            told += others
            if not file or not claim:
                continue
            moment = file.date if times == DATES else known.get(student)
            try:
                data = file.read()
                room -= len(data)
                if room < 0:
                    raise CourseError(f"{path} holds more than {MOST_BYTES // 2**30} GB")
                done = _put(course, assignment, claim, file.path, data, moment)
            except RefusedError as error:
                told.append((file.path, f"ignored: {error}"))
                continue
            if claim.late and not moment:
                done += ". Canvas marks it LATE, not by how much: no penalty until --times says it"
            told.append((file.path, f"{done} ({student})"))
            taken.append(student)
    for name, what in sorted(told):
        tell(printable(f"{name}: {what}"))
    if not taken:
        tell("Nothing was taken.")
    return taken


def claim_of(path: str) -> Claim:
    """Whom a path inside an archive belongs to."""
    first, *rest = PurePosixPath(path).parts
    stem = PurePosixPath(path).stem
    if moodle := MOODLE.fullmatch(first):
        own = stem if rest else PurePosixPath(moodle["file"] or "").stem
        return Claim(safe(moodle["student"]), moodle["name"], own)
    if not rest and (canvas := CANVAS.fullmatch(first)):
        own = PurePosixPath(canvas["file"]).stem
        return Claim(
            safe(canvas["student"]), canvas["name"] or "", own, int(canvas["attachment"]), bool(canvas["late"])
        )
    return Claim(safe(first if rest else stem), "", stem)


def marked_late(course: Course, assignment: str, student: str) -> bool:
    """Whether Canvas marked as late what was collected."""
    earlier = _origin(course, assignment, student)
    return bool(earlier and earlier.late)


def called(course: Course, assignment: str, student: str) -> str:
    """The id, and the name in the roster or else on the platform, for people to read."""
    origin = _origin(course, assignment, student)
    name = course.known_as(student) or (origin.name if origin else "")
    return f"{student} {name}" if name not in ("", student) else student


def printable(text: str) -> str:
    """Without the control characters that a file's name could send to the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


# ------------------------------------------------------------------ what is there


class RefusedError(CourseError):
    """Raised for a file that is not taken; the others are."""


@contextmanager
def _files(path: Path) -> Iterator[list[File]]:
    """Every file of a zip or a folder. Raises CourseError for what is neither, and for far too many."""
    if path.is_dir():
        yield _few(path, (_in_folder(path, Path(at, name)) for at, _, names in os.walk(path) for name in names))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _few(path, (_in_zip(archive, info) for info in archive.infolist() if not info.is_dir()))
    except (OSError, zipfile.BadZipFile) as error:
        raise CourseError(f"{path} is neither a folder nor a zip that can be read ({error})") from None


def _few(path: Path, found: Iterable[File]) -> list[File]:
    files = []
    for file in found:
        files.append(file)
        if len(files) > MOST_FILES:
            raise CourseError(f"{path} holds more than {MOST_FILES} files")
    return files


def _in_folder(folder: Path, path: Path) -> File:
    about = path.lstat()
    refused = "" if stat.S_ISREG(about.st_mode) else "it is a link, or no file at all"
    refused = refused or _too_large(about.st_size)
    date = datetime.datetime.fromtimestamp(about.st_mtime, datetime.UTC)

    def read() -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise RefusedError(f"it cannot be read ({error.strerror})") from None

    return File(path.relative_to(folder).as_posix(), read, date, refused)


def _in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> File:
    def read() -> bytes:
        try:
            with archive.open(info) as member:
                data = member.read(LARGEST + 1)
        # What zipfile and its decompressors raise for what is encrypted, broken, or made to look so.
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError) as error:
            raise RefusedError(f"it cannot be read ({error})") from None
        if reason := _too_large(len(data)):
            raise RefusedError(reason)
        return data

    kind = stat.S_IFMT(info.external_attr >> 16)
    refused = "" if kind in (0, stat.S_IFREG) else "it is a link, or no file at all"
    try:
        date = datetime.datetime(*info.date_time).astimezone()
    except ValueError:
        date = None
    return File(info.filename.replace("\\", "/"), read, date, refused or _too_large(info.file_size))


def _too_large(size: int) -> str:
    return f"it has more than {LARGEST // 2**20} MB" if size > LARGEST else ""


# ------------------------------------------------------------------ what is taken

Told = list[tuple[str, str]]  # path, what became of it


def _by_student(files: list[File]) -> tuple[dict[str, list[tuple[File, Claim]]], Told]:
    """The notebooks that may be taken, by student, and what became of the other files."""
    students, told = defaultdict(list), []
    for file in files:
        path = file.path
        parts = PurePosixPath(path).parts
        reason = file.refused
        if not parts or ".." in parts or path.startswith("/") or ":" in parts[0]:
            reason = "its path leads out of the archive"
        elif any(part.startswith(".") or part == "__MACOSX" for part in parts):
            reason = "a hidden file"
        elif not path.lower().endswith(".ipynb"):
            reason = "not a notebook"
        elif len(parts) == 1 and (canvas := CANVAS.fullmatch(path)) and AMBIGUOUS.match(canvas["file"]):
            reason = "it can be read as two students'. Rename it, without a number before the file's own name"
        if reason:
            told.append((file.path, f"ignored: {reason}"))
        else:
            claim = claim_of(path)
            students[claim.student].append((file, claim))
    return students, told


def _chosen(files: list[tuple[File, Claim]], assignment: str) -> tuple[File | None, Claim | None, Told]:
    """The one notebook of a student that counts, and what became of the others."""
    names = sorted({claim.name for _, claim in files})
    if len(names) > 1:
        reason = f"ignored: {' and '.join(names)} have the same id, {files[0][1].student}"
        return None, None, [(file.path, reason) for file, _ in files]
    newest: dict[str, tuple[File, Claim]] = {}
    told = []
    for file, claim in sorted(files, key=lambda each: (each[1].version(assignment)[1], each[1].number)):
        key = claim.version(assignment)[0] if claim.number else file.path
        if key in newest:
            told.append((newest[key][0].path, "ignored: there is a newer one"))
        newest[key] = file, claim
    rest = list(newest.values())
    named = [each for each in rest if each[1].version(assignment)[0] == assignment]
    highest = min((each[0].path.count("/") for each in named), default=0)
    named = [each for each in named if each[0].path.count("/") == highest]
    for choice in (named, rest):
        if len(choice) == 1:
            file, claim = choice[0]
            told += [(other.path, f"ignored: {file.path} was taken") for other, _ in rest if other is not file]
            return file, claim, told
    reason = f"ignored: one of {len(rest)} notebooks of {files[0][1].student}, and not one is {assignment}.ipynb"
    return None, None, told + [(file.path, reason) for file, _ in rest]


def _put(
    course: Course, assignment: str, claim: Claim, path: str, data: bytes, moment: datetime.datetime | None
) -> str:
    """Write it, unless what is there is the same or newer; returns what was done."""
    to = course.submission(assignment, claim.student)
    for other in (course.root / "submitted").glob("*"):
        if other.name != claim.student and other.name.casefold() == claim.student.casefold():
            raise RefusedError(f"{claim.student} and {other.name} would be the same folder on some machines")
    earlier = _origin(course, assignment, claim.student)
    if earlier and earlier.name and claim.name and earlier.name != claim.name:
        raise RefusedError(f"{claim.student} was {earlier.name} before. Delete {to.parent} if this is the same student")
    before = handed_in(course, assignment, claim.student)
    if (earlier and claim.number and earlier.number > claim.number) or (moment and before and utc(moment) < before):
        raise RefusedError("what was collected before is newer")
    same = to.exists() and to.read_bytes() == data
    done = "unchanged" if same else "replaced" if to.exists() else "taken"
    to.parent.mkdir(parents=True, exist_ok=True)
    if not same:
        draft = to.with_suffix(".part")
        draft.write_bytes(data)
        draft.replace(to)
        (to.parent / "timestamp.txt").unlink(missing_ok=True)
    (to.parent / ORIGIN).write_text(path, encoding="utf-8", errors="replace")
    if moment:
        (to.parent / "timestamp.txt").write_text(f"{utc(moment):%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
        done += f", handed in {moment:%Y-%m-%d %H:%M}"
    return done


def _origin(course: Course, assignment: str, student: str) -> Claim | None:
    path = course.submission(assignment, student).with_name(ORIGIN)
    return claim_of(path.read_text(encoding="utf-8")) if path.exists() else None


def _times(course: Course, assignment: str, path: Path) -> dict[str, datetime.datetime]:
    """When each student handed in: columns id and time, or Moodle's grading worksheet."""
    sheet = Sheet.read(path)
    moodle = "Identifier" in sheet.columns
    due = course.deadlines.get(assignment)
    times = {}
    for line, row in sheet.rows("Identifier" if moodle else "id", "Last modified (submission)" if moodle else "time"):
        who, when = row
        if when in ("", "-"):
            continue
        try:
            if not re.search(r"\d{4}", when) or re.match(r"\d{1,2}[./-]\d{1,2}[./-]", when):
                raise ValueError  # no year, or a day and a month that could change places
            moment = dateutil.parser.parse(when)
        except (ValueError, OverflowError):
            raise CourseError(
                f"{path}, line {line}: {when!r} can't be read as one time; write it as 2027-01-31T23:59:00+01:00"
            ) from None
        if not moment.tzinfo:  # a worksheet's times have no zone: they are meant as the deadline is
            if not due:
                raise CourseError(f"{path}, line {line}: {when!r} needs its zone, like 2027-01-31T23:59:00+01:00")
            moment = moment.replace(tzinfo=due.tzinfo)
        times[safe(participant(who) if moodle else who)] = moment
    return times

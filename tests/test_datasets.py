"""The blood tests are the printed ones, and damage is named."""

import re

import numpy as np
import pytest

from descent import datasets, load_blood_test

COLUMNS = ("WBC", "RBC", "HGB", "HCT", "MCV", "MCH", "MCHC", "PLT", "LYMPH", "NEUTP", "MONOP")
TEXT = (datasets.DATA / "blood_test.csv").read_text(encoding="utf-8")


def damaged(folder, old, new):
    """A copy of the table in which the first `old` reads `new`."""
    assert old in TEXT
    file = folder / "blood_test.csv"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_table_is_the_file_as_printed():
    table = load_blood_test()
    rows = [",".join(COLUMNS), *(",".join(str(value) for value in row) for row in table.values.tolist())]
    assert "\n".join(rows) + "\n" == TEXT
    assert table.note == "as printed"


def test_its_shape_columns_and_first_and_last_rows():
    table = load_blood_test()
    assert table.columns == COLUMNS
    assert table.values.shape == (39, 11)
    assert len(table) == 39
    assert table.values[0].tolist() == [7.3, 4.7, 151.0, 45.6, 92.6, 31.7, 342.0, 215.0, 32.1, 57.2, 9.1]
    assert table.values[38].tolist() == [6.9, 4.3, 147.6, 50.1, 8.6, 31.1, 359.3, 280.0, 28.1, 6.1, 4.7]


def test_a_column_is_found_by_its_name():
    table = load_blood_test()
    for i, name in enumerate(COLUMNS):
        np.testing.assert_array_equal(table[name], table.values[:, i])


def test_without_a_column_the_others_keep_their_order():
    rest = load_blood_test().without("HGB")
    assert rest.columns == tuple(name for name in COLUMNS if name != "HGB")
    np.testing.assert_array_equal(rest.values, np.delete(load_blood_test().values, 2, axis=1))


@pytest.mark.parametrize("look", [lambda table: table["hgb"], lambda table: table.without("hgb")])
def test_an_unknown_column_lists_the_known_ones(look):
    with pytest.raises(KeyError, match=r"column must be one of WBC, RBC, .*, MONOP, got 'hgb'"):
        look(load_blood_test())


def test_mending_divides_two_numbers_of_row_1_by_ten_and_says_so():
    printed, mended = load_blood_test(), load_blood_test(mend_units=True)
    changed = np.argwhere(printed.values != mended.values).tolist()
    assert changed == [[0, COLUMNS.index("MCV")], [0, COLUMNS.index("NEUTP")]]
    assert (mended["MCV"][0], mended["NEUTP"][0]) == (9.26, 5.72)
    assert "row 1" in mended.note
    assert "MCV 92.6 → 9.26" in mended.note
    assert "NEUTP 57.2 → 5.72" in mended.note


def test_another_file_with_the_same_columns_may_have_other_rows(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(TEXT.splitlines()[0] + "\n" + ",".join("1" * 11) + "\n")
    assert load_blood_test(path=file).values.tolist() == [[1.0] * 11]


def test_line_ends_of_another_system_change_nothing(tmp_path, monkeypatch):
    (tmp_path / "blood_test.csv").write_bytes(TEXT.replace("\n", "\r\n").encode())
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    assert load_blood_test().values.shape == (39, 11)


# ------------------------------------------------------------------ damage

ROW_2 = TEXT.splitlines()[2]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"are missing: .*{re.escape(str(tmp_path / 'no.csv'))}"):
        load_blood_test(path=tmp_path / "no.csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("WBC,RBC", "WBC", "must start with the columns WBC,RBC,.* got WBC,HGB"),
        (ROW_2, ROW_2.rpartition(",")[0], "row 2: must have 11 values, got 10"),
        (ROW_2, ROW_2 + ",1", "row 2: must have 11 values, got 12"),
        (ROW_2, "", "row 2: must have 11 values, got 0"),
        ("9.0,4.0", "9.0,four", "row 2, RBC: must be a finite number, got 'four'"),
        ("9.0,4.0", "9.0,", "row 2, RBC: must be a finite number, got ''"),
        ("9.0,4.0", "nan,4.0", "row 2, WBC: must be a finite number, got 'nan'"),
        ("9.0,4.0", "9.0,-inf", "row 2, RBC: must be a finite number, got '-inf'"),
        (TEXT.partition("\n")[2], "", "has no rows"),
        (TEXT, "", "must start with the columns .* got nothing"),
    ],
)
def test_damage_is_named_by_row_and_column(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=f"blood_test.csv.*{message}"):
        load_blood_test(path=damaged(tmp_path, old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("9.0,4.0", "9.0,4.1", "is not the table of this book: a number was changed"),
        (ROW_2 + "\n", "", "must have 39 rows, got 38"),
    ],
)
def test_the_books_own_table_may_not_change(tmp_path, monkeypatch, old, new, message):
    monkeypatch.setattr(datasets, "DATA", damaged(tmp_path, old, new).parent)
    with pytest.raises(ValueError, match=message):
        load_blood_test()


def test_only_the_books_own_table_is_mended(tmp_path):
    copy = tmp_path / "copy.csv"
    printed = (datasets.DATA / "blood_test.csv").read_bytes()
    copy.write_bytes(b"\xef\xbb\xbf" + printed.replace(b"\n", b"\r\n") + b"\r\n")
    assert len(load_blood_test(path=copy)) == 39  # as a spreadsheet would save it
    with pytest.raises(ValueError, match="mend_units is for the book's own table"):
        load_blood_test(mend_units=True, path=copy)

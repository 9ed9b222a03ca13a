"""A class is graded on a Dask cluster as on one machine."""

import copy
import shutil
from pathlib import Path

import nbformat
from distributed import LocalCluster

from grader import grading
from grader.course import Course, init

ASSIGNMENT = "5-adam"


def test_a_cluster_of_two_workers_finds_what_this_machine_finds(tmp_path: Path) -> None:
    here = init(tmp_path / "here")
    right = nbformat.read(here.master(ASSIGNMENT), 4)
    wrong = copy.deepcopy(right)
    for cell in wrong.cells:
        cell.source = cell.source.replace("1 - beta1**t", "1 - beta1").replace("1 - beta2**t", "1 - beta2")
    for student, notebook in {"ada": right, "bo": wrong}.items():
        path = here.submission(ASSIGNMENT, student)
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    there = Course(shutil.copytree(here.root, tmp_path / "there"))

    alone = grading.grade(here, ASSIGNMENT, workers=2, tell=lambda line: None)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        shared = grading.grade(there, ASSIGNMENT, scheduler=cluster.scheduler_address, tell=lambda line: None)
    assert [(record.student, record.findings) for record in shared] == [
        (record.student, record.findings) for record in alone
    ]
    assert shared[1].findings["adam"]["bug"] == "correction by 1 − β"

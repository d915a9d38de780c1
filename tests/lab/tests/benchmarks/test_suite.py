# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark suite itself: what it computes, writes and promises, without measuring anything."""

from __future__ import annotations

import importlib
import json
import os
import re

import bench
import pytest
import yaml
from benchkit import documents, page, playing, suite, text
from benchkit import lab as labs
from benchkit.record import Ratio, Row, Timing, as_dict, from_dict, with_earlier


@pytest.fixture(name="run")
def a_run():
    ours = Timing("ours", 2.0, [2.0], True, "3 <things>", {"requests": 7}, {"imports": 0.5, "requests": 1.0})
    theirs = Timing("theirs", 30.0, [30.0], size="3 things")
    row = Row("one", "A & B", [ours, theirs, Timing("broken", 0.0, failed="task 'x' failed")])
    row.compare("times faster", ours, theirs, 6.0, at_least=True)
    row.compare("slower", ours, theirs, 0.01)
    row.compare("unknown", ours, row.timings[2], 1.0)
    row.check("7 requests", True)
    machine = {"cores": 2, "processor": "P", "memory": "4 GiB", "system": "S", "kernel": "K"}
    machine["load at the beginning"] = "0.1"
    versions = {"Python": "3", "this collection": "abc"}
    rows = [row, Row("two", "Second", failed="RuntimeError: no")]
    return {"quick": True, "machine": machine, "versions": versions, "began": "now", "rows": rows}


@pytest.mark.parametrize(
    "ratio, met",
    [
        (Ratio("", 1.1, 1.1), True),
        (Ratio("", 1.11, 1.1), False),
        (Ratio("", 6.0, 6.0, at_least=True), True),
        (Ratio("", 5.9, 6.0, at_least=True), False),
        (Ratio("", 5.9), None),
    ],
)
def test_ratio(ratio, met):
    assert ratio.met is met


def test_comparison_with_a_failed_rival_is_left_out_and_said(run):
    row = run["rows"][0]
    assert [round(one.value, 2) for one in row.ratios] == [15.0, 0.07]
    assert "unknown" in row.notes[0]


def test_record_survives_json(run):
    assert from_dict(json.loads(json.dumps(as_dict(run)))) == run


def test_rows_that_were_not_run_are_kept(run):
    earlier = {**run, "rows": [Row("zero", "Kept"), Row("one", "Old"), Row("two", "Worked then")]}
    both = with_earlier(run, earlier, ("zero", "one", "two", "three"))
    assert [row.title for row in both["rows"]] == ["Kept", "A & B", "Worked then"]


def test_page_is_self_contained_and_escaped(run):
    html = page.page(run)
    assert not re.search(r"(src|href)=|<script|https?://|@import|url\(", html)
    assert "A &amp; B" in html and "3 &lt;things&gt;" in html
    assert html.count("<svg") == 2 and "task &#x27;x&#x27; failed" in html and "RuntimeError: no" in html


def test_text_names_aims_that_are_not_met(run):
    said = text.report(run)
    assert "≥ 6 met" in said and "NOT MET" in said and "2 cores" in said


def test_documents_change_only_what_is_between_the_marks(run, tmp_path):
    (tmp_path / "docs").mkdir()
    before, after = "# Title\n", "\nThe end\n"
    (tmp_path / "README.md").write_text(f"{before}{documents.BEGIN}\nold\n{documents.END}{after}")
    documents.write(run, tmp_path)
    readme = (tmp_path / "README.md").read_text()
    assert readme.startswith(before + documents.BEGIN) and readme.endswith(documents.END + after)
    assert "old" not in readme and "| A & B | times faster | 15.00 | ≥ 6 |" in readme
    assert "failed: task 'x' failed" in (tmp_path / "docs" / "benchmarks.md").read_text()


def test_a_task_that_was_skipped_has_no_result(tmp_path):
    book = tmp_path / "book.yml"
    task = {"openstack_ontap.enhanced_instance.image_path_info": {"images": ["x"]}, "when": False}
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    done = playing.play(book, playing.environment(os.environ["ANSIBLE_COLLECTIONS_PATH"]))
    assert not done.failed
    assert [one["skipped"] for one in done.tasks] == [True]
    assert done.results_of("image_path_info") == []


def test_seconds_of_overlapping_modules_count_once():
    assert playing.union([(0, 2), (1, 3), (5, 6)]) == 4
    one = {"program": "AnsiballZ_x.py", "interpreter": 0.1, "imports": 0.4, "in_requests": 0.5}
    one.update(began=0.0, ended=2.0, requests=3, cpu=0.9, import_cpu=0.4)
    done = playing.Play(0, 3.0, processes=[one, {**one, "program": "ansible-playbook"}])
    where = {part: round(value, 3) for part, value in done.where().items()}
    assert where == {
        "ansible": 1.0,
        "interpreter": 0.1,
        "imports": 0.4,
        "requests": 0.5,
        "own work": 0.5,
        "waiting": 0.5,
    }
    assert done.timing("x").counts == {"modules started": 1, "requests": 3, "tasks": 0}


def test_a_failure_of_ours_counts_and_one_of_a_rival_does_not(run):
    row = run["rows"][0]
    assert suite.good(row) and not suite.good(run["rows"][1])
    row.timings[0].failed = "no"
    assert not suite.good(row)
    row.timings[0].failed = ""
    row.check("8 requests", False)
    assert not suite.good(row)


def test_middle_of_repetitions_leaves_failures_out():
    runs = [Timing("x", seconds) for seconds in (3.0, 1.0, 2.0)] + [Timing("x", 0.5, failed="no")]
    assert playing.middle(runs).seconds == 2.0
    assert playing.middle(runs[3:]).failed


@pytest.mark.parametrize("name", bench.ORDER)
def test_rows_say_what_they_are(name):
    row = importlib.import_module(f"rows.{name}")
    full, quick = row.MINUTES
    assert row.TITLE and row.LAB in (None, "plain", "enhanced") and 0 <= quick <= full
    assert callable(row.run)


def test_quick_fits_into_five_minutes_and_all_into_forty_two():
    minutes = [importlib.import_module(f"rows.{name}").MINUTES for name in bench.ORDER]
    assert sum(full for full, _quick in minutes) + suite.LAB_MINUTES <= 42
    assert sum(quick for _full, quick in minutes) + suite.LAB_MINUTES <= 5


def test_rows_are_told_of_in_the_readme():
    readme = (playing.BENCHMARKS / "README.md").read_text()
    assert [name for name in bench.ORDER if f"| `{name}` |" not in readme] == []


@pytest.mark.parametrize("file", sorted(playing.RIVALS.glob("*.yml")), ids=lambda file: file.stem)
def test_rivals_use_nothing_of_ours(file):
    assert "enhanced_instance." not in file.read_text()
    assert isinstance(yaml.safe_load(file.read_text()), list)


def test_unknown_row_is_named():
    with pytest.raises(SystemExit):
        bench.parse(["--rows", "clone,nothing"])
    assert bench.parse(["--rows", "clone restit"]).rows == ["clone", "restit"]


def test_requests_are_told_apart_by_port():
    one = {"program": "AnsiballZ_x.py", "asked": {"127.1.1.1:28443": 3, "127.1.0.1:25000": 2}}
    other = {"program": "ansible-playbook", "asked": {"127.1.0.1:25000": 7}}
    again = {"program": "AnsiballZ_y.py", "asked": {"[::1]:29292": 4, "127.1.0.1:1": 8}}
    done = playing.Play(0, 1.0, processes=[one, other, again])
    assert done.requests_to(labs.SIDES) == {"ONTAP": 3, "OpenStack": 6}

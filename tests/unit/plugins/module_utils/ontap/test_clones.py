# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clones: what is refused before anything is changed, what is left alone, and how many requests it takes."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import clones

from .fake_ontap import FakeOntap, error


def cluster(**volume):
    """A FlexVol with a directory of images and two files."""
    ontap = FakeOntap()
    ontap.add_volume("svm_a", "vol", **volume)
    ontap.add_file("vol", "glance/one", 8192)
    ontap.add_file("vol", "there", 100)
    return ontap


def perform(ontap, pairs, **more):
    """(records, diff) of a task."""
    return clones.perform(ontap.client(), "svm_a", "vol", pairs, **more)


def test_clone_is_made_once():
    ontap = cluster()
    records, diff = perform(ontap, [("glance/one", "new")])
    assert records == [
        {
            "source_path": "glance/one",
            "destination_path": "new",
            "changed": True,
            "failed": False,
            "failure": None,
            "job_uuid": "job-1",
            "bytes": 8192,
            "seconds": 0.0,
        }
    ]
    assert diff == {"before": {"new": "absent"}, "after": {"new": "clone of glance/one, 8192 bytes"}}
    before = len(ontap.calls)
    records, diff = perform(ontap, [("glance/one", "new")])
    assert not records[0]["changed"]
    assert diff == {"before": {}, "after": {}}
    assert len(ontap.calls) - before == 2


@pytest.mark.parametrize("number", [3, 50, 500])
def test_unchanged_clones_in_one_directory_need_two_requests(number):
    ontap = cluster()
    pairs = [("glance/one", f"disks/{index}") for index in range(number)]
    for _source, path in pairs:
        ontap.add_file("vol", path)
    records, _diff = perform(ontap, pairs)
    assert not any(record["changed"] for record in records)
    assert len(ontap.calls) == 2


@pytest.mark.parametrize("number", [3, 40])
def test_new_clones_need_two_requests_each_and_six(number):
    ontap = cluster()
    ontap.volumes["vol"]["files"]["disks"] = {"type": "directory"}
    records, _diff = perform(ontap, [("glance/one", f"disks/{index}") for index in range(number)])
    assert sum(record["changed"] for record in records) == number
    # volume, listing of disks, version, source, directory, licences
    assert len(ontap.calls) == 6 + 2 * number


def test_check_mode_says_the_same_and_changes_nothing():
    ontap = cluster()
    pairs = [("glance/one", "new"), ("glance/one", "there")]
    foreseen, expected = perform(ontap, pairs, check=True)
    assert ontap.count("POST") == 0
    records, diff = perform(ontap, pairs)
    assert diff == expected
    assert [r["changed"] for r in foreseen] == [r["changed"] for r in records] == [True, False]
    assert [r["bytes"] for r in foreseen] == [r["bytes"] for r in records]


def test_overwrite_replaces_and_shows_it():
    ontap = cluster()
    records, diff = perform(ontap, [("glance/one", "there")], overwrite=True)
    assert records[0]["changed"]
    assert ontap.volumes["vol"]["files"]["there"]["size"] == 8192
    assert diff["before"] == {"there": "file of 100 bytes"}


def test_source_in_a_snapshot():
    ontap = cluster()
    ontap.add_file("vol", ".snapshot/daily/disk", 77)
    records, _diff = perform(ontap, [("./.snapshot/daily/disk", "restored")])
    assert records[0]["bytes"] == 77
    body = next(body for method, path, _query, body in ontap.calls if path == "/storage/file/clone")
    assert body["source_path"] == "./.snapshot/daily/disk"


def test_autodelete_is_sent_only_when_said():
    ontap = cluster()
    perform(ontap, [("there", "a")])
    perform(ontap, [("there", "b")], autodelete=False)
    bodies = [body for method, path, _query, body in ontap.calls if path == "/storage/file/clone"]
    assert "autodelete" not in bodies[0]
    assert bodies[1]["autodelete"] is False


@pytest.mark.parametrize(
    ("source", "destination", "kind", "code", "words"),
    [
        ("/glance/one", "new", failures.WrongInput, "917812", "is absolute"),
        ("glance/one", "/new", failures.WrongInput, "917812", "write 'new'"),
        ("../one", "new", failures.WrongInput, None, ".."),
        ("glance/./one", "new", failures.WrongInput, None, "component"),
        ("glance//one", "new", failures.WrongInput, None, "empty component"),
        ("", "new", failures.WrongInput, None, "empty component"),
        ("glance", "new", failures.WrongInput, None, "is a directory"),
        ("there", "glance", failures.WrongInput, None, "is a directory"),
        ("there", "there", failures.WrongInput, None, "both 'there'"),
        ("nowhere", "new", failures.NotFound, "6684674", "'nowhere' does not exist"),
        ("there", "nowhere/new", failures.NotFound, "6684674", "ontap_directory"),
        ("glance/one", "there/new", failures.WrongInput, None, "is a file"),
        ("there", ".snapshot/daily/new", failures.WrongInput, "131102", "read-only"),
        ("there", "x" * 256, failures.WrongInput, None, "255 bytes"),
    ],
)
def test_wrong_paths_change_nothing(source, destination, kind, code, words):
    ontap = cluster()
    steps = clones.plan(ontap.client(), volume_of(ontap), [(source, destination)])
    assert isinstance(steps[0], kind)
    records, _diff = perform(ontap, [(source, destination), ("glance/one", "other")])
    assert records[0]["failed"]
    assert records[0]["failure"]["code"] == code
    assert words in records[0]["msg"]
    assert records[0]["failure"]["cure"]
    assert not records[1]["changed"]
    assert ontap.count("POST") == 0


def volume_of(ontap):
    """The Volume of the cluster's FlexVol."""
    return clones.volumes.find_volume(ontap.client(), "svm_a", "vol")


@pytest.mark.parametrize(
    "pairs",
    [
        [("there", "a"), ("glance/one", "a")],
        [("there", "a"), ("a", "b")],
    ],
)
def test_pairs_that_contradict(pairs):
    ontap = cluster()
    records, _diff = perform(ontap, pairs)
    assert any(record["failed"] for record in records)
    assert ontap.count("POST") == 0


@pytest.mark.parametrize(
    ("svm", "volume", "more", "words"),
    [
        ("svm_x", "vol", {}, "name one of svm_a, svm_b as vserver"),
        ("svm_b", "vol", {}, "does not exist in SVM 'svm_b'"),
        ("svm_a", "nowhere", {}, "not its junction path"),
        ("svm_a", "vol", {"state": "offline"}, "bring it online"),
        ("svm_a", "vol", {"type": "dp"}, "read-only"),
    ],
)
def test_wrong_volume(svm, volume, more, words):
    ontap = cluster(**more)
    with pytest.raises(failures.EnhancedInstanceError) as caught:
        clones.perform(ontap.client(), svm, volume, [("there", "new")])
    assert words in caught.value.sentence
    assert ontap.count("POST") == 0


@pytest.mark.parametrize(("version", "works"), [((9, 13, 1), False), ((9, 14, 1), True)])
def test_flexgroup_from_9_14(version, works):
    ontap = cluster(style="flexgroup")
    ontap.version = version
    if works:
        assert perform(ontap, [("there", "new")])[0][0]["changed"]
        return
    with pytest.raises(failures.Unsupported, match="needs ONTAP 9.14"):
        perform(ontap, [("there", "new")])
    assert ontap.count("POST") == 0


def test_one_of_many_fails():
    ontap = cluster()
    ontap.script = [
        ("POST", "/storage/file/clone", error(400, 13565952, "Clone start failed: No space left"))
    ]
    records, _diff = perform(ontap, [("there", f"new-{index}") for index in range(4)], concurrency=1)
    assert [record["failed"] for record in records] == [True, False, False, False]
    assert records[0]["failure"]["code"] == "13565952"
    assert "No space left" in records[0]["msg"]


@pytest.mark.parametrize("text", ["Device busy", "File is temporarily locked"])
def test_known_busy_texts_are_retried(text):
    ontap = cluster()
    ontap.script = [("POST", "/storage/file/clone", error(400, 13565952, f"Clone start failed: {text}"))] * 2
    records, _diff = perform(ontap, [("there", "new")])
    assert records[0]["changed"]
    assert ontap.count("POST", "/storage/file/clone") == 3


@pytest.mark.parametrize("more", [{}, {"error": {"message": "Device busy", "code": "16"}}])
def test_busy_job_is_begun_anew(more):
    ontap = cluster()
    ontap.script = [("POST", "/clone", lambda: ontap.start("failure", "Device busy", 13565952, **more))]
    records, _diff = perform(ontap, [("there", "new")])
    assert records[0]["changed"]
    assert ontap.count("POST", "/storage/file/clone") == 2
    assert ontap.count("GET", "/cluster/jobs") == 2


def test_failed_job_carries_its_message_and_code():
    ontap = cluster()
    ontap.script = [("POST", "/clone", lambda: ontap.start("failure", "Something new", 4711))]
    records, _diff = perform(ontap, [("there", "new")])
    assert records[0]["failure"]["code"] == "4711"
    assert "Something new" in records[0]["msg"]
    assert ontap.count("POST") == 1


def test_made_by_somebody_else_meanwhile_is_left_alone():
    ontap = cluster()

    def racing():
        ontap.add_file("vol", "new", 5)
        return error(400, 13565952, "Clone start failed: destination exists")

    ontap.script = [("POST", "/clone", racing)]
    records, _diff = perform(ontap, [("there", "new")])
    assert not records[0]["changed"]
    assert not records[0]["failed"]
    assert ontap.volumes["vol"]["files"]["new"]["size"] == 5


def test_lost_job_record_is_checked_by_the_file():
    ontap = cluster()
    ontap.script = [("GET", "/cluster/jobs/", error(404, 4, "entry doesn't exist"))]
    assert perform(ontap, [("there", "new")])[0][0]["changed"]

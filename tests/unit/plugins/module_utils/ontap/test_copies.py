# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies: temporary name, check, publication, leftovers, and what is refused before anything is changed."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import copies, transfer

from .fake_ontap import Answer, FakeOntap, error


def cluster(**volume):
    """Two FlexVols of one SVM and one of another."""
    ontap = FakeOntap()
    ontap.add_volume("svm_a", "vol")
    ontap.add_volume("svm_a", "other", **volume)
    ontap.add_volume("svm_b", "far")
    ontap.add_file("vol", "glance/one", 8192)
    return ontap


def one(path="copy", source="glance/one", volume="other", svm=None):
    """A record of the arguments."""
    destination = {"vserver": svm, "volume": volume, "path": path}
    return {"source": {"vserver": "svm_a", "volume": "vol", "path": source}, "destination": destination}


def perform(ontap, asked, **more):
    """(records, peerings, diff) of a task."""
    return copies.perform(ontap.client(), asked, **more)


def test_copy_is_made_once():
    ontap = cluster()
    records, peerings, diff = perform(ontap, [one()])
    assert records[0]["changed"]
    assert records[0]["bytes"] == 8192
    assert records[0]["job_uuid"] == "job-1"
    assert peerings == []
    assert diff["before"] == {"svm_a:other/copy": "absent"}
    assert ontap.files("other") == ["copy"]
    before = len(ontap.calls)
    records, _peerings, diff = perform(ontap, [one()])
    assert not records[0]["changed"]
    assert diff == {"before": {}, "after": {}}
    assert len(ontap.calls) - before == 2


def test_body_and_temporary_name():
    ontap = cluster()
    ontap.volumes["other"]["files"]["d"] = {"type": "directory"}
    perform(ontap, [one("d/img-cache-x")], max_throughput=10**8)
    body = next(body for method, path, _query, body in ontap.calls if path == "/storage/file/copy")
    end = body["files_to_copy"][0]
    assert body["max_throughput"] == 10**8
    assert end["source"]["path"] == "glance/one"
    assert end["source"]["svm"] == {"name": "svm_a"}
    assert end["destination"]["volume"] == {"name": "other", "uuid": "uuid-other"}
    assert end["destination"]["path"].startswith("d/eic-copy-")
    assert not end["destination"]["path"].startswith("d/img-cache")


@pytest.mark.parametrize("number", [1, 30, 300])
def test_unchanged_copies_into_one_directory_need_two_requests(number):
    ontap = cluster()
    for index in range(number):
        ontap.add_file("other", f"images/with-a-longer-name-{index}")
    asked = [one(f"images/with-a-longer-name-{index}") for index in range(number)]
    records, _peerings, _diff = perform(ontap, asked)
    assert not any(record["changed"] for record in records)
    assert len(ontap.calls) == 2


def test_requests_of_a_copy():
    ontap = cluster()
    perform(ontap, [one()])
    plan = ["/storage/volumes", "/files", "/cluster", "/files/glance%2Fone"]
    assert [
        path[-len(part) :] for part, (_method, path, *_rest) in zip(plan, ontap.calls, strict=False)
    ] == plan
    # copy, its job, properties of copy, source and destination, clone and its job, deletion
    assert len(ontap.calls) == len(plan) + 8


def test_check_mode_says_the_same_and_changes_nothing():
    ontap = cluster()
    ontap.add_file("other", "there", 3)
    asked = [one("copy"), one("there"), one("far", volume="far", svm="svm_b")]
    foreseen, peerings, expected = perform(ontap, asked, peer=True, check=True)
    assert ontap.count("POST") == 0
    assert peerings == [["svm_b", "svm_a"]]
    records, peerings, diff = perform(ontap, asked, peer=True)
    assert [r["changed"] for r in foreseen] == [r["changed"] for r in records] == [True, False, True]
    assert peerings == [["svm_b", "svm_a"]]
    assert diff == expected


def test_overwrite():
    ontap = cluster()
    ontap.add_file("other", "copy", 3)
    records, _peerings, diff = perform(ontap, [one()], overwrite=True)
    assert records[0]["changed"]
    assert ontap.volumes["other"]["files"]["copy"]["size"] == 8192
    assert diff["before"] == {"svm_a:other/copy": "file of 3 bytes"}
    assert ontap.files("other") == ["copy"]


def test_copy_of_wrong_size_is_not_published():
    ontap = cluster()

    def short():
        body = ontap.calls[-1][3]
        ontap.add_file("other", body["files_to_copy"][0]["destination"]["path"], 4096)
        return ontap.start()

    ontap.script = [("POST", "/storage/file/copy", short)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["failed"]
    assert "4096 bytes, not 8192" in records[0]["msg"]
    assert ontap.files("other") == []


@pytest.mark.parametrize(
    ("size", "samples", "number"), [(8192, 0, 0), (8192, 1, 1), (8192, 9, 2), (0, 4, 0), (5, 4, 1)]
)
def test_offsets(size, samples, number):
    chosen = transfer.offsets(size, samples)
    assert len(chosen) == number
    assert all(0 <= offset < size for offset in chosen)


@pytest.mark.parametrize(("answer", "works"), [(Answer(200, b"other"), False), (error(403, 6, "no"), True)])
def test_blocks_are_compared(answer, works):
    ontap = cluster()
    ontap.data["eic-copy-"] = answer
    records, _peerings, _diff = perform(ontap, [one()], samples=1)
    assert records[0]["changed"] is works
    assert ontap.files("other") == (["copy"] if works else [])


def test_source_that_changes_meanwhile_is_not_published():
    ontap = cluster()

    def touched():
        body = ontap.calls[-1][3]
        answer = ontap.copy(body)
        ontap.volumes["vol"]["files"]["glance/one"]["modified_time"] = "2026-02-02T00:00:00Z"
        return answer

    ontap.script = [("POST", "/storage/file/copy", touched)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert "changed while it was copied" in records[0]["msg"]
    assert ontap.files("other") == []


def test_failed_job_leaves_nothing():
    ontap = cluster()

    def failing():
        ontap.copy(ontap.calls[-1][3])
        return ontap.start(
            "failure", "No space left on device", 4711, error={"message": "No space", "code": "4711"}
        )

    ontap.script = [("POST", "/storage/file/copy", failing)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["failure"]["code"] == "4711"
    assert ontap.files("other") == []


def test_timeout_leaves_the_temporary_name_alone_and_says_so():
    ontap = cluster()

    def slow():
        ontap.copy(ontap.calls[-1][3])
        return ontap.start("running")

    ontap.script = [("POST", "/storage/file/copy", slow)]
    records, _peerings, _diff = perform(ontap, [one()], timeout=60)
    assert "has not ended within 60 seconds" in records[0]["msg"]
    assert "the next run waits for" in records[0]["msg"]
    assert len(ontap.files("other")) == 1
    assert ontap.files("other")[0].startswith("eic-copy-")


def test_lost_connection_leaves_the_temporary_name_alone():
    ontap = cluster()

    def lost():
        ontap.copy(ontap.calls[-1][3])
        ontap.script = [("GET", "/cluster/jobs", ConnectionResetError(104, "reset"))] * 9
        return ontap.start("running")

    ontap.script = [("POST", "/storage/file/copy", lost)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert "the next run waits for" in records[0]["msg"]
    assert len(ontap.files("other")) == 1
    assert ontap.count("DELETE") == 0


def test_leftover_is_waited_for_and_removed():
    ontap = cluster()
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover, 8192, creation_time="2026-01-01T00:00:05Z")
    ontap.jobs["old"] = {
        "uuid": "old",
        "state": "running",
        "description": "POST /api/storage/file/copy",
        "start_time": "2026-01-01T00:00:00Z",
    }
    naps = []

    def sleep(seconds):
        naps.append(ontap.files("other"))
        ontap.now += seconds
        if len(naps) == 10:
            ontap.jobs["old"]["state"] = "success"

    ontap.sleep = sleep
    records, _peerings, diff = perform(ontap, [one()])
    assert records[0]["changed"]
    assert records[0]["removed"] == [leftover]
    assert diff["after"][f"svm_a:other/{leftover}"] == "absent"
    assert ontap.files("other") == ["copy"]
    assert all(leftover in names for names in naps[:10])


def test_dead_leftover_does_not_use_up_a_short_timeout():
    ontap = cluster()
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover)

    def slow():
        ontap.copy(ontap.calls[-1][3])
        return ontap.start("running", looks=6)

    ontap.script = [("POST", "/storage/file/copy", slow)]
    records, _peerings, _diff = perform(ontap, [one()], timeout=5)
    assert records[0]["changed"], records
    assert ontap.files("other") == ["copy"]


def test_leftover_beside_a_finished_copy_is_removed():
    ontap = cluster()
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover)
    ontap.add_file("other", "copy", 8192)
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["changed"]
    assert records[0]["bytes"] is None
    assert ontap.files("other") == ["copy"]
    assert not perform(ontap, [one()])[0][0]["changed"]


def test_leftover_of_a_later_job_is_not_waited_for():
    ontap = cluster()
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover, creation_time="2026-01-01T00:00:05Z")
    ontap.jobs["new"] = {
        "uuid": "new",
        "state": "running",
        "description": "POST /api/storage/file/copy",
        "start_time": "2026-01-01T01:00:00Z",
    }
    assert perform(ontap, [one()])[0][0]["changed"]
    assert ontap.files("other") == ["copy"]


def test_leftovers_of_other_destinations_are_left_alone():
    ontap = cluster()
    leftover = transfer.family("something else") + "0123456789-abcdef01"
    ontap.add_file("other", leftover)
    perform(ontap, [one()])
    assert ontap.files("other") == ["copy", leftover]


def test_published_by_another_run_meanwhile():
    ontap = cluster()

    def racing():
        ontap.add_file("other", "copy", 8192)
        return error(400, 13565952, "Clone start failed: destination exists")

    ontap.script = [("POST", "/storage/file/clone", racing)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert not records[0]["failed"]
    assert not records[0]["changed"]
    assert ontap.files("other") == ["copy"]


def test_other_content_under_the_name_meanwhile():
    ontap = cluster()

    def racing():
        ontap.add_file("other", "copy", 5)
        return error(400, 13565952, "Clone start failed: destination exists")

    ontap.script = [("POST", "/storage/file/clone", racing)]
    records, _peerings, _diff = perform(ontap, [one()])
    assert "somebody else made" in records[0]["msg"]
    assert ontap.volumes["other"]["files"]["copy"]["size"] == 5
    assert ontap.files("other") == ["copy"]


def test_without_flexclone_it_is_renamed():
    ontap = cluster()
    ontap.script = [("POST", "/storage/file/clone", error(403, 6, "not authorized for that command"))]
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["changed"]
    assert ontap.count("PATCH") == 1
    assert ontap.files("other") == ["copy"]


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (one("/copy"), "917812", "is absolute"),
        (one("../copy"), None, ".."),
        (one("copy", source="/glance/one"), "917812", "is absolute"),
        (one("copy", source="glance"), None, "is a directory"),
        (one("copy", source="glance/two"), "6684674", "does not exist"),
        (one("nowhere/copy"), "6684674", "ontap_directory"),
        (one("glance/one", volume="vol"), None, "Source and destination are both"),
        (one("eic-copy-x"), None, "unfinished copies"),
        (one(".snapshot/x"), "131102", "read-only"),
    ],
)
def test_wrong_paths_change_nothing(asked, code, words):
    ontap = cluster()
    records, _peerings, _diff = perform(ontap, [asked, one("fine")])
    assert records[0]["failed"]
    assert records[0]["failure"]["code"] == code
    assert words in records[0]["msg"]
    assert not records[1]["changed"]
    assert ontap.count("POST") == 0


@pytest.mark.parametrize(
    ("volume", "code", "words"),
    [
        ({"style": "flexgroup"}, "13107223", "only between FlexVols"),
        ({"type": "dp"}, "7018866", "read-only"),
        ({"space": {"size": 10000, "available": 4096}}, None, "4096 bytes free"),
    ],
)
def test_wrong_volumes_change_nothing(volume, code, words):
    ontap = cluster(**volume)
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["failure"]["code"] == code
    assert words in records[0]["msg"]
    assert ontap.count("POST") == 0


def test_volume_that_grows_is_not_refused_for_space():
    ontap = cluster(space={"size": 10000, "available": 4096}, autosize={"mode": "grow"})
    assert perform(ontap, [one()])[0][0]["changed"]


def test_room_of_leftovers_is_counted():
    ontap = cluster(space={"size": 10000, "available": 4096})
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover, 6000)
    records, _peerings, _diff = perform(ontap, [one()])
    assert records[0]["changed"], records
    assert records[0]["removed"] == [leftover]
    assert ontap.files("other") == ["copy"]


def other_run_takes(ontap, *published):
    """Another run removes our unfinished copy, and has published its own; ONTAP's answer to our clone."""
    for name in ontap.files("other"):
        del ontap.volumes["other"]["files"][name]
    for size in published:
        ontap.add_file("other", "copy", size)
    return error(404, 917864, "Failed to get the file handle")


def test_unfinished_copy_is_taken_for_a_leftover_and_published_by_another_run():
    ontap = cluster()
    ontap.script = [("POST", "/storage/file/clone", lambda: other_run_takes(ontap, 8192))]
    records, _peerings, diff = perform(ontap, [one()])
    assert not records[0]["failed"], records
    assert not records[0]["changed"]
    assert diff == {"before": {}, "after": {}}


def test_unfinished_copy_is_taken_for_a_leftover_and_not_yet_published():
    ontap = cluster()
    ontap.script = [("POST", "/storage/file/clone", lambda: other_run_takes(ontap))]
    records, _peerings, _diff = perform(ontap, [one()])
    assert "was removed by another run" in records[0]["msg"]
    assert "run the task again" in records[0]["failure"]["cure"]


def test_source_that_vanishes_is_not_told_as_a_removed_copy():
    ontap = cluster()
    ontap.script = [("POST", "/storage/file/copy", error(404, 917864, "No such source"))]
    records, _peerings, _diff = perform(ontap, [one()])
    assert "No such source" in records[0]["msg"]


def test_a_run_that_is_slow_to_publish_is_not_taken_for_dead():
    ontap = cluster()
    leftover = transfer.family("copy") + "0123456789-abcdef01"
    ontap.add_file("other", leftover, 8192)

    def sleep(seconds):
        ontap.now += seconds
        if ontap.now >= 12:  # its clone was retried for so long
            ontap.volumes["other"]["files"].pop(leftover, None)
            ontap.add_file("other", "copy", 8192)

    ontap.sleep = sleep
    records, _peerings, _diff = perform(ontap, [one()])
    assert not records[0]["changed"]
    assert ontap.count("DELETE") == ontap.count("POST") == 0


@pytest.mark.parametrize("check", [True, False])
def test_existing_file_is_not_replaced_without_the_licence(check):
    ontap = cluster()
    ontap.add_file("other", "copy", 3)
    ontap.licences = [{"name": "nfs", "state": "compliant"}]
    with pytest.raises(failures.Unsupported, match="Replacing an existing file needs"):
        perform(ontap, [one()], overwrite=True, check=check)
    assert ontap.count("POST") == 0


def test_new_file_needs_no_licence_to_be_made_with_overwrite():
    ontap = cluster()
    ontap.licences = [{"name": "nfs", "state": "compliant"}]
    ontap.script = [("POST", "/storage/file/clone", error(400, 14956, "FlexClone is not licensed"))]
    assert perform(ontap, [one()], overwrite=True)[0][0]["changed"]
    assert ontap.files("other") == ["copy"]


def test_clone_refused_when_it_should_replace_leaves_the_file():
    ontap = cluster()
    ontap.add_file("other", "copy", 3)
    ontap.script = [("POST", "/storage/file/clone", error(403, 6, "not authorized for that command"))]
    records, _peerings, _diff = perform(ontap, [one()], overwrite=True)
    assert records[0]["failed"]
    assert ontap.files("other") == ["copy"]
    assert ontap.volumes["other"]["files"]["copy"]["size"] == 3


@pytest.mark.parametrize(("theirs", "ours"), [(["file_copy"], False), (["snapmirror"], True)])
def test_peered_by_another_run_meanwhile(theirs, ours):
    ontap = cluster()

    def racing():
        ends = {"svm": {"name": "svm_a"}, "peer": {"svm": {"name": "svm_b"}}}
        ontap.peers.append({"uuid": "p", "state": "peered", "applications": theirs, **ends})
        return error(409, 26345577, "peered already")

    ontap.script = [("POST", "/svm/peers", racing)]
    records, peerings, diff = perform(ontap, [one(volume="far", svm="svm_b")], peer=True)
    assert records[0]["changed"]
    assert peerings == ([["svm_b", "svm_a"]] if ours else [])
    assert len(diff["after"]) == 1 + ours
    assert "file_copy" in ontap.peers[0]["applications"]


def test_refused_peering_is_told():
    ontap = cluster()
    ontap.script = [("POST", "/svm/peers", error(400, 4711, "Something new"))]
    with pytest.raises(failures.Refused, match="Something new"):
        perform(ontap, [one(volume="far", svm="svm_b")], peer=True)


def test_old_version():
    ontap = cluster()
    ontap.version = (9, 7, 0)
    with pytest.raises(failures.Unsupported, match="needs ONTAP 9.8"):
        perform(ontap, [one()])


@pytest.mark.parametrize(
    ("peers", "code"),
    [([], "7013361"), ([["snapmirror"]], "7013360"), ([["file_copy"]], None)],
)
def test_peering_is_checked_first(peers, code):
    ontap = cluster()
    for applications in peers:
        ontap.peers.append(
            {
                "uuid": "p",
                "svm": {"name": "svm_a"},
                "peer": {"svm": {"name": "svm_b"}},
                "state": "peered",
                "applications": applications,
            }
        )
    asked = [one(volume="far", svm="svm_b")]
    if code is None:
        assert perform(ontap, asked)[0][0]["changed"]
        return
    with pytest.raises(failures.Unsupported, match="peer to true") as caught:
        perform(ontap, asked)
    assert caught.value.code == code
    assert ontap.count("POST") == 0
    records, peerings, _diff = perform(ontap, asked, peer=True)
    assert records[0]["changed"]
    assert peerings == [["svm_b", "svm_a"]]
    assert "file_copy" in ontap.peers[0]["applications"]
    assert perform(ontap, asked)[1] == []

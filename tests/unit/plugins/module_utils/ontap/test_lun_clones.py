# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs: clone or copy, the name during a copy, leftovers, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import lun_clones, luns

from .fake_ontap import FakeOntap, error

SOURCE = "/vol/a/image"
CLONE = ("/vol/a/image", "/vol/a/clone")
COPY = ("/vol/a/image", "/vol/b/copy")


@pytest.fixture(name="ontap")
def fixture_ontap():
    """Two FlexVols, one LUN."""
    ontap = FakeOntap()
    ontap.add_volume("svm_a", "a")
    ontap.add_volume("svm_a", "b")
    ontap.add_lun(SOURCE)
    return ontap


def perform(ontap, *pairs, **more):
    """(records, diff) of a task."""
    return lun_clones.perform(ontap.client(), "svm_a", list(pairs), **more)


@pytest.mark.parametrize(("pair", "method"), [(CLONE, "clone"), (COPY, "copy")])
@pytest.mark.parametrize("reserved", [None, True, False])
def test_made_once(ontap, pair, method, reserved):
    ontap.copy_looks = 5
    foreseen, expected = perform(ontap, pair, reserved=reserved, check=True)
    assert ontap.lun_names() == [SOURCE]
    records, diff = perform(ontap, pair, reserved=reserved)
    assert diff == expected
    assert records[0]["method"] == foreseen[0]["method"] == method
    assert records[0]["changed"]
    assert foreseen[0]["changed"]
    assert records[0]["bytes"] == 2**30
    assert ontap.lun_names() == sorted([SOURCE, pair[1]])
    if reserved is not None:
        assert ontap.luns[records[0]["uuid"]]["space"]["guarantee"]["requested"] is reserved
    before = len(ontap.calls)
    assert not perform(ontap, pair, reserved=reserved)[0][0]["changed"]
    assert len(ontap.calls) - before == 1


def test_final_name_only_when_the_data_is_there(ontap):
    ontap.copy_looks = 4
    seen = []

    def sleep(seconds):
        ontap.now += seconds
        seen.append(ontap.lun_names())

    ontap.sleep = sleep
    perform(ontap, COPY)
    assert seen
    assert all(COPY[1] not in names for names in seen)


def test_copy_of_a_killed_run_is_gone_on_with(ontap):
    progress = {"state": "replicating", "looks": 3}
    ontap.add_lun(lun_clones.temporary(*COPY), copy={"source": {"name": SOURCE, "progress": progress}})
    records, _diff = perform(ontap, COPY)
    assert records[0]["changed"]
    assert ontap.count("POST") == 0
    assert ontap.lun_names() == sorted([SOURCE, COPY[1]])


@pytest.mark.parametrize(
    "copy",
    [
        {},
        {"source": {"name": "/vol/a/other", "progress": {"state": "complete"}}},
        {"source": {"name": SOURCE, "progress": {"state": "failed"}}},
    ],
)
def test_leftover_that_cannot_be_trusted_is_made_anew(ontap, copy):
    old = ontap.add_lun(lun_clones.temporary(*COPY), copy=copy)
    records, _diff = perform(ontap, COPY)
    assert records[0]["uuid"] != old
    assert ontap.count("DELETE") == 1
    assert ontap.lun_names() == sorted([SOURCE, COPY[1]])


def test_broken_copy_leaves_nothing(ontap):
    ontap.copy_looks = 3

    def begin():
        ontap.lun("POST", "", {}, ontap.calls[-1][3])
        new = next(lun for lun in ontap.luns.values() if "copy" in lun)
        new["copy"]["source"]["progress"].update(
            ends="failed", failure={"message": "No space left", "code": "4711"}
        )
        return ontap.start()

    ontap.script = [("POST", "/storage/luns", begin)]
    records, _diff = perform(ontap, COPY)
    assert records[0]["failure"]["code"] == "4711"
    assert ontap.lun_names() == [SOURCE]


def test_timeout_leaves_the_copy_for_the_next_run(ontap):
    ontap.copy_looks = 10**6
    records, _diff = perform(ontap, COPY, timeout=30)
    assert "has not ended within 30 seconds" in records[0]["msg"]
    assert lun_clones.temporary(*COPY) in ontap.lun_names()
    next(lun for lun in ontap.luns.values() if "copy" in lun)["copy"]["source"]["progress"]["looks"] = 1
    assert perform(ontap, COPY)[0][0]["changed"]
    assert ontap.lun_names() == sorted([SOURCE, COPY[1]])


def test_existing_copy_is_waited_for(ontap):
    progress = {"state": "replicating", "looks": 3}
    ontap.add_lun(COPY[1], copy={"source": {"name": SOURCE, "progress": progress}})
    records, _diff = perform(ontap, COPY)
    assert not records[0]["changed"]
    assert progress["state"] == "complete"


def test_name_taken_meanwhile(ontap):
    ontap.script = [("PATCH", "/storage/luns", error(409, 1254196, "exists"))]
    records, _diff = perform(ontap, COPY)
    assert records[0]["failure"]["code"] == "1254196"
    assert ontap.lun_names() == [SOURCE]


def test_device_busy_is_retried(ontap):
    ontap.script = [("POST", "/storage/luns", error(500, 4711, "Device busy"))]
    assert perform(ontap, CLONE)[0][0]["changed"]


@pytest.mark.parametrize("number", [1, 60])
def test_unchanged_luns_need_one_request(ontap, number):
    pairs = [(SOURCE, f"/vol/a/clone-{index}") for index in range(number)]
    for _source, name in pairs:
        ontap.add_lun(name)
    perform(ontap, *pairs)
    assert len(ontap.calls) == 1


@pytest.mark.parametrize(
    ("pair", "code", "words"),
    [
        (("image", "/vol/a/x"), None, "/vol/VOLUME/LUN"),
        (("/vol/a/image", "/vol/a/"), None, "not the name of a LUN"),
        (("/vol/a/../image", "/vol/a/x"), None, "not the name of a LUN"),
        ((SOURCE, SOURCE), None, "are both"),
        (("/vol/a/nowhere", "/vol/a/x"), "5374875", "does not exist"),
        (("/vol/a/.snapshot/s/image", "/vol/b/x"), "5374899", "only be cloned"),
        ((SOURCE, "/vol/a/.snapshot/s/x"), None, "read-only"),
    ],
)
def test_wrong_names_change_nothing(ontap, pair, code, words):
    records, _diff = perform(ontap, pair, CLONE)
    assert words in records[0]["msg"]
    assert records[0]["failure"]["code"] == code
    assert not records[1]["changed"]
    assert ontap.count("POST") == 0


def test_unknown_volume_and_old_version(ontap):
    with pytest.raises(failures.NotFound, match="does not exist in SVM"):
        perform(ontap, (SOURCE, "/vol/nowhere/x"))
    ontap.version = (9, 9, 1)
    with pytest.raises(failures.Unsupported, match=r"needs ONTAP 9\.10\.1"):
        perform(ontap, COPY)
    assert perform(ontap, CLONE)[0][0]["changed"]


def test_volume_of_a_name():
    assert luns.volume_of("/vol/a/qtree/lun", "name") == "a"


def under_way(ontap, looks=3):
    """The copy that a killed run began."""
    progress = {"state": "replicating", "looks": looks}
    return ontap.add_lun(lun_clones.temporary(*COPY), copy={"source": {"name": SOURCE, "progress": progress}})


def lost(number):
    """So many cut connections at looks at a LUN."""
    return [("GET", "/storage/luns/", ConnectionResetError(104, "reset")) for _number in range(number)]


def test_a_cut_connection_does_not_end_a_copy(ontap):
    ontap.copy_looks = 5
    ontap.script = lost(3)
    records, _diff = perform(ontap, COPY)
    assert records[0]["changed"], records
    assert ontap.count("DELETE") == 0


def test_lost_connection_leaves_the_copy_for_the_next_run(ontap):
    ontap.copy_looks = 5
    ontap.script = lost(9)
    records, _diff = perform(ontap, COPY)
    assert "the next run goes on with" in records[0]["msg"]
    assert lun_clones.temporary(*COPY) in ontap.lun_names()
    ontap.script = []
    assert perform(ontap, COPY)[0][0]["changed"]
    assert ontap.count("POST") == 1
    assert ontap.count("DELETE") == 0


@pytest.mark.parametrize(
    "answers",
    [lost(9), [("GET", "/storage/luns/", error(500, 65552, "Internal error"))]],
)
def test_a_lun_that_another_run_published_is_never_deleted(ontap, answers):
    uuid = under_way(ontap)

    def sleep(seconds):
        ontap.now += seconds
        if ontap.luns[uuid]["name"] != COPY[1]:
            ontap.luns[uuid]["name"] = COPY[1]
            ontap.script = answers

    ontap.sleep = sleep
    records, _diff = perform(ontap, COPY)
    assert records[0]["failed"]
    assert ontap.count("DELETE") == 0
    assert COPY[1] in ontap.lun_names()


def test_published_by_another_run_while_waiting(ontap):
    uuid = under_way(ontap)

    def sleep(seconds):
        ontap.now += seconds
        ontap.luns[uuid]["name"] = COPY[1]

    ontap.sleep = sleep
    records, diff = perform(ontap, COPY)
    assert not records[0]["failed"]
    assert not records[0]["changed"]
    assert diff == {"before": {}, "after": {}}
    assert ontap.count("PATCH") == ontap.count("DELETE") == 0


@pytest.mark.parametrize("part", ["name", "space"])
def test_refused_change_of_a_copy_leaves_nothing(ontap, part):
    ontap.script = [("PATCH", "/storage/luns", error(500, 65552, "Internal error"))]
    records, _diff = perform(ontap, COPY, reserved=False if part == "space" else None)
    assert records[0]["failure"]["code"] == "65552"
    assert part in ontap.calls[-3][3]
    assert ontap.lun_names() == [SOURCE]


@pytest.mark.parametrize("pair", [CLONE, COPY])
@pytest.mark.parametrize(("size", "words"), [(2**30, None), (2**20, "1048576 bytes, not 1073741824")])
def test_made_by_another_run_meanwhile(ontap, pair, size, words):
    def racing():
        ontap.add_lun(pair[1], size)
        return error(409, 5374242, "A LUN already exists")

    ontap.script = [("POST" if pair == CLONE else "PATCH", "/storage/luns", racing)]
    records, diff = perform(ontap, pair)
    assert diff == {"before": {}, "after": {}}
    assert not records[0]["changed"]
    assert records[0]["failed"] is (words is not None)
    assert words is None or words in records[0]["msg"]
    assert ontap.lun_names() == sorted([SOURCE, pair[1]])


def test_name_that_is_taken_by_something_else_has_a_cure(ontap):
    ontap.script = [("POST", "/storage/luns", error(409, 1260136, "exists as a file"))]
    records, _diff = perform(ontap, CLONE)
    assert "choose another destination_path" in records[0]["failure"]["cure"]


@pytest.mark.parametrize("state", ["complete", "replicating"])
def test_leftover_beside_a_finished_lun_is_removed(ontap, state):
    other = lun_clones.temporary("/vol/a/other", COPY[1])
    ontap.add_lun(COPY[1])
    ours = lun_clones.temporary(*COPY)
    for name in (ours, other, lun_clones.temporary(SOURCE, "/vol/b/something-else")):
        ontap.add_lun(name, copy={"source": {"name": SOURCE, "progress": {"state": state, "looks": 9}}})
    foreseen, expected = perform(ontap, COPY, check=True)
    records, diff = perform(ontap, COPY)
    assert diff == expected
    assert sorted(diff["after"]) == sorted(records[0]["removed"]) == sorted([ours, other])
    assert foreseen[0]["removed"] == records[0]["removed"]
    assert records[0]["changed"]
    assert foreseen[0]["changed"]
    assert len(ontap.lun_names()) == 3
    assert not perform(ontap, COPY)[0][0]["changed"]


def test_leftover_of_another_source_is_removed_unless_it_is_under_way(ontap):
    names = [lun_clones.temporary(f"/vol/a/{name}", COPY[1]) for name in ("dead", "alive")]
    for name, state in zip(names, ["failed", "replicating"], strict=True):
        ontap.add_lun(name, copy={"source": {"name": "/vol/a/x", "progress": {"state": state}}})
    records, _diff = perform(ontap, COPY)
    assert records[0]["removed"] == names[:1]
    assert ontap.lun_names() == sorted([SOURCE, COPY[1], names[1]])


@pytest.mark.parametrize(
    ("pair", "code", "words"),
    [
        ((SOURCE, "/vol/a/."), None, "not the name of a LUN"),
        ((SOURCE, "/vol/a/./x"), None, "not the name of a LUN"),
        ((SOURCE, "/vol/b/" + "ä" * 128), None, "more than 255 bytes"),
        ((SOURCE, "/vol/b/eic-copy-x"), None, "as unfinished copies do"),
        ((SOURCE, "/vol/b/nowhere/x"), "5374860", "The qtree 'nowhere'"),
        ((SOURCE, "/vol/a/qtree/deeper/x"), "5374860", "The qtree 'qtree/deeper'"),
        ((SOURCE, "/vol/b/plain"), "1260136", "is a file"),
        ((SOURCE, "/vol/a/folder"), "1260136", "is a directory"),
        (("/vol/a/.snapshot/gone/image", "/vol/a/x"), "5374875", "The snapshot 'gone'"),
        (("/vol/a/image", "/vol/full/x"), "917883", "1048576 bytes free, and the copies into it need 107374"),
    ],
)
def test_wrong_places_change_nothing(ontap, pair, code, words):
    ontap.add_file("b", "plain")
    ontap.add_file("a", "folder/file")
    ontap.qtrees = {"a": ["qtree"]}
    ontap.snapshots = {"a": ["daily"]}
    ontap.add_volume("svm_a", "full", space={"size": 2**40, "available": 2**20})
    for check in (True, False):
        records, diff = perform(ontap, pair, CLONE, check=check)
        assert words in records[0]["msg"]
        assert records[0]["failure"]["code"] == code
        assert records[0]["failure"]["cure"]
        assert not records[1]["changed"]
        assert "/vol/b/x" not in diff["after"]
    assert ontap.count("POST") == 0


def test_right_places_and_the_number_of_looks_at_them(ontap):
    ontap.qtrees = {"a": ["qtree"]}
    ontap.snapshots = {"a": ["daily"]}
    pairs = [(SOURCE, "/vol/a/qtree/x"), ("/vol/a/.snapshot/daily/image", "/vol/a/y"), COPY]
    records, _diff = perform(ontap, *pairs, check=True)
    assert all(record["changed"] for record in records)
    # LUNs, FlexVols, version, qtrees, three names in three directories, snapshots, licences
    assert len(ontap.calls) == 9


def test_what_may_not_be_read_is_left_to_ontap(ontap):
    no = error(403, 6, "not authorized for that command")
    ontap.script = [("GET", "/storage/qtrees", no), ("GET", "/files", no), ("GET", "/snapshots", no)]
    pairs = [(SOURCE, "/vol/a/nowhere/x"), ("/vol/a/.snapshot/gone/image", "/vol/a/nowhere/y")]
    records, _diff = perform(ontap, *pairs, check=True)
    assert all(record["changed"] for record in records)
    assert ontap.script == []


def test_room_of_unfinished_copies_is_counted(ontap):
    ontap.add_volume("svm_a", "tight", space={"size": 2**40, "available": 2**20})
    pair = (SOURCE, "/vol/tight/x")
    assert perform(ontap, pair, check=True)[0][0]["failed"]
    uuid = ontap.add_lun(lun_clones.temporary("/vol/a/other", pair[1]))
    ontap.luns[uuid]["space"]["used"] = 2**30
    records, _diff = perform(ontap, pair)
    assert records[0]["changed"], records
    assert ontap.lun_names() == [SOURCE, pair[1]]


def test_only_used_bytes_need_room_and_a_volume_may_grow(ontap):
    for name, more in (("thin", {}), ("grows", {"autosize": {"mode": "grow"}})):
        ontap.add_volume("svm_a", name, space={"size": 2**40, "available": 2**20}, **more)
    assert perform(ontap, (SOURCE, "/vol/grows/x"))[0][0]["changed"]
    next(iter(ontap.luns.values()))["space"]["used"] = 4096
    assert perform(ontap, (SOURCE, "/vol/thin/x"))[0][0]["changed"]


def test_svm_is_no_pattern(ontap):
    luns.list_luns(ontap.client(), "svm*", ["a"])
    assert ontap.calls[-1][2]["svm.name"] == '"svm*"'

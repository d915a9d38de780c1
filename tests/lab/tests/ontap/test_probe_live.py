# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe finds what each switch of the simulator is set to, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import (
    capability_file,
    failures,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import probe

AS_DELIVERED = {
    "clone": "yes",
    "clone_keeps_owner": "yes",
    "clone_keeps_mode": "yes",
    "clone_overwrites": "no",
    "copy": "yes",
    "copy_keeps_owner": "yes",
    "copy_keeps_mode": "yes",
    "copy_overwrites": "no",
    "copy_takes_volume_in_path": "yes",
    "copy_needs_svm": "no",
    "rename_overwrites": "no",
}
SCRATCH = "eic-probe-test"


def parameters(cluster, **more):
    base = {"vserver": "svm1", "volume": "vol1", "other_volume": "vol2"}
    options = dict.fromkeys(("other_vserver", "scratch", "capability_file"))
    return {**options, **base, **cluster.login(), **more}


def answers_of(result):
    return {name: found["answer"] for name, found in result["answers"].items()}


def scratch_directories(cluster):
    return [path.name for root in cluster.roots.values() for path in root.glob("eic-probe-*")]


@pytest.fixture(name="owned")
def fixture_owned(cluster):
    """As a Cinder host leaves it: a file of its own in the scratch directory."""
    folder = cluster.roots["vol1"] / SCRATCH
    folder.mkdir()
    (folder / "owned").write_bytes(os.urandom(4096))
    os.chown(folder / "owned", 42407, 42407)
    os.chmod(folder / "owned", 0o660)
    return SCRATCH


@pytest.mark.parametrize(
    ("switches", "differing"),
    [
        ({}, {}),
        ({"clone_keeps_owner": False}, {"clone_keeps_owner": "no", "clone_keeps_mode": "no"}),
        ({"clone_existing": "overwrite"}, {"clone_overwrites": "yes"}),
        ({"copy_keeps_owner": False}, {"copy_keeps_owner": "no", "copy_keeps_mode": "no"}),
        ({"copy_existing": "overwrite"}, {"copy_overwrites": "yes"}),
        ({"copy_path_form": "strict"}, {"copy_takes_volume_in_path": "no"}),
        ({"copy_svm": "required"}, {"copy_needs_svm": "yes"}),
        ({"rename_existing": "overwrite"}, {"rename_overwrites": "yes"}),
        (
            {"flexclone_licence": "unlicensed"},
            {
                "clone": "no",
                "clone_keeps_owner": "unknown",
                "clone_keeps_mode": "unknown",
                "clone_overwrites": "unknown",
            },
        ),
    ],
)
def test_each_switch_is_found_out(cluster, owned, switches, differing):
    cluster.sim.control.set(**switches)
    result = probe.perform(parameters(cluster, scratch=owned), False)
    assert answers_of(result) == {**AS_DELIVERED, **differing}
    assert not result["changed"] and result["requests"]["ontap"] <= 45
    assert scratch_directories(cluster) == []
    assert cluster.names("vol1") == [] and cluster.names("vol2") == []


def test_ontaps_own_words_are_kept(cluster, owned):
    cluster.sim.control.set(flexclone_licence="unlicensed")
    clone = probe.perform(parameters(cluster, scratch=owned), False)["answers"]["clone"]
    assert clone["code"] == "14956" and "icense" in clone["message"]


def test_the_next_run_answers_to_the_word(cluster, tmp_path):
    arguments = parameters(cluster, capability_file=str(tmp_path / "capabilities.json"))
    first, second = probe.perform(arguments, False), probe.perform(arguments, False)
    assert first["changed"] and not second["changed"]
    assert first["answers"] == second["answers"] and second["diff"] == {"before": {}, "after": {}}


def test_without_a_cinder_host_owner_and_mode_stay_unknown(cluster):
    result = probe.perform(parameters(cluster), False)
    kept = ["clone_keeps_owner", "clone_keeps_mode", "copy_keeps_owner", "copy_keeps_mode"]
    assert result["unknown"] == kept
    assert "root" in result["answers"]["clone_keeps_owner"]["message"]


def test_without_another_flexvol_copies_stay_unknown(cluster):
    result = probe.perform(parameters(cluster, other_volume=None), False)
    assert answers_of(result)["clone"] == "yes" and answers_of(result)["copy"] == "unknown"


def test_a_copy_to_an_unpeered_svm_is_no(cluster):
    result = probe.perform(parameters(cluster, other_vserver="svm2", other_volume="far"), False)
    assert result["answers"]["copy"]["answer"] == "no" and result["answers"]["copy"]["code"] == "7013361"
    assert scratch_directories(cluster) == []


def test_the_file_is_kept_once(cluster, owned, tmp_path):
    path = tmp_path / "deep" / "capabilities.json"
    arguments = parameters(cluster, scratch=owned, capability_file=str(path))
    assert probe.perform(arguments, True)["changed"] and not path.exists()
    first = probe.perform(arguments, False)
    assert first["changed"] and first["diff"]["after"]["clone"] == "yes"
    text = path.read_text()
    record = json.loads(text)["svms"][0]
    assert (record["svm"], record["ontap"], record["other_volume"]) == ("svm1", "9.17.1", "vol2")
    again = probe.perform({**arguments, "scratch": None}, True)
    assert not again["changed"] and answers_of(again) == AS_DELIVERED
    assert path.read_text() == text
    assert capability_file.load(str(path))[0].answer("clone").answer == "yes"
    assert [name.name for name in path.parent.iterdir()] == ["capabilities.json"]


def test_leftovers_go_once_they_are_old(cluster):
    for name, age in (("eic-probe-old", 3600), ("eic-probe-young", 60)):
        folder = cluster.roots["vol2"] / name
        folder.mkdir()
        (folder / "source").write_bytes(bytes(4096))
        os.utime(folder, (time.time() - age, time.time() - age))
    try:
        result = probe.perform(parameters(cluster), False)
        assert result["removed"] == ["svm1:vol2/eic-probe-old"] and result["changed"]
        assert result["leftovers"] == ["svm1:vol2/eic-probe-young"]
        assert scratch_directories(cluster) == ["eic-probe-young"]
    finally:
        cluster.sim.control.reset()
        os.utime(cluster.roots["vol2"] / "eic-probe-young", (0, 0))
        probe.perform(parameters(cluster), False)
    assert scratch_directories(cluster) == []


def test_check_mode_foretells_which_leftovers_go(cluster):
    for name, age in (("eic-probe-old", 3600), ("eic-probe-young", 60)):
        folder = cluster.roots["vol2"] / name
        folder.mkdir()
        os.utime(folder, (time.time() - age, time.time() - age))
    try:
        foreseen = probe.perform(parameters(cluster), True)
        assert foreseen["changed"] and foreseen["removed"] == ["svm1:vol2/eic-probe-old"]
        assert len(scratch_directories(cluster)) == 2
        result = probe.perform(parameters(cluster), False)
        for key in ("changed", "removed", "leftovers"):
            assert result[key] == foreseen[key]
        gone = "svm1:vol2/eic-probe-old"
        assert foreseen["diff"]["after"][gone] == result["diff"]["after"][gone] == "absent"
        assert not probe.perform(parameters(cluster), True)["changed"]
    finally:
        (cluster.roots["vol2"] / "eic-probe-young").rmdir()
    assert scratch_directories(cluster) == []


def test_requests_are_as_stated(cluster, owned):
    for number in range(20):
        folder = cluster.roots["vol1"] / f"eic-probe-dead{number}"
        folder.mkdir()
        os.utime(folder, (0, 0))
    result = probe.perform(parameters(cluster, scratch=owned), False)
    assert len(result["removed"]) == 20 and result["requests"]["ontap"] <= 45 + 2 * 20
    assert scratch_directories(cluster) == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("volume", "content", "sentence"),
    [
        ("vol1", None, "is a file that was there before"),
        ("vol1", {"owned": 100}, "has 100 bytes, and the probe works with a file of 4096"),
        ("vol1", {"owned": 4096, "other": 5}, "holds 'other', and it may hold only 'owned'"),
        ("vol2", {"owned": 4096}, "only the probed FlexVol"),
        ("vol2", None, "is a file that was there before"),
    ],
)
def test_what_was_there_before_stays(cluster, volume, content, sentence, check):
    mine = cluster.roots[volume] / "eic-probe-mine"
    if content is None:
        mine.write_bytes(b"mine")
    else:
        mine.mkdir()
        for name, size in content.items():
            (mine / name).write_bytes(bytes(size))
    try:
        with pytest.raises(failures.WrongInput, match=sentence) as caught:
            probe.perform(parameters(cluster, scratch="eic-probe-mine"), check)
        assert caught.value.cure
        assert scratch_directories(cluster) == ["eic-probe-mine"]
        if content is None:
            assert mine.read_bytes() == b"mine"
        else:
            assert {file.name: file.stat().st_size for file in mine.iterdir()} == content
    finally:
        subprocess.run(["rm", "-r", str(mine)], check=True)


def test_a_directory_made_meanwhile_stays(cluster, monkeypatch):
    mine = cluster.roots["vol2"] / "eic-probe-mine"
    look = probe.probing.prepared

    def look_then_somebody_makes_it(*given):
        found = look(*given)
        mine.mkdir()
        return found

    monkeypatch.setattr(probe.probing, "prepared", look_then_somebody_makes_it)
    with pytest.raises(failures.WrongInput, match="made by somebody else"):
        probe.perform(parameters(cluster, scratch="eic-probe-mine"), False)
    assert scratch_directories(cluster) == ["eic-probe-mine"]
    mine.rmdir()


def test_an_empty_directory_of_a_host_is_used_and_removed(cluster):
    (cluster.roots["vol1"] / SCRATCH).mkdir()
    result = probe.perform(parameters(cluster, scratch=SCRATCH), False)
    assert answers_of(result)["clone"] == "yes" and "clone_keeps_owner" in result["unknown"]
    assert scratch_directories(cluster) == []


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(_from, _to):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    record = capability_file.capabilities.Capabilities("svm1", "host", {})
    with pytest.raises(failures.WrongInput, match="No space left"):
        capability_file.keep(str(tmp_path / "capabilities.json"), record)
    assert list(tmp_path.iterdir()) == []


# As Ansible starts it: the module's own process, which nothing warns before it is killed.
MODULE = "ansible_collections.openstack_ontap.enhanced_instance.plugins.modules.ontap_probe"
START = f"""
import json, sys
from ansible.module_utils import basic
from {MODULE} import main
basic._ANSIBLE_ARGS = json.dumps({{"ANSIBLE_MODULE_ARGS": json.load(sys.stdin)}}).encode()
basic._ANSIBLE_PROFILE = "legacy"
main()
"""


def test_what_a_killed_run_leaves_is_removed_by_the_next(cluster):
    cluster.sim.control.fault(path="/api/storage/file/clone", answer={"delay": 5})
    process = subprocess.Popen([sys.executable, "-c", START], stdin=subprocess.PIPE)
    known = {name: value for name, value in parameters(cluster).items() if value is not None}
    process.stdin.write(json.dumps(known).encode())
    process.stdin.close()
    while not list(cluster.roots["vol1"].glob("eic-probe-*/source")):
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    assert process.wait() == -9
    cluster.sim.control.clear_faults()
    left = scratch_directories(cluster)
    assert len(left) == 2 and left[0] == left[1]  # one in each FlexVol
    result = probe.perform(parameters(cluster), False)
    assert len(result["leftovers"]) == 2 and result["removed"] == []  # it might still be at work
    for root in cluster.roots.values():
        for path in root.glob("eic-probe-*"):
            os.utime(path, (time.time() - 601, time.time() - 601))
    assert len(probe.perform(parameters(cluster), False)["removed"]) == 2
    assert scratch_directories(cluster) == []


def test_a_refused_right_is_an_answer_and_nothing_stays(cluster):
    cluster.sim.control.fault(path="/api/storage/file/copy", answer={"status": 403})
    result = probe.perform(parameters(cluster), False)
    assert result["answers"]["copy"] == {
        "answer": "no",
        "code": "6",
        "message": "ONTAP says: not authorized for that command, code 6",
    }
    assert scratch_directories(cluster) == []


def test_a_lost_connection_ends_it_and_nothing_stays(cluster):
    cluster.sim.control.fault(path="/api/storage/file/copy", answer={"reset": True})
    with pytest.raises(failures.Unreachable):
        probe.perform(parameters(cluster), False)
    assert scratch_directories(cluster) == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"scratch": "glance"}, "eic-probe-"),
        ({"scratch": "eic-probe-a/b"}, "eic-probe-"),
        ({"other_volume": "vol1"}, "another FlexVol"),
        ({"volume": "vol9"}, "does not exist"),
        ({"capability_file": "/proc/nowhere/file"}, "cannot be"),
    ],
)
def test_wrong_input_is_one_sentence(cluster, more, sentence):
    with pytest.raises(failures.EnhancedInstanceError, match=sentence):
        probe.perform(parameters(cluster, **more), False)
    assert scratch_directories(cluster) == []

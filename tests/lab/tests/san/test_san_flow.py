# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SAN flow on the running lab: deploy, golden LUN, prime, instances, proof, again, verify, teardown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from demokit.san_story import GOLDEN, NAMES, POOLS, VOLUME_TYPE, SanTeller
from labkit import addresses, command, paths

LAB = Path(__file__).resolve().parents[2] / "lab.py"


@pytest.fixture(scope="module", name="teller")
def the_teller():
    state = paths.Lab(paths.lab_root().absolute())
    _python, cache = command.make_cache()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(state.clouds)
    lab_exec = [sys.executable, str(LAB), "exec", "--"]
    teller = SanTeller(state, cache, addresses.from_environment().net, lab_exec, print)
    teller.tell()
    return teller


def test_the_array_made_an_image_volume_in_each_pool(teller):
    entries = teller.story.plays["prime_cache"].result_of("image_cache")["entries"]
    assert {one["pool"]: (one["path"], one["changed"]) for one in entries} == {
        POOLS[0]: ("image_clone", True),
        POOLS[1]: ("copy_offload", True),
    }


def test_every_instance_is_a_lun_clone_and_says_why(teller):
    records = teller.story.provisioned["instances"]
    assert sorted(record["name"] for record in records) == NAMES
    for record in records:
        assert record["path"] == "cache_clone", record
        assert record["evidence"]["verdict"] == "clone", record
        assert record["evidence"]["entry_before"] is True
        assert record["evidence"]["signature_verified"] is False
        assert record["evidence"]["unique_bytes"] * 2 < record["evidence"]["used_bytes"], record
    assert {instance.status for instance in teller.story.instances} == {"ACTIVE"}
    assert {instance.pool for instance in teller.story.instances} <= set(POOLS)


def test_no_byte_of_the_image_left_glance(teller):
    assert teller.story.traffic.bytes_out == teller.story.traffic_before.bytes_out


def test_a_cloned_volume_has_the_bytes_of_the_image_and_boots(teller):
    assert teller.san.digests and teller.san.boots
    for pool, found in teller.san.digests.items():
        assert found == teller.story.image.sha256, pool
    for pool, seen in teller.san.boots.items():
        assert seen.found, (pool, seen.why)


@pytest.mark.parametrize("play", ["deploy_again", "prime_again", "provision_again"])
def test_a_second_run_changes_nothing(teller, play):
    assert teller.story.plays[play].total_changed == 0, teller.story.plays[play].changed


def test_a_golden_lun_is_for_the_san_types_among_several(teller):
    results = teller.story.plays["prime_both"].results_of("image_cache")
    entries = [entry for result in results for entry in result.get("entries", [])]
    assert {entry["pool"].partition("#")[0].rpartition("@")[2] for entry in entries} == {
        "ontap_nfs",
        "ontap_iscsi",
    }
    assert not [entry for entry in entries if entry["pool"] in POOLS and entry["changed"]]


def test_a_download_without_an_initiator_says_so_and_leaves_nothing(teller):
    said = findings(teller.story.plays["prime_nothing"])
    assert "ended in error" in said and "by an initiator" in said, said
    made = teller.story.plays["prime_cache"].result_of("image_cache")["entries"]
    volumes = {*(one.volume_id for one in teller.story.instances), *(one["image_volume"] for one in made)}
    luns = {one.rpartition("/")[2].removeprefix("volume-") for one in teller.san.luns_after_failure}
    assert luns == {GOLDEN.rpartition("/")[2], *volumes}
    assert "eic-prime-" not in " ".join(teller.san.volumes_after_failure.values())


def test_cinders_own_cache_is_primed_with_one_download_a_pool(teller):
    entries = teller.story.plays["prime_download"].result_of("image_cache")["entries"]
    told = {one["pool"]: (one["path"], one["way"], one["changed"]) for one in entries}
    assert told == dict.fromkeys(POOLS, ("download", "cinder", True))
    assert set(teller.san.entries) == set(POOLS)
    # Two that failed, two that did not, and none for the volume that a user makes.
    assert (teller.san.downloaded.downloads, teller.san.downloaded.bytes_out) == (4, 4 * teller.san.size)
    assert teller.story.plays["prime_download_again"].total_changed == 0


def test_every_lun_of_the_downloaded_image_has_its_bytes(teller):
    assert teller.san.contents == dict.fromkeys([*POOLS, "volume"], teller.san.content)


def findings(play):
    """The messages of the tasks that failed."""
    return " ".join(task["msg"] for task in play.failed)


def test_verify_is_content_with_what_is_primed(teller):
    assert teller.story.plays["verify"].ok
    paths = teller.story.plays["verify"].result_of("image_path_info")["paths"]
    assert {one["pool"]: one["path"] for one in paths} == dict.fromkeys(POOLS, "cache_clone")


def test_teardown_refuses_while_volumes_are_there(teller):
    refused = teller.story.plays["teardown_refused"]
    assert "volumes are in ontap_nfs, ontap_iscsi" in findings(refused)
    assert refused.total_changed == 0, refused.changed


def test_teardown_takes_away_what_deploy_made(teller):
    left = teller.san.left
    assert left["image-volumes"] == left["cinder stores"] == []
    assert not {VOLUME_TYPE, "enhanced"} & set(left["volume types"])
    assert not {"cinder_internal", "cinder_image_locations"} & {*left["projects"], *left["users"]}
    # The operator's LUN is not ours.
    assert teller.san.luns == [GOLDEN]


def test_verify_names_what_is_broken_after_it(teller):
    said = findings(teller.story.plays["verify_after"])
    assert "checks failed" in said and "each backend has pools" in said and "a path as good as" in said

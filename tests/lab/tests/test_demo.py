# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's outcomes, asserted one by one. Needs a lab that is up and plain; runs the story once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from demokit import report
from demokit.story import COUNT, NAMES, Teller
from labkit import addresses, command, paths

LAB = Path(__file__).resolve().parents[1] / "lab.py"


@pytest.fixture(scope="module")
def story():
    state = paths.Lab(paths.lab_root().absolute())
    _python, cache = command.make_cache()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(state.clouds)
    lab_exec = [sys.executable, str(LAB), "exec", "--"]
    return Teller(state, cache, addresses.from_environment().net, lab_exec, print).tell()


def test_the_first_deployment_changed_the_plain_cloud(story):
    assert story.plays["deploy"].total_changed > 0


def test_six_instances_run_from_a_volume_each(story):
    assert [instance.name for instance in story.instances] == NAMES
    assert {instance.status for instance in story.instances} == {"ACTIVE"}
    assert len({instance.volume_id for instance in story.instances}) == COUNT


def test_every_volume_is_on_the_enhanced_backend(story):
    assert all("@ontap_nfs#" in instance.pool for instance in story.instances)


def test_the_report_names_every_instance_with_the_pool_it_is_on(story):
    reported = {record["name"]: record["pool"] for record in story.provisioned["instances"]}
    assert reported == {instance.name: instance.pool for instance in story.instances}


def test_every_instance_took_a_fast_path_and_says_why(story):
    for record in story.provisioned["instances"]:
        assert record["path"] in report.FAST_PATHS, record
        assert record["why"], record


def test_one_entry_was_cloned_and_the_other_copied_inside_the_cluster(story):
    made = [
        entry["path"]
        for result in story.plays["provision_instance"].results_of("image_cache")
        for entry in result.get("entries", [])
        if entry["changed"]
    ]
    assert {"image_clone", "copy_offload"} <= set(made)


def test_no_byte_of_the_image_left_glance(story):
    # The upload in the same log shows that the log is the right one and is read as it is written.
    assert story.traffic.uploads == 1
    assert story.traffic.downloads == 0
    assert story.traffic.bytes_out == 0


def test_a_volume_of_each_flexvol_boots_as_the_user_of_qemu(story):
    assert len(story.boots) == len({instance.share for instance in story.instances})
    for share, boot in story.boots.items():
        assert boot.found, f"{share}: {boot.why}\n{boot.console}"


@pytest.mark.parametrize("name", ["deploy_again", "provision_again"])
def test_the_second_run_changes_nothing(story, name):
    assert story.plays[name].changed == []
    assert story.plays[name].total_changed == 0


def test_the_second_run_found_the_same_instances(story):
    first = {record["name"]: record["id"] for record in story.provisioned["instances"]}
    second = {
        record["name"]: record["id"]
        for record in story.plays["provision_again"].result_of("instances")["instances"]
    }
    assert first == second


def test_the_table_has_a_line_for_every_instance(story):
    text = report.table(story)
    assert all(name in text for name in NAMES)


def test_no_promise_is_broken(story):
    assert report.faults(story) == []

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The templates' jobs, run by ansible-runner on the lab: check job, run, relaunch, empty answers, slices.

The tests tell one story and run in the order of the file. They need a lab that is up, plain or deployed.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from awx_lab import launch, on_lab, operator
from awx_lab.job import lay_out
from demokit import cloud
from demokit.story import FLAVOR, NETWORK, USER_CLOUD, image_name
from image import build
from labkit import addresses, life, paths
from labkit.paths import CHECKOUT

LAB = paths.Lab(paths.lab_root().absolute())


def up(cache):
    """Whether all parts of the lab run."""
    return life.Life(LAB, addresses.from_environment(), cache).judged()[0] == "up"


@pytest.fixture(scope="module")
def lab(cache):
    if not LAB.state.exists() or not up(cache):
        pytest.fail("These tests need the lab: run make lab-up first.")
    return LAB


@pytest.fixture(scope="module")
def image(lab, cache):
    """Name of a bootable image in Glance."""
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds)
    built = build.build(cache.root)
    cloud.upload(USER_CLOUD, image_name(built), Path(built.path), built.sha256)
    del os.environ["OS_CLIENT_CONFIG_FILE"]
    return image_name(built)


@pytest.fixture(scope="module")
def filled(lab, awx, collections):
    """An AWX that the role filled for the lab, and the secrets that no job may show."""
    variables, secrets = on_lab.given(lab, addresses.from_environment().net)
    done = operator.run(awx, collections, **variables)
    assert done.code == 0, done.output
    return awx.store, secrets


@pytest.fixture(scope="module")
def start(lab, filled, cache, tmp_path_factory):
    """Launches a template and waits for its job, which has to show no secret."""
    store, secrets = filled
    numbers = itertools.count(1)

    def launched(name, status="successful", path=None, **options):
        folder = tmp_path_factory.mktemp(name)
        job = lay_out(store, name, folder, CHECKOUT, number=next(numbers), **options)
        path = {"PATH": f"{path}:{os.environ['PATH']}"} if path else {}
        job.run(ANSIBLE_COLLECTIONS_PATH=str(cache.checkout()), EIC_LAB=str(lab.root), **path)
        assert job.status == status, job.output[-6000:]
        assert job.leaks(*secrets) == []
        # The job's own folder holds them, as in AWX, and goes with the job.
        shutil.rmtree(folder / "env")
        return job

    return launched


@pytest.fixture(scope="module")
def answers(image):
    return {
        "enhanced_instance_image": image,
        "enhanced_instance_flavor": FLAVOR,
        "enhanced_instance_network": NETWORK,
        "enhanced_instance_download": "refuse",
    }


@pytest.fixture(scope="module", autouse=True)
def nothing_stays(lab, cache):
    """The instances of these tests go when they are over."""
    yield
    names = ["awx-a", "awx-b", "awx-c-01", "awx-c-02", "awx-e", *on_lab.SLICED]
    arguments = {"state": "absent", "names": names, "ontap": [], "cloud": USER_CLOUD}
    words = [
        "localhost",
        "-i",
        "localhost,",
        "-c",
        "local",
        "-m",
        "openstack_ontap.enhanced_instance.instances",
    ]
    subprocess.run(
        [str(cache.tools / "bin" / "ansible"), *words, "-a", json.dumps(arguments)],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(cache.checkout()),
            "ANSIBLE_PYTHON_INTERPRETER": str(cache.tools / "bin" / "python"),
            "OS_CLIENT_CONFIG_FILE": str(lab.clouds),
        },
        check=True,
    )


def made(job):
    return {record["name"]: record for record in job.artifacts["enhanced_instance_instances"]}


def test_deploy_ships_as_a_check_job(start):
    job = start("deploy")
    assert "--check" in job.arguments


def test_deploy_runs_on_request(start):
    assert "--check" not in start("deploy", job_type="run").arguments


def test_a_relaunched_deploy_changes_nothing(start):
    job = start("deploy", job_type="run")
    assert job.changed == 0, job.output[-6000:]


def test_the_check_job_finds_nothing_then(start):
    job = start("deploy")
    assert job.changed == 0, job.output[-6000:]


def test_prime_cache(start, answers):
    wanted = {name: answers[name] for name in ("enhanced_instance_image", "enhanced_instance_download")}
    start("prime-cache", answers=wanted)
    again = start("prime-cache", answers=wanted)
    assert again.changed == 0, again.output[-6000:]


def test_provision_hands_on_what_it_made(start, answers):
    job = start("provision-instance", answers={**answers, "enhanced_instance_names": "awx-a\nawx-b"})
    assert set(made(job)) == {"awx-a", "awx-b"}
    for record in made(job).values():
        assert {"name", "id", "volume_id", "pool", "path", "seconds"} <= record.keys()
        assert record["path"] == "cache_clone"
    assert job.artifacts["enhanced_instance_summary"]["total"] == 2
    assert job.artifacts[f"enhanced_instance_job_{job.number}"]["enhanced_instance_summary"]["total"] == 2


def test_progress_is_seen_before_the_task_ends(start, answers):
    job = start("provision-instance", answers={**answers, "enhanced_instance_names": "awx-a\nawx-e"})
    ends = [
        place
        for place, event in enumerate(job.events)
        if event["event"] == "runner_on_ok"
        and event["event_data"].get("resolved_action", "").endswith(".instances")
    ]
    begins = [
        place
        for place, event in enumerate(job.events)
        if event["event"] == "playbook_on_task_start"
        and event["event_data"].get("resolved_action", "").endswith(".instances")
    ]
    # The task that had nothing left to do begins after the end of the one that worked.
    between = job.events[max(place for place in begins if place < ends[-1]) : ends[-1]]
    lines = [event["stdout"] for event in between if event["event"] == "verbose" and event["stdout"]]
    assert any("awx-e" in line for line in lines), lines


def test_a_relaunch_changes_nothing(start, answers):
    job = start("provision-instance", answers={**answers, "enhanced_instance_names": "awx-a\nawx-b"})
    assert job.changed == 0, job.output[-6000:]


def test_a_number_in_place_of_names(start, answers):
    filled_in = {
        **answers,
        "enhanced_instance_names": "",
        "enhanced_instance_volume_type": "",
        "enhanced_instance_volume_size": "",
        "enhanced_instance_count": 2,
        "enhanced_instance_name_pattern": "awx-c-{index:02d}",
    }
    job = start("provision-instance", answers=launch.ui_answers(filled_in))
    assert set(made(job)) == {"awx-c-01", "awx-c-02"}


def test_each_slice_makes_its_share(start, answers):
    """The two jobs' artifacts do not overwrite each other where a workflow collects them."""
    collected = {}
    for share, names in (((1, 2), on_lab.SLICED[0::2]), ((2, 2), on_lab.SLICED[1::2])):
        job = start("provision-instance", answers=answers, inventory_name="instances", share=share)
        assert set(made(job)) == set(names)
        collected.update(job.artifacts)
    jobs = [value for key, value in collected.items() if key.startswith("enhanced_instance_job_")]
    names = {record["name"] for value in jobs for record in value["enhanced_instance_instances"]}
    assert names == set(on_lab.SLICED)


def test_the_execution_environments_packages_are_enough(start, answers, execution_environment):
    path = execution_environment / "bin"
    job = start("provision-instance", path=path, answers={**answers, "enhanced_instance_names": "awx-a"})
    assert (set(made(job)), job.changed) == ({"awx-a"}, 0)
    job = start("deploy", path=path)
    assert job.changed == 0, job.output[-6000:]


def test_verify_finds_every_link_whole(start):
    # What was found out of ONTAP is kept in a file, which the first run makes.
    assert start("verify").changed == 1
    job = start("verify")
    assert job.changed == 0, job.output[-6000:]


def test_teardown_wants_its_word(start):
    job = start("teardown", status="failed", answers={"enhanced_instance_confirm": "tearduwn"})
    assert job.changed == 0, job.output[-6000:]


def test_a_teardown_as_a_check_job_says_what_would_go(start):
    confirmed = {"enhanced_instance_confirm": "teardown"}
    assert start("teardown", job_type="check", answers=confirmed).changed > 0


def test_teardown_takes_the_entries_away_once(start):
    confirmed = {"enhanced_instance_confirm": "teardown"}
    assert start("teardown", answers=confirmed).changed > 0
    again = start("teardown", answers=confirmed)
    assert again.changed == 0, again.output[-6000:]

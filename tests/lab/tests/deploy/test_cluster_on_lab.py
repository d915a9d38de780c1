# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts of cinder-volume serve a backend as a cluster: deploy, an instance without one host, and back.

The tests tell one story and run in the order of the file, on a lab that the demo has enhanced. In the end the
lab is as it was.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import openstack
import pytest
from demokit import play
from labkit import addresses, command, enter, paths, second
from labkit.supervisor import Supervisor

LAB = paths.Lab(paths.lab_root().absolute())
CLUSTER = Path(__file__).with_name("cluster.yml")
POOL = "together@ontap_nfs#"
NAME = "eic-cluster-1"
# The driver of the lab's plain backend knows no clusters, and keeps cinder-volume from starting in one.
SET_BACKENDS = """
import re, sys
path = "/etc/cinder/cinder.conf"
text = open(path).read()
open(path, "w").write(re.sub("(?m)^enabled_backends =.*", f"enabled_backends = {sys.argv[1]}", text, count=1))
"""


@pytest.fixture(scope="module", name="env")
def the_environment():
    if not LAB.state.exists():
        pytest.fail("These tests need the lab: run make demo first.")
    _python, cache = command.make_cache()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(LAB.clouds)
    return {**play.environment(cache.checkout(), LAB.root), "EIC_NET": addresses.from_environment().net}


@pytest.fixture(scope="module", name="pid")
def the_lab():
    return command.the_life().running().pid


@pytest.fixture(scope="module", autouse=True)
def hosts(pid):
    """The second host beside the first one, which has no backend but ours."""
    _python, cache = command.make_cache()
    set_backends("")
    try:
        with second.running(LAB, pid, cache.tools):
            yield
    finally:
        set_backends("plain")


def set_backends(names):
    subprocess.run([LAB.root / "bin/python", "-c", SET_BACKENDS, names], check=True)


def manage(pid, *words):
    enter.run(pid, [f"{paths.VENV_INSIDE}/bin/cinder-manage", *words], capture_output=True)


def volumes(cloud):
    return [one for one in cloud.block_storage.volumes(all_projects=True) if "@ontap_nfs" in (one.host or "")]


def test_each_host_comes_up_and_volumes_of_before_come_along(env):
    with openstack.connect(cloud="lab-admin") as cloud:
        before = {one.id for one in volumes(cloud)}
        assert before, "the demo leaves instances"
        done = play.run("deploy", env, inventories=(CLUSTER,), limit="localhost,cinder")
        assert done.ok, done.failed
        found = {one.host: (one.cluster, one.state) for one in cloud.block_storage.services()}
        up = ("together@ontap_nfs", "up")
        assert (found["cinder-1@ontap_nfs"], found["cinder-2@ontap_nfs"]) == (up, up)
        assert {one.id for one in volumes(cloud) if (one.cluster_name or "").startswith(POOL)} == before
        assert {one.name.partition("#")[0] for one in cloud.block_storage.backend_pools()} == {POOL[:-1]}


def test_a_second_run_changes_nothing(env):
    done = play.run("deploy", env, inventories=(CLUSTER,), limit="localhost,cinder")
    assert done.ok, done.failed
    assert done.total_changed == 0, done.changed


def test_an_instance_is_a_clone_while_the_first_host_is_down(env, pid):
    supervisor = Supervisor(pid)
    supervisor.stop(["cinder-volume"])
    try:
        with openstack.connect(cloud="lab-admin") as cloud:
            image = next(one for one in cloud.image.images() if one.name.startswith("eic-demo"))
            asked = {
                "enhanced_instance_image": image.name,
                "enhanced_instance_flavor": "m1.tiny",
                "enhanced_instance_names": [NAME],
            }
            done = play.run("provision_instance", env, asked)
            assert done.ok, done.failed
            record = done.result_of("instances")["instances"][0]
            assert (record["path"], record["evidence"]["verdict"]) == ("cache_clone", "clone"), record
            assert record["pool"].startswith(POOL), record
            assert cloud.block_storage.get_volume(record["volume_id"]).host.startswith("cinder-2@")
            gone = play.run("remove_instance", env, {"enhanced_instance_names": [NAME]})
            assert gone.ok, gone.failed
    finally:
        supervisor.start(["cinder-volume"])


def test_volumes_keep_the_cluster_that_serves_them(env, pid):
    with openstack.connect(cloud="lab-admin") as cloud:
        count = len(volumes(cloud))
        alone = play.run("deploy", env, limit="localhost,cinder")
        assert not alone.ok
        assert f"{count} volumes (" in alone.failed[-1]["msg"]
        assert (
            "ontap_nfs, which Cinder knows as together and would look for under the name"
            in alone.failed[-1]["msg"]
        )
        assert "Write the options, and the files that they name" not in str(alone.changed)
        # What the sentence asks for: the volumes get the name of their host again.
        set_backends("plain")
        manage(pid, "cluster", "rename", "together", "")
        manage(pid, "service", "remove", "cinder-volume", "cinder-2@ontap_nfs")
        done = play.run("deploy", env, limit="localhost,cinder")
        assert done.ok, done.failed
        assert {one.cluster_name for one in volumes(cloud)} == {None}
        pools = {one.name.partition("@")[2].partition("#")[0] for one in cloud.block_storage.backend_pools()}
        assert pools == {"plain", "ontap_nfs"}

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
# The driver of the lab's plain backend knows no clusters, so Cinder would not start it in one.
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


@pytest.fixture(scope="module", name="host", autouse=True)
def the_second_host(pid):
    """Its Supervisor; the first host has no backend but ours meanwhile."""
    _python, cache = command.make_cache()
    set_backends("")
    try:
        with second.running(LAB, pid, cache.tools) as supervisor:
            yield supervisor
    finally:
        set_backends("plain")


def set_backends(names):
    subprocess.run([LAB.root / "bin/python", "-c", SET_BACKENDS, names], check=True)


def manage(pid, *words):
    done = enter.run(pid, [f"{paths.VENV_INSIDE}/bin/cinder-manage", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


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


def refused(env, *parts):
    """deploy without the cluster ends before it writes."""
    done = play.run("deploy", env, limit="localhost,cinder")
    assert not done.ok
    assert [part for part in parts if part not in done.failed[-1]["msg"]] == [], done.failed
    assert done.total_changed == 0, done.changed


def test_the_cluster_is_left_when_cinder_has_let_go_of_it(env, pid, host):
    with openstack.connect(cloud="lab-admin") as cloud:
        count = len(volumes(cloud))
        refused(
            env, f"{count} volumes (", "ontap_nfs, which Cinder knows as together and would look for under"
        )
        # Step by step what the sentences ask for.
        host.stop(["cinder-volume"])
        set_backends("plain")
        manage(pid, "cluster", "rename", "together", "")
        refused(env, "cinder-manage service remove cinder-volume cinder-1@ontap_nfs", "in cluster together")
        Supervisor(pid).stop(["cinder-volume"])
        for name in ("cinder-1@ontap_nfs", "cinder-2@ontap_nfs"):
            manage(pid, "service", "remove", "cinder-volume", name)
        done = play.run("deploy", env, limit="localhost,cinder")
        assert done.ok, done.failed
        assert {one.cluster_name for one in volumes(cloud)} == {None}
        found = {one.host: one.cluster for one in cloud.block_storage.services() if "volume" in one.binary}
        assert found == {"cinder-1@ontap_nfs": None, "cinder-1@plain": None}
        assert {one.name.partition("#")[0] for one in cloud.block_storage.backend_pools()} >= set(found)
        again = play.run("deploy", env, limit="localhost,cinder")
        assert again.ok, again.failed
        assert again.total_changed == 0, again.changed

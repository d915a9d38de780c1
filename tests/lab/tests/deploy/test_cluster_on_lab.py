# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts of cinder-volume serve a backend, first as a cluster and then one at a time: deploy, one host
without the other, and back.

The tests tell one story and run in the order of the file, on a lab that the demo has enhanced. In the end the
lab is as it was.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import openstack
import pytest
from demokit import play
from labkit import addresses, command, enter, paths, second
from labkit.supervisor import Supervisor

LAB = paths.Lab(paths.lab_root().absolute())
SECOND, CLUSTER = (Path(__file__).with_name(name) for name in ("second.yml", "cluster.yml"))
SHARED = {"cinder_netapp_backend_host": "shared"}
POOL = "together@ontap_nfs#"
NAME = "eic-cluster-1"
# The driver of the lab's plain backend knows no clusters, so Cinder would not start it in one.
SET_BACKENDS = """
import re, sys
path = "/etc/cinder/cinder.conf"
text = open(path).read()
open(path, "w").write(re.sub("(?m)^enabled_backends =.*", f"enabled_backends = {sys.argv[1]}", text, count=1))
"""
NO_CLUSTER = """
import re
path = "/etc/cinder/cinder.conf"
text = open(path).read()
open(path, "w").write(re.sub("(?m)^cluster =.*\\n", "", text))
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
        done = play.run("deploy", env, inventories=(SECOND, CLUSTER), limit="localhost,cinder")
        assert done.ok, done.failed
        found = {one.host: (one.cluster, one.state) for one in cloud.block_storage.services()}
        up = ("together@ontap_nfs", "up")
        assert (found["cinder-1@ontap_nfs"], found["cinder-2@ontap_nfs"]) == (up, up)
        assert {one.id for one in volumes(cloud) if (one.cluster_name or "").startswith(POOL)} == before
        pools = {one.name.partition("#")[0] for one in cloud.block_storage.backend_pools()}
        assert {name for name in pools if name.endswith("@ontap_nfs")} == {POOL[:-1]}


def test_a_second_run_changes_nothing(env):
    done = play.run("deploy", env, inventories=(SECOND, CLUSTER), limit="localhost,cinder")
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


def refused(env, *parts, variables=None, inventories=()):
    """The sentence with which deploy ends before it writes."""
    done = play.run("deploy", env, variables, limit="localhost,cinder", inventories=inventories)
    assert not done.ok
    sentence = done.failed[-1]["msg"]
    assert [part for part in parts if part not in sentence] == [], done.failed
    assert done.total_changed == 0, done.changed
    return sentence


def test_the_cluster_is_left_when_cinder_has_let_go_of_it(env, pid, host):
    with openstack.connect(cloud="lab-admin") as cloud:
        count = len(volumes(cloud))
        known = "ontap_nfs, which Cinder knows as together and would look for under another name (each host's"
        refused(env, f"{count} volumes (", known)
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


def rename(pid, sentence):
    """Give the volumes another name, by the commands of the sentence."""
    commands = re.findall(
        r"cinder-manage (volume update_host --currenthost \S+ --newhost [^;)\s]+)", sentence
    )
    assert commands, sentence
    for words in commands:
        manage(pid, *words.split())


def test_one_host_at_a_time_serves_a_name_of_both(env, pid, host):
    asked = {"variables": SHARED, "inventories": (SECOND,)}
    with openstack.connect(cloud="lab-admin") as cloud:
        # From the story of the cluster, in which the second host was deployed before its service ran.
        refused(
            env, "host cinder-2 has cinder_netapp_backend_host, and in its own options the cluster", **asked
        )
        subprocess.run([LAB.root / "bin/python-2", "-c", NO_CLUSTER], check=True)
        known = "ontap_nfs, which Cinder knows as cinder-1 and would look for under another name (shared)"
        rename(pid, refused(env, f"{len(volumes(cloud))} volumes (", known, **asked))
        done = play.run("deploy", env, SHARED, limit="localhost,cinder", inventories=(SECOND,))
        assert done.ok, done.failed
        assert {one.host.partition("@")[0] for one in volumes(cloud)} == {"shared"}
        # The second host has its options, and waits.
        assert host.programs()["cinder-volume"]["statename"] == "STOPPED"
        again = play.run("deploy", env, SHARED, limit="localhost,cinder", inventories=(SECOND,))
        assert again.ok, again.failed
        assert again.total_changed == 0, again.changed


def test_the_other_host_serves_the_volumes_after_a_failover_and_back(env, pid, host):
    first = Supervisor(pid)
    first.stop(["cinder-volume"])
    host.start(["cinder-volume"])
    with openstack.connect(cloud="lab-admin") as cloud:
        old = next(one for one in volumes(cloud) if one.status in ("available", "in-use"))
        snapshot = cloud.block_storage.create_snapshot(volume_id=old.id, name=NAME, force=True)
        cloud.block_storage.wait_for_status(snapshot, "available", wait=60)
        cloud.block_storage.delete_snapshot(snapshot)
        cloud.block_storage.wait_for_delete(snapshot, wait=60)
        first.start(["cinder-volume"])
        both = "cinder-volume runs on hosts cinder-1, cinder-2, and of hosts with the cinder_netapp_backend"
        refused(env, both, variables=SHARED, inventories=(SECOND,))
        host.stop(["cinder-volume"])
        rename(pid, refused(env, "knows as shared and would look for under another name (cinder-1)"))
        done = play.run("deploy", env, limit="localhost,cinder")
        assert done.ok, done.failed
        manage(pid, "service", "remove", "cinder-volume", "shared@ontap_nfs")
        assert {one.host.partition("@")[0] for one in volumes(cloud)} == {"cinder-1"}

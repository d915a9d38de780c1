# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy, verify, undo and drift on the enhanced lab: check mode names what the run then mends, and no more.

The tests tell one story and run in the order of the file, after the demo has enhanced the lab.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import openstack
import pytest
from demokit import play
from labkit import addresses, command, paths, tls
from ontap_sim.control_client import Control

LAB = paths.Lab(paths.lab_root().absolute())
WORDS = [Path(sys.executable).parent / "ansible-playbook", "-i", play.LAB_SOURCE / "inventory"]
# The tasks that see each drift, and the restarts that follow.
SEEN = {
    "Give Glance its directory",
    "Say where images lie, for Cinder's driver, and write the options of the store",
    "Write the options, and the files that they name",
    "Restart the program under supervisord",
}
# Every file of a service with its mode and owner, but not what is kept beside them for undoing.
FILES = """
import glob, os, sys
for path in sorted(glob.glob(f"/etc/{sys.argv[1]}/**", recursive=True)):
    status = os.stat(path)
    text = open(path, "rb").read() if os.path.isfile(path) else b""
    print(path, status.st_mode, status.st_uid, status.st_gid, text)
"""
WRONG = "Not-The-Password-1"
# Options that Cinder's and Glance's own parsers accept, and with which they do not come up.
WRONG_PASSWORD = {
    "enhanced_instance_backends": [
        {"name": "ontap_nfs", "volume_type": "enhanced", "connection": {"password": WRONG}}
    ],
    "cinder_netapp_wait_seconds": 15,
}
RESERVED_NAME = {"glance_netapp_store": "os_glance_netapp", "glance_netapp_wait_seconds": 2}


@pytest.fixture(scope="module")
def env():
    if not LAB.state.exists():
        pytest.fail("These tests need the lab: run make demo first.")
    _python, cache = command.make_cache()
    net = addresses.from_environment().net
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(LAB.clouds)
    return {**play.environment(cache.checkout(), LAB.root), "EIC_NET": net}


def names(changed):
    return {task["task"].split(" : ")[-1] for task in changed}


def files_of(service):
    """As the service's host has them."""
    words = [LAB.root / "bin/python", "-c", FILES, service]
    return subprocess.run(words, capture_output=True, check=True).stdout


def refused(env, group, variables):
    """The sentence with which deploy ends on a group of hosts; it shows no secret, also not in the log."""
    words = [*WORDS, play.CHECKOUT / "playbooks/deploy.yml", "--limit", group, "-vvv", "--diff"]
    words += ["-e", json.dumps(variables)]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    shown = done.stdout + done.stderr
    # The words of the command line come back in the first lines under -vvv.
    tasks = shown[shown.index("PLAY [") :]
    secrets = [file.read_text().strip() for file in (LAB.root / "secrets").iterdir()]
    assert not [secret for secret in [WRONG, *secrets] if secret in tasks]
    assert done.returncode != 0, shown[-6000:]
    return [line for line in tasks.splitlines() if '"msg":' in line][-1]


def drifts(env, folder, variables=None, group="all"):
    """What deploy --check --diff -vvv would change; it shows no secret."""
    record = folder / "record.json"
    more = ["--limit", group, "-e", json.dumps(variables or {})]
    done = subprocess.run(
        [*WORDS, play.CHECKOUT / "playbooks/deploy.yml", "--check", "--diff", "-vvv", *more],
        env={**env, "EIC_RECORD": str(record)},
        capture_output=True,
        text=True,
        check=False,
    )
    shown = done.stdout + done.stderr
    assert done.returncode == 0, shown[-6000:]
    for file in (LAB.root / "secrets").iterdir():
        assert file.read_text().strip() not in shown, f"the secret {file.name} is shown"
    return json.loads(record.read_text())["changed"]


def test_verify_finds_nothing_broken(env):
    # The first one on a lab writes the capability file; whether one has run depends on which tests run.
    assert play.run("verify", env).ok
    done = play.run("verify", env)
    assert done.ok, done.failed
    assert done.total_changed == 0


def test_cinder_waits_for_volumes_and_gets_its_files_back_if_it_stays_down(env):
    before = files_of("cinder")
    control = Control(str(LAB.root / "ontap" / "control.sock"))
    with openstack.connect(cloud="lab-admin") as cloud:
        image = next(one for one in cloud.image.images() if one.name.startswith("eic-demo"))
        with control.switched(job_seconds=16):
            volume = cloud.block_storage.create_volume(
                name="at-work", size=1, image_id=image.id, volume_type="enhanced"
            )
            sentence = refused(env, "cinder", WRONG_PASSWORD)
        assert "User is not authorized" in sentence
        assert "Cinder has its options of before again, and its backends are up." in sentence
        assert files_of("cinder") == before
        # It was waited for: a restart in the middle would have left it in error.
        assert cloud.block_storage.get_volume(volume.id).status == "available"
        cloud.block_storage.reset_volume_status(volume, status="creating")
        sentence = refused(env, "cinder", {**WRONG_PASSWORD, "cinder_netapp_idle_seconds": 1})
        assert f"after 1 seconds ({volume.id} is creating)" in sentence
        assert files_of("cinder") == before
        cloud.block_storage.reset_volume_status(volume, status="available")
        cloud.block_storage.delete_volume(volume.id)
        cloud.block_storage.wait_for_delete(volume, wait=60)


def test_a_backend_does_not_leave_from_under_volumes(env, tmp_path):
    before = files_of("cinder")
    with openstack.connect(cloud="lab-admin") as cloud:
        used = [one for one in cloud.block_storage.volumes(all_projects=True) if "@ontap_nfs" in one.host]
    assert used, "the demo leaves instances"
    other = {"enhanced_instance_backends": [{"name": "ontap_other", "volume_type": "enhanced"}]}
    sentence = refused(env, "cinder", other)
    assert f"{len(used)} volumes (" in sentence
    assert "are on backend ontap_nfs, which cinder_netapp_backends no longer names" in sentence
    assert files_of("cinder") == before
    seen = drifts(env, tmp_path, {**other, "cinder_netapp_abandoned_backends": ["ontap_nfs"]}, "cinder")
    assert names(seen) >= {"Write the options, and the files that they name"}
    assert files_of("cinder") == before


def test_glance_gets_its_files_back_if_it_stays_down(env):
    before = files_of("glance")
    sentence = refused(env, "glance", RESERVED_NAME)
    assert "'os_glance_' prefix should not be used" in sentence
    assert "Glance has its options of before again, and answers." in sentence
    assert files_of("glance") == before


def test_drift_is_seen_in_check_mode_and_mended(env, tmp_path):
    subprocess.run([*WORDS, Path(__file__).with_name("drift.yml")], env=env, check=True)
    seen = drifts(env, tmp_path)
    assert names(seen) >= SEEN
    # vStorage and the export rule are seen on the control host, the rest where it lies.
    assert {task["host"] for task in seen} == {"localhost", "glance-1", "cinder-1"}
    mended = play.run("deploy", env)
    assert mended.ok, mended.failed
    assert names(mended.changed) == names(seen)
    assert drifts(env, tmp_path) == []


def make_account(env, name, *purposes):
    """An ONTAP account of the cluster, which logs in by a certificate."""
    words = [*WORDS, Path(__file__).with_name("account.yml"), "-e"]
    subprocess.run([*words, json.dumps({"account": name, "purposes": purposes})], env=env, check=True)


def test_cinder_with_an_account_of_its_own_by_certificate(env, tmp_path):
    certificate, key = tls.write_client(LAB.ca, "cinder_certified")
    login = {"cert_filepath": str(certificate), "key_filepath": str(key)}
    wanted = {
        "enhanced_instance_backends": [{"name": "ontap_nfs", "volume_type": "enhanced", "connection": login}]
    }
    hosts = "localhost,cinder"
    make_account(env, "cinder_certified", "cinder_nfs")
    control = Control(str(LAB.root / "ontap" / "control.sock"))
    started = time.time()
    done = play.run("deploy", env, wanted, limit=hosts)
    assert done.ok, done.failed
    # The options have no password any more: the driver and verify can only log in by the certificate.
    assert b"netapp_password" not in files_of("cinder")
    assert "cinder_certified" in {entry["account"] for entry in control.audit(started)}
    good = play.run("verify", env, wanted, limit=hosts)
    assert good.ok, good.failed
    make_account(env, "cinder_certified", "cinder_iscsi")
    with (tmp_path / "verify.log").open("w+") as screen:
        lacking = play.run("verify", env, wanted, limit=hosts, output=screen)
        shown = screen.seek(0) or screen.read()
    assert "1 of 18 checks failed: account of Cinder's backend ontap_nfs" in lacking.failed[-1]["msg"]
    assert "give its role read_create for /api/private/cli/volume/file/clone (has none); " in shown
    # And back to the password, for those who go on with this lab.
    done = play.run("deploy", env, limit=hosts)
    assert done.ok, done.failed
    assert b"netapp_certificate_file" not in files_of("cinder")

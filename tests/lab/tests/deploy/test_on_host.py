# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles cinder_netapp and glance_netapp on a host's own files: what an operator had is there after teardown.

No secret is shown on the way, neither of ours nor of the operator's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from labkit import paths, venvs

from .stub_cloud import Cloud, serving

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
SECRETS = ("hidden-0", "hidden-1", "hidden-2", "hidden-3", "hidden-4")
BEFORE = """\
# mine
[DEFAULT]
enabled_backends = lvm
transport_url = rabbit://openstack:hidden-0@192.0.2.5

[lvm]
volume_driver = cinder.volume.drivers.lvm.LVMVolumeDriver

[glance]
# of another cloud
username = reader
password = hidden-1
region_name = one

[service_user]
send_service_user_token = true
username = cinder
password = hidden-2"""


def cinder(folder, style, *tasks_from, options=(), fails=False, **more):
    variables = {
        "cinder_netapp_config_file": f"{folder}/cinder.conf",
        "cinder_netapp_config_dir": f"{folder}/cinder.conf.d",
        "cinder_netapp_config_style": style,
        "cinder_netapp_files_dir": str(folder),
        "cinder_netapp_group": str(os.getgid()),
        "cinder_netapp_service_manager": "none",
        "cinder_netapp_backends": [
            {
                "name": "ontap_nfs",
                "connection": {
                    "hostname": "svm.example.com",
                    "username": "cinder",
                    "password": "hidden-3",
                    "vserver": "svm1",
                },
                "shares": ["192.0.2.11:/cinder_a"],
            }
        ],
        "cinder_netapp_glance_user": {
            "username": "cinder",
            "password": "hidden-4",
            "project_name": "service",
            "auth_url": "http://keystone.example.com/v3",
        },
        **more,
    }
    return play(folder, variables, "cinder_netapp", tasks_from, options, fails)


def play(folder, variables, role, tasks_from, options=(), fails=False):
    role = f"openstack_ontap.enhanced_instance.{role}"
    tasks = [{"ansible.builtin.include_role": {"name": role, "tasks_from": one}} for one in tasks_from]
    book = folder.parent / "play.json"
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    given = folder.parent / "variables.json"
    given.write_text(json.dumps({**variables, "ansible_python_interpreter": sys.executable}))
    command = Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run(
        [command, book, "-e", f"@{given}", "--diff", "-vvv", *options],
        capture_output=True,
        text=True,
        env=dict(
            os.environ,
            ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()),
            ANSIBLE_NOCOLOR="1",
            PATH=f"{folder.parent / 'bin'}:{os.environ['PATH']}",
        ),
        check=False,
    )
    shown = done.stdout + done.stderr
    assert (done.returncode != 0) is fails, shown
    assert not [secret for secret in SECRETS if secret in shown]
    return shown


@pytest.mark.skipif(os.getuid() != 0, reason="the role gives files to root")
@pytest.mark.parametrize("style", ["main_file", "drop_in"])
def test_there_and_back(tmp_path, style):
    folder = tmp_path / "etc"
    (folder / "cinder.conf.d").mkdir(parents=True)
    main = folder / "cinder.conf"
    main.write_text(BEFORE)
    main.chmod(0o640)
    shown = cinder(folder, style, "main", "main", "absent", options=["--check"])
    assert "[ontap_nfs] netapp_login = cinder" in shown
    assert main.read_text() == BEFORE
    cinder(folder, style, "main")
    written = "".join(file.read_text() for file in folder.rglob("*.conf"))
    assert "netapp_password = hidden-3" in written
    assert "password = hidden-4" in written
    assert "changed=0" in cinder(folder, style, "main")
    cinder(folder, style, "absent")
    assert main.read_text().rstrip("\n") == BEFORE
    assert main.stat().st_mode & 0o777 == 0o640
    left = {path.name for path in folder.rglob("*") if path.is_file()}
    assert left - {"cinder.conf.before-enhanced-instance"} == {"cinder.conf"}
    assert "changed=0" in cinder(folder, style, "absent")


@pytest.mark.skipif(os.getuid() != 0, reason="the role gives files to root")
def test_a_share_does_not_leave_from_under_volumes(tmp_path, monkeypatch):
    folder = tmp_path / "etc"
    (folder / "cinder.conf.d").mkdir(parents=True)
    (folder / "cinder.conf").write_text("[DEFAULT]\nenabled_backends = lvm\nhost = here\n")
    backend = {
        "name": "ontap_nfs",
        "connection": {"hostname": "h", "username": "u", "password": "hidden-3", "vserver": "v"},
        "shares": ["192.0.2.11:/a", "192.0.2.11:/b"],
    }
    fewer = {"cinder_netapp_backends": [{**backend, "shares": backend["shares"][:1]}]}
    volume = {
        "id": "v1",
        "name": "v",
        "status": "available",
        "os-vol-host-attr:host": "here@ontap_nfs#192.0.2.11:/b",
    }
    cloud = Cloud(volumes=[volume])
    with serving(cloud, tmp_path) as clouds:
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))
        more = {"cinder_netapp_admin_cloud": "stub"}
        cinder(folder, "drop_in", "main", **more, cinder_netapp_backends=[backend])
        before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
        shown = cinder(folder, "drop_in", "main", **more, **fewer, fails=True)
        assert "1 volumes (v1) are in ontap_nfs#192.0.2.11:/b, which the backend no longer names" in shown
        shares = folder / "nfs_shares_ontap_nfs"
        assert shares.read_text() == before[shares]
        cloud.volumes.clear()
        cinder(folder, "drop_in", "main", **more, **fewer)
        assert shares.read_text() == "192.0.2.11:/a\n"
        # Which pools there are is the operator's own list to say then.
        cloud.volumes.append(volume)
        own = {**fewer["cinder_netapp_backends"][0], "options": {"nfs_shares_config": "/etc/cinder/own"}}
        cinder(folder, "drop_in", "main", **more, cinder_netapp_backends=[own])


def glance(folder, mounted, more="", before="", stores="one:file,two:file,netapp:file", **variables):
    """The options after a teardown of what deploy wrote, and what was shown."""
    main, mount = folder / "glance-api.conf", folder / "mount"
    for path in (folder.parent / "bin", folder, mount):
        path.mkdir(exist_ok=True)
    findmnt = folder.parent / "bin" / "findmnt"
    findmnt.write_text(f"#!/bin/sh\nexit {0 if mounted else 1}\n")
    findmnt.chmod(0o755)
    (folder / "glance-api.conf.before-enhanced-instance").write_text(
        f"[DEFAULT]\nenabled_backends = one:file, two:file{before}\n[glance_store]\ndefault_backend = two\n"
    )
    main.write_text(
        f"[DEFAULT]\nenabled_backends = {stores}\n{more}"
        "[glance_store]\ndefault_backend = netapp\n[netapp]\nfilesystem_store_datadir = x\n"
    )
    variables = {
        "glance_netapp_share": "192.0.2.11:/cinder_a",
        "glance_netapp_mountpoint": str(mount),
        "glance_netapp_config_file": str(main),
        "glance_netapp_metadata_file": f"{folder}/netapp_store.json",
        "glance_netapp_policy_dir": str(folder / "policy.d"),
        "glance_netapp_service_manager": "none",
        "glance_netapp_old_location_flags": True,
        **variables,
    }
    shown = play(folder, variables, "glance_netapp", ["absent"])
    return main.read_text(), shown


FLAGS = "show_multiple_locations = true\nshow_image_direct_url = true\n"


def test_a_store_goes_and_what_was_before_comes_back(tmp_path):
    text, _shown = glance(tmp_path / "etc", True, FLAGS, "\nshow_image_direct_url = true")
    assert text == (
        "[DEFAULT]\nenabled_backends = one:file,two:file\nshow_image_direct_url = true\n"
        "[glance_store]\ndefault_backend = two\n"
    )


def test_switches_that_were_off_are_off_again(tmp_path):
    """Before the policy that makes show_multiple_locations harmless goes (OSSN-0065)."""
    off = FLAGS.replace("true", "false")
    text, _shown = glance(tmp_path / "etc", True, FLAGS, f"\n{off.rstrip()}")
    assert "true" not in text
    assert text.count("= false") == 2
    stores = "one:file,two:file,netapp:file,san:cinder"
    (tmp_path / "other").mkdir()
    text, _shown = glance(
        tmp_path / "other" / "etc",
        False,
        "show_multiple_locations = true\n",
        "\nshow_multiple_locations = false",
        stores,
        glance_netapp_old_location_flags=False,
        glance_netapp_cinder_stores=[{"name": "san", "volume_type": "gold"}],
    )
    assert "enabled_backends = one:file,two:file,netapp:file\nshow_multiple_locations = false\n" in text


@pytest.mark.parametrize(
    ("mounted", "before", "why"),
    [
        (False, "", "the export is not mounted at"),
        (True, ", netapp:file", "it was there before deploy"),
    ],
)
def test_a_store_stays_where_its_images_may_be(tmp_path, mounted, before, why):
    text, shown = glance(tmp_path / "etc", mounted, before=before)
    assert f"The store stays: {why}" in shown
    assert "netapp:file" in text
    assert "[netapp]" in text


def test_switches_from_the_command_line_are_text(tmp_path):
    folder = tmp_path / "etc"
    folder.mkdir()
    variables = {
        "glance_netapp_share": "192.0.2.11:/cinder_a",
        "glance_netapp_target": "folder",
        "glance_netapp_output_dir": str(folder),
    }
    words = ["-e", "enhanced_instance_old_location_flags=false", "-e", "glance_netapp_default_store=false"]
    play(folder, variables, "glance_netapp", ["main"], words)
    text = (folder / "glance-api.conf").read_text()
    assert "filesystem_store_datadir" in text
    assert "show_multiple_locations" not in text
    assert "default_store" not in text


@pytest.mark.parametrize("half", [False, True])
def test_verify_names_a_broken_metadata_file(tmp_path, half):
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "glance-api.conf").write_text("[DEFAULT]\n")
    told = json.dumps(
        [
            {
                "id": "cinder_a",
                "type": "nfs",
                "mountpoint": str(folder),
                "share_location": "nfs://192.0.2.11/cinder_a",
            }
        ]
    )
    (folder / "netapp_store.json").write_text(told[:40] if half else told)
    variables = {
        "glance_netapp_share": "192.0.2.11:/cinder_a",
        "glance_netapp_mountpoint": str(folder),
        "glance_netapp_config_file": f"{folder}/glance-api.conf",
        "glance_netapp_metadata_file": f"{folder}/netapp_store.json",
        "glance_netapp_api_url": "http://127.0.0.1:1/",
    }
    shown = play(folder, variables, "glance_netapp", ["verify"])
    start = shown.index('{\n    "ansible_facts": {\n        "glance_netapp_findings"')
    findings = json.JSONDecoder().raw_decode(shown[start:])[0]["ansible_facts"]["glance_netapp_findings"]
    found = {one["check"]: one["ok"] for one in findings}
    assert found["metadata file for Cinder's driver"] is not half

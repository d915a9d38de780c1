# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role cinder_netapp on a host's own files, there and back: what an operator had is there afterwards.

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

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
ROLE = "openstack_ontap.enhanced_instance.cinder_netapp"
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


def play(folder, style, *tasks_from, options=()):
    variables = {
        "ansible_python_interpreter": sys.executable,
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
    }
    tasks = [{"ansible.builtin.include_role": {"name": ROLE, "tasks_from": one}} for one in tasks_from]
    book = folder.parent / "play.json"
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    given = folder.parent / "variables.json"
    given.write_text(json.dumps(variables))
    command = Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run(
        [command, book, "-e", f"@{given}", "--diff", "-vvv", *options],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    shown = done.stdout + done.stderr
    assert done.returncode == 0, shown
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
    shown = play(folder, style, "main", "main", "absent", options=["--check"])
    assert "[ontap_nfs] netapp_login = cinder" in shown
    assert main.read_text() == BEFORE
    play(folder, style, "main")
    written = "".join(file.read_text() for file in folder.rglob("*.conf"))
    assert "netapp_password = hidden-3" in written
    assert "password = hidden-4" in written
    assert "changed=0" in play(folder, style, "main")
    play(folder, style, "absent")
    assert main.read_text().rstrip("\n") == BEFORE
    assert main.stat().st_mode & 0o777 == 0o640
    left = {path.name for path in folder.rglob("*") if path.is_file()}
    assert left - {"cinder.conf.before-enhanced-instance"} == {"cinder.conf"}
    assert "changed=0" in play(folder, style, "absent")

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of the lab: makes a host with packaged OpenStack of its namespace, is supervisord.

Runs as ``lab.py _inside`` in new mount and pid namespaces, so nothing it mounts or writes is seen outside,
and all that it starts ends with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import accounts, render
from .paths import LAB_SOURCE, SUPERVISOR_CONFIG, SUPERVISOR_SOCKET, VENV_INSIDE

OVERLAID = ("/etc", "/usr/sbin", "/var/lib")
# Folders of the lab's data that live longer than the overlays, as the prepared copy holds them.
DATA = {"mysql": "mysql", "rabbitmq": "rabbitmq", "keystone": "keystone"}
_FOLDERS = {
    "glance": ("images", "staging", "tasks", "lock"),
    "cinder": ("mnt", "conversion", "volumes", "lock", "groups"),
    "nova": ("mnt", "instances", "lock"),
    "neutron": ("lock",),
    "placement": (),
}
_PRIVATE = {"rabbitmq-lab": "rabbitmq", **{account.name: account.name for account in accounts.SERVICES}}


def _mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


def overlay_parts(overlay, target):
    """(upper, work) folders of the overlay over ``target``."""
    name = target.strip("/").replace("/", "-")
    return overlay / name / "upper", overlay / name / "work"


def mount_overlays(overlay, targets=OVERLAID):
    for target in targets:
        upper, work = overlay_parts(overlay, target)
        for folder in (upper, work):
            folder.mkdir(parents=True, exist_ok=True)
        _mount("-t", "overlay", "lab", "-o", f"lowerdir={target},upperdir={upper},workdir={work}", target)


def _bind(source, target):
    Path(target).mkdir(parents=True, exist_ok=True)
    _mount("--bind", source, target)


def _own(path, user, mode):
    shutil.chown(path, user, user)
    os.chmod(path, mode)


def make_folders(lab):
    for user, names in _FOLDERS.items():
        home = Path("/var/lib") / user
        for folder in (home, *(home / name for name in names)):
            folder.mkdir(exist_ok=True)
            _own(folder, user, 0o755)
    for name, user in DATA.items():
        _own(lab.data / name, user, 0o750)
        _bind(lab.data / name, f"/var/lib/{name}")
    Path(SUPERVISOR_SOCKET).parent.mkdir(exist_ok=True)


def write_configuration(lab, addresses, tools, openstack):
    """What the packages bring (from the virtualenv), then the lab's own files over it."""
    known = render.values(addresses, lab, tools, LAB_SOURCE)
    etc = Path("/etc")
    for folder in sorted((openstack / "etc").iterdir()):
        shutil.copytree(folder, etc / folder.name, dirs_exist_ok=True)
    templates = LAB_SOURCE / "openstack" / "etc"
    for template in sorted(path for path in templates.rglob("*") if path.is_file()):
        file = etc / template.relative_to(templates)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(render.fill(template.read_text(), known))
    (etc / "sudoers").chmod(0o440)
    (etc / "cinder" / "cinder.conf.d").mkdir(exist_ok=True)
    for folder, user in _PRIVATE.items():
        for path in (etc / folder, *(etc / folder).rglob("*")):
            shutil.chown(path, "root", user)
            os.chmod(path, 0o750 if path.is_dir() else 0o640)
    (etc / "fstab").write_text("# The lab's own file systems.\n")
    with (etc / "hosts").open("a") as hosts:
        hosts.write(f"{addresses.api} lab-mq\n")


def write_helpers(lab, addresses):
    """mount(8)'s helpers for nfs; sudo hands no environment on, so the lab's place stands in them."""
    place = f"EIC_LAB={lab.root} EIC_NET={addresses.net}"
    mount = f'#!/bin/sh\n{place} exec {sys.executable} {LAB_SOURCE}/mount_nfs.py "$@"\n'
    for name, text in {
        "mount.nfs": mount,
        "mount.nfs4": mount,
        "umount.nfs": '#!/bin/sh\nexec umount -i "$1"\n',
        "umount.nfs4": '#!/bin/sh\nexec umount -i "$1"\n',
    }.items():
        file = Path("/usr/sbin") / name
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(0o755)


def main(lab, addresses, tools, openstack):
    os.umask(0o022)
    mount_overlays(lab.overlay)
    accounts.install()
    _bind(openstack, VENV_INSIDE)
    make_folders(lab)
    python = Path("/var/lib/neutron/python")
    shutil.copytree(LAB_SOURCE / "openstack" / "python", python)
    write_configuration(lab, addresses, tools, openstack)
    write_helpers(lab, addresses)
    os.chdir("/")
    supervisord = f"{VENV_INSIDE}/bin/supervisord"
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG")}
    os.execve(supervisord, [supervisord, "-c", SUPERVISOR_CONFIG], environment)

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running commands inside the lab's namespaces."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from . import proc
from .paths import LAB_SOURCE, VENV_INSIDE

_IN_FOLDER = 'cd "$0" 2>/dev/null || cd /; exec "$@"'
_WRAPPER = """#!/bin/sh
# Runs the lab's Python inside the lab, from wherever it is called.
here=$(readlink /proc/self/ns/mnt)
if [ "$here" = "{space}" ]; then exec {python} "$@"; fi
if [ "$(readlink /proc/{pid}/ns/mnt)" != "{space}" ]; then
    echo "The lab is not up, so nothing can run in it: run make lab-up." >&2
    exit 1
fi
exec nsenter -t {pid} -m -p -- /bin/sh -c '{in_folder}' "$PWD" {python} "$@"
"""


def command(pid, words, folder="/"):
    """The words that run ``words`` in the namespaces of ``pid``, in ``folder``."""
    return [
        "nsenter",
        "-t",
        str(pid),
        "-m",
        "-p",
        "--",
        "/bin/sh",
        "-c",
        _IN_FOLDER,
        str(folder),
        *map(str, words),
    ]


def as_user(user, words):
    """The words that run ``words`` as a service's user."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]


def service_environment(user):
    return {
        "PATH": f"{VENV_INSIDE}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": f"/var/lib/{user}",
        "LANG": "C.UTF-8",
    }


def user_environment(lab, addresses, tools, base=None):
    """What a person (or a test) in the lab wants to have set."""
    found = dict(os.environ if base is None else base)
    found["PATH"] = f"{tools}/bin:{VENV_INSIDE}/bin:" + found.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    found.update(EIC_LAB=str(lab.root), EIC_NET=addresses.net, OS_CLIENT_CONFIG_FILE=str(lab.clouds))
    return found


def clean_environment(lab, addresses, cache):
    """All that our own programs need to know, whatever the caller's shell has set."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(LAB_SOURCE),
        "EIC_CACHE": str(cache.root),
        "EIC_LAB": str(lab.root),
        "EIC_NET": addresses.net,
        "OS_CLIENT_CONFIG_FILE": str(lab.clouds),
    }


def write_wrapper(lab, pid, tools, name="python"):
    """bin/python of the run state: an ansible_python_interpreter for the lab's hosts."""
    lab.bin.mkdir(exist_ok=True)
    file = lab.bin / name
    file.write_text(
        _WRAPPER.format(
            pid=pid, space=proc.namespace(pid), python=Path(tools) / "bin" / "python", in_folder=_IN_FOLDER
        )
    )
    file.chmod(0o755)


def run(pid, words, **options):
    return subprocess.run(command(pid, words), check=False, **options)

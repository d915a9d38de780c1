# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second host of cinder-volume beside the running lab, as installed: it is named, and has no backend yet.

It has mounts, /etc/cinder and /var/lib/cinder of its own, and shares the rest with the lab's first host.
Roles reach it through bin/python-2, and its supervisord by SUPERVISOR_CONFIG.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time

from . import enter, proc
from .failure import LabError
from .paths import SUPERVISOR_CONFIG as FIRST_CONFIG
from .paths import VENV_INSIDE
from .supervisor import Supervisor

SUPERVISOR_CONFIG = "/etc/supervisor/second.conf"
SUPERVISOR_SOCKET = "/var/lib/supervisor/second.sock"
START_SECONDS = 30
_BECOME = f"""
set -e
own=/var/lib/second
rm -rf $own
mkdir -p $own/etc $own/home/mnt $own/home/conversion $own/home/volumes $own/home/lock $own/home/groups
cp -a /etc/cinder/. $own/etc
chown -R cinder:cinder $own/home
# Not this host's mounts; hidden below its own folder they would still be listed, and taken for its own.
for share in /var/lib/cinder/mnt/*; do if mountpoint -q $share; then umount $share; fi; done
mount --bind $own/etc /etc/cinder
mount --bind $own/home /var/lib/cinder
rm -rf /etc/cinder/cinder.conf.d/* /etc/cinder/nfs_shares_* /etc/cinder/ontap_* /etc/cinder/*.before-*
sed -i 's/^host = .*/host = cinder-2/; s/^enabled_backends = .*/enabled_backends =/' /etc/cinder/cinder.conf
# The same programs, of which none starts by itself, with a socket and logs of their own.
sed 's#/lab[.]#/second.#; s#/supervisord[.]log#/supervisord-2.log#; s#_name)s[.]log#_name)s-2.log#' \\
    {FIRST_CONFIG} > {SUPERVISOR_CONFIG}
exec {VENV_INSIDE}/bin/supervisord -c {SUPERVISOR_CONFIG}
"""


@contextlib.contextmanager
def running(lab, pid, tools):
    """The Supervisor of a second host, up as long as this context; ``pid`` is the lab's own supervisord."""
    words = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", _BECOME]
    with (lab.log / "namespace-2.log").open("ab") as output:
        outer = subprocess.Popen(
            enter.command(pid, words),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # What the caller's shell has set is nothing to the services.
            env={**enter.service_environment("root"), "HOME": "/root"},
        )
    try:
        inner, supervisor = _wait(outer, lab)
        enter.write_wrapper(lab, inner, tools, "python-2")
        yield supervisor
    finally:
        for child in proc.children(outer.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        outer.wait(START_SECONDS)


def _wait(outer, lab):
    deadline = time.monotonic() + START_SECONDS
    while outer.poll() is None and time.monotonic() < deadline:
        for pid in proc.children(outer.pid):
            supervisor = Supervisor(pid, SUPERVISOR_SOCKET)
            if supervisor.answers():
                return pid, supervisor
        time.sleep(0.1)
    raise LabError(f"The second host does not come up; {lab.log}/namespace-2.log tells why.")

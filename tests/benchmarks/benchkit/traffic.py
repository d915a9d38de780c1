# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes that the lab's hosts moved: by Glance's request log, and by what their services read and wrote.

NFS is a bind mount in the lab, so there is no NFS traffic to count; the kernel's count of bytes that a
service's processes passed to read() and write() stands for it. Sockets are not in it (they use send and
receive).
"""

from __future__ import annotations

from dataclasses import dataclass

from demokit import glance_log
from labkit import proc

# Whose processes count for which host: a word of the command line, and words that rule one out.
HOSTS = {
    "glance host": ("glance", ()),
    "cinder host": ("cinder", ("cinder-api", "cinder_api", "cinder-scheduler")),
}


@dataclass(frozen=True)
class Moved:
    """Bytes of the hosts' services so far."""

    read: dict
    written: dict

    def since(self, before):
        return Moved(
            {host: self.read[host] - before.read[host] for host in HOSTS},
            {host: self.written[host] - before.written[host] for host in HOSTS},
        )


def moved(lab):
    """The counts now. Children that have ended are in their parents' counts."""
    read, written = dict.fromkeys(HOSTS, 0), dict.fromkeys(HOSTS, 0)
    for pid in proc.processes_on(lab.place.overlay):
        folder = proc.PROC / str(pid)
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
            counts = dict(line.split(": ") for line in (folder / "io").read_text().splitlines())
        except (OSError, ValueError):
            continue  # it has just ended
        for host, (word, others) in HOSTS.items():
            if word in words and not any(one in words for one in others):
                read[host] += int(counts["rchar"])
                written[host] += int(counts["wchar"])
    return Moved(read, written)


def downloaded(lab, image):
    """(bytes, requests) of the image's data that Glance handed out, by its own log."""
    with (lab.place.log / "glance-api.log").open(errors="replace") as lines:
        found = glance_log.traffic(lines, image)
    return found.bytes_out, found.downloads

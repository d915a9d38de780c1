# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot a Cinder volume from its file as a compute host would: through its own NFS mount, as the user of QEMU.

Runs inside the lab (``lab.py exec``); the mount is taken away again.
"""

from __future__ import annotations

import argparse
import grp
import hashlib
import json
import pwd
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from image.boot import Boot, boot

MOUNTS = Path("/var/lib/nova/mnt")
OPTIONS = "vers=4.1,lookupcache=pos,nolock"


def boot_volume(share: str, file: str, user: str, message: str, timeout: float) -> Boot:
    """Mount *share*, boot *file* of it as *user*, and leave nothing mounted."""
    account = pwd.getpwnam(user)
    groups = tuple(group.gr_gid for group in grp.getgrall() if user in group.gr_mem)
    folder = MOUNTS / f"demo-{hashlib.md5(share.encode(), usedforsecurity=False).hexdigest()}"
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "nfs", "-o", OPTIONS, share, str(folder)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        return Boot(
            False, 0.0, done.stderr, f"The compute host could not mount {share}: {done.stderr.strip()}"
        )
    try:
        return boot(folder / file, message, account.pw_uid, account.pw_gid, groups, timeout)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", required=True, help="LIF:/junction")
    parser.add_argument("--file", required=True, help="name of the volume's file in the share")
    parser.add_argument("--user", default="qemu")
    parser.add_argument("--message", required=True, help="line to wait for on the console")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds (default: %(default)s)")
    arguments = parser.parse_args()
    result = boot_volume(
        arguments.share, arguments.file, arguments.user, arguments.message, arguments.timeout
    )
    print(json.dumps(asdict(result)))
    return 0 if result.found else 1


if __name__ == "__main__":
    sys.exit(main())

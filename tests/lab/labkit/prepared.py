# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prepared copy: databases, keys and passwords of a fresh plain cloud, in the cache for the next time."""

from __future__ import annotations

import os
import shutil
import subprocess

from .failure import LabError

ARCHIVE = "prepared.tar.gz"
# The passwords in the databases belong to the copy; the simulator's are new for each lab.
PARTS = ("data/mysql", "data/keystone", "secrets")
NOT_KEPT = ("secrets/ontap_*",)


def exists(folder):
    return (folder / ARCHIVE).exists()


def save(lab, folder):
    """Keep ``lab``'s data (its database is stopped) in ``folder``; complete or not there at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f"{ARCHIVE}.{os.getpid()}"
    words = [
        "tar",
        "--create",
        "--sparse",
        "--numeric-owner",
        "--use-compress-program=gzip -1",
        f"--file={partial}",
    ]
    words += [f"--exclude={name}" for name in NOT_KEPT]
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600))
        subprocess.run([*words, f"--directory={lab.root}", *PARTS], check=True)
        partial.replace(folder / ARCHIVE)
    finally:
        partial.unlink(missing_ok=True)


def restore(lab, folder):
    """Bring the copy back; False (and no copy any more) when it cannot be read."""
    words = ["tar", "--extract", "--numeric-owner", "--same-owner", "--same-permissions"]
    done = subprocess.run(
        [*words, f"--file={folder / ARCHIVE}", f"--directory={lab.root}"], check=False, capture_output=True
    )
    if done.returncode == 0:
        return True
    for part in PARTS:
        shutil.rmtree(lab.root / part, ignore_errors=True)
    try:
        (folder / ARCHIVE).unlink()
    except OSError as error:
        raise LabError(
            f"{folder / ARCHIVE} is unreadable and cannot be removed ({error}): remove it."
        ) from error
    return False

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens on the way: a FlexVol that fills up while an image is being brought to it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path

from ontap_sim.control_client import Control

MIB = 1024 * 1024
# A copy of 64 MiB then takes some seconds, in which there is time to fill its FlexVol.
SLOW_BYTES_PER_SECOND = 4 * MIB
LEFT_BYTES = 4 * MIB
# Files by which somebody has begun to bring an image: the collection's copy, the stock driver's volume.
BEGUN = ("eic-*", "volume-*")


@contextmanager
def filling_up(control: Control, inside: Path, flexvol: str):
    """While the block runs, *flexvol* fills up as soon as an image is on its way there; then all is as was.

    *inside* is the lab's root directory as seen from outside.
    """
    listed = control.request("GET", "/volumes")
    root = inside / {one["name"]: one["root"] for one in listed}[flexvol].lstrip("/")
    ended, filled = threading.Event(), threading.Event()
    # Volumes of other layouts lie here, too.
    there = {file for pattern in BEGUN for file in root.glob(pattern)}

    def watch():
        while not ended.wait(0.05):
            if any(size_of(file) for pattern in BEGUN for file in set(root.glob(pattern)) - there):
                control.fill(flexvol, LEFT_BYTES)
                filled.set()
                return

    watcher = threading.Thread(target=watch)
    with control.switched(copy_bytes_per_second=SLOW_BYTES_PER_SECOND):
        watcher.start()
        try:
            yield filled
        finally:
            ended.set()
            watcher.join()
            control.fill(flexvol, None)


def size_of(file: Path) -> int:
    """Bytes on disk; 0 where the file has just gone."""
    try:
        return file.stat().st_blocks * 512
    except FileNotFoundError:
        return 0

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ONTAP simulator with FlexVols that are plain folders, for rows that need a thousand of them.

Everything but the file systems is the simulator as it is: a thousand loop mounts would take minutes and tell
nothing of a plan, which only reads. Files cannot be cloned in it.
"""

from __future__ import annotations

import os
import shutil
import sys

from ontap_sim import __main__ as program
from ontap_sim import flexvol, sim


class Folder(flexvol.FlexVol):
    """A FlexVol without a file system of its own; its space is that of the disk below."""

    @property
    def exists(self):
        return os.path.isdir(self.mount_point)

    @property
    def mounted(self):
        return self.exists

    def create(self, size, usable):
        for part in flexvol.PARTS:
            os.makedirs(self.path(part), exist_ok=True)

    def mount(self):
        os.makedirs(self.mount_point, exist_ok=True)

    def unmount(self):
        """There is nothing to unmount."""

    def destroy(self):
        shutil.rmtree(self.mount_point, ignore_errors=True)

    def resize(self, size, usable):
        """Folders have no size."""

    def used(self):
        return 0


if __name__ == "__main__":
    sim.FlexVol = Folder
    program.main(sys.argv[1:])

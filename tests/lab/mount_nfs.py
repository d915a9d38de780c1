# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's mount.nfs: asks the ONTAP simulator what an NFS server would decide, then bind-mounts.

Called as mount(8) calls its helpers: ``SERVER:/PATH TARGET [-rvwfns] [-o OPTIONS]``.
EIC_LAB and EIC_NET tell which lab.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from labkit.nfs import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

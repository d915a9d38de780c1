# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart on a SAN pool (iSCSI, FC), which has no cache files: LUNs are cloned from image-volumes."""

from __future__ import annotations

from .facts import DOWNLOAD, Case, Decision
from .notes import Notes


def decide(case: Case, notes: Notes) -> Decision:
    """The path into a pool that holds LUNs."""
    notes.add(
        f"Pool {case.pool.name} speaks {case.pool.protocol}: it has no cache files; LUNs are cloned from "
        "image-volumes.",
        "Use a volume type on an NFS backend.",
    )
    return notes.decision(DOWNLOAD)

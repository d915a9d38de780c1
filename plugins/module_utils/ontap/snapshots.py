# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of a FlexVol (/storage/volumes/{uuid}/snapshots)."""

from __future__ import annotations


def names(client, volume):
    """The names of a FlexVol's snapshots: one request."""
    found = client.collection(f"/storage/volumes/{volume.uuid}/snapshots", {"fields": "name"})
    return {record["name"] for record in found}

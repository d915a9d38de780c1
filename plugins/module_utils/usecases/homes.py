# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which FlexVol is behind a pool: from the words of Cinder to the objects of ONTAP, by protocol."""

from __future__ import annotations

from dataclasses import replace

from ..planner.facts import Pool
from ..planner.shares import parse_share


def locate(arrays, survey, pool: Pool) -> Pool:
    """The pool with its FlexVol, or with why there is none."""
    find = BY_PROTOCOL.get(pool.protocol)
    return find(arrays, survey, pool) if find else pool


def _by_share(arrays, survey, pool: Pool) -> Pool:
    """The pool with its FlexVol: LIF -> SVM -> junction, never by taking the junction for a name."""
    try:
        share = parse_share(pool.share)
    except ValueError as exc:
        return replace(pool, why_no_flexvol=str(exc))
    home = arrays.svm_of(survey, share.host)
    if home is None:
        return replace(
            pool,
            why_no_flexvol=f"No given ONTAP connection has a LIF with the address {share.host}, so "
            f"pool {pool.name} is not on them.",
        )
    for flexvol in survey.volumes_of(*home):
        if flexvol.junction == share.path:
            if flexvol.state != "online":
                return replace(pool, why_no_flexvol=f"FlexVol {flexvol.name} is {flexvol.state}.")
            return replace(pool, flexvol=flexvol)
    return replace(pool, why_no_flexvol=f"SVM {home[1]} has no volume at junction {share.path}.")


BY_PROTOCOL = {"nfs": _by_share}

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
    """LIF -> SVM -> junction, never by taking the junction for the FlexVol's name."""
    try:
        share = parse_share(pool.share)
    except ValueError as exc:
        return replace(pool, why_no_flexvol=str(exc))
    homes = arrays.homes_of(survey, share.host)
    found = [one for one in (survey.mounted_at(home, share.path) for home in homes) if one is not None]
    if len(found) > 1:
        names = ", ".join(sorted(map(str, found)))
        why = f"{pool.share} may be any of the FlexVols {names}: their LIFs have one address in common."
    elif not found:
        why = _why_not(survey, homes, share, pool)
    elif found[0].state != "online":
        why = f"FlexVol {found[0].name} is {found[0].state}."
    else:
        return replace(pool, flexvol=found[0])
    return replace(pool, why_no_flexvol=why)


def _why_not(survey, homes, share, pool):
    if not homes:
        return (
            f"No given ONTAP connection has a LIF with the address {share.host}, so pool {pool.name} is "
            "not on them."
        )
    svms = " or ".join(sorted({svm for _cluster, svm in homes}))
    if not any(home in survey.junctions for home in homes):
        return f"{share.host} is a LIF of SVM {svms}, and no given connection shows FlexVols of it."
    for home in homes:
        entered = survey.entered_last(home, share.path)
        if entered and entered[0].junction != "/":
            return (
                f"{share.path} is the directory {entered[1]} in FlexVol {entered[0].name}, and Cinder's "
                f"driver finds a FlexVol only by its own junction path, {entered[0].junction}."
            )
    return f"SVM {svms} has no volume at junction {share.path}."


def _by_name(_arrays, survey, pool: Pool) -> Pool:
    """A SAN pool is called as its FlexVol (block_cmode.py, _get_pool_stats); Cinder does not tell the SVM."""
    name = pool.name.partition("#")[2]
    found = [one for one in survey.volumes if one.name == name]
    if len(found) > 1:
        svms = ", ".join(sorted(str(one) for one in found))
        why = f"Pool {pool.name} may be any of {svms}: give in ontap the connection of its SVM alone."
    elif not found:
        why = f"No given ONTAP connection shows a FlexVol {name}, so pool {pool.name} is not on them."
    elif found[0].state != "online":
        why = f"FlexVol {name} is {found[0].state}."
    else:
        return replace(pool, flexvol=found[0])
    return replace(pool, why_no_flexvol=why)


BY_PROTOCOL = {"nfs": _by_share, "iscsi": _by_name, "fc": _by_name}

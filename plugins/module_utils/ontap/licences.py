# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cluster has FlexClone's licence (GET /cluster/licensing/licenses, ONTAP 9.6)."""

from __future__ import annotations

from ..failures import NotAuthorized, NotFound, Unsupported
from . import errors

FLEXCLONE = "flexclone"


def require_flexclone(client, purpose="Cloning"):
    """Raise Unsupported when FlexClone is plainly not licensed; one request.

    An SVM's account may not read licences, and some systems have no such call: then cloning itself tells.
    """
    try:
        packages = client.collection("/cluster/licensing/licenses", {"fields": "name,state,licenses"})
    except (NotAuthorized, NotFound, Unsupported):
        return
    state = lacking(packages)
    if state:
        raise Unsupported(
            f"{purpose} needs ONTAP's licence {FLEXCLONE!r}, and its state is {state}",
            client.host,
            errors.CURES[errors.UNLICENSED],
        )


def lacking(packages):
    """The state that keeps FlexClone from working, or None.

    Unlicensed packages are not listed, unless they are asked for. A package is noncompliant as soon as one
    node has no licence for it, so it lacks only when no node has one in force. Where not a single package is
    listed, nothing is known.
    """
    if not packages:
        return None
    package = next((one for one in packages if one.get("name", "").lower() == FLEXCLONE), None)
    state = package.get("state") if package else "unlicensed"
    if state == "unlicensed":
        return state
    in_force = any(_in_force(licence) for licence in package.get("licenses") or [])
    return state if state == "noncompliant" and not in_force else None


def _in_force(licence):
    return licence.get("active") or (licence.get("compliance") or {}).get("state") == "compliant"

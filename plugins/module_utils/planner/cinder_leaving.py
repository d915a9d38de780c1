# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of [DEFAULT] in the main file that go with backends that leave.

The copy of the file as it was before (*.before-enhanced-instance) tells what is ours; without it nothing is.
"""

from __future__ import annotations

SCHEMES = "allowed_direct_url_schemes"
# Written only where they were not set.
ADDED = ("cinder_internal_tenant_project_id", "cinder_internal_tenant_user_id")


def leaving(deployed: dict, before: dict | None, written: dict) -> dict:
    """``{"set": {section: {key: value}}, "remove": [section/key]}``.

    deployed, before: options by "section/key" (before is None without the copy). written: cluster and
    coordination_url as the role's variables have them, so that what others set stays.
    """
    found: dict = {"set": {}, "remove": []}
    if before is None:
        return found
    found["remove"] = [
        f"DEFAULT/{name}"
        for name in ADDED
        if deployed.get(f"DEFAULT/{name}") and not before.get(f"DEFAULT/{name}")
    ]
    for name, value in (
        ("DEFAULT/cluster", written.get("cluster")),
        ("coordination/backend_url", written.get("coordination_url")),
    ):
        if value and _last(deployed, name) == value and not before.get(name):
            found["remove"].append(name)
    name = f"DEFAULT/{SCHEMES}"
    now, then = _words(_last(deployed, name)), _words(_last(before, name))
    if "cinder" in now and "cinder" not in then:
        left = [scheme for scheme in now if scheme != "cinder"]
        if left:
            found["set"] = {"DEFAULT": {SCHEMES: ",".join(left)}}
        else:
            found["remove"].append(name)
    return found


def _last(options: dict, name: str) -> str:
    return (options.get(name) or [""])[-1]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]

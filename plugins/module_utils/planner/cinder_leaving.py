# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in the main file that go with backends that leave: of [DEFAULT], and the user of image locations.

The copy of the file as it was before (*.before-enhanced-instance) tells what is ours. Without it nothing is
but the sections of the user, by its name.
"""

from __future__ import annotations

from .oslo_text import meant

SCHEMES = "allowed_direct_url_schemes"
# Written only where they were not set.
ADDED = ("cinder_internal_tenant_project_id", "cinder_internal_tenant_user_id")
# Sections with the user of image locations (see cinder_config.py), and what is written into them.
USERS = ("glance", "service_user")
OF_A_USER = (
    *("auth_type", "auth_url", "username", "password", "project_name", "user_domain_name"),
    *("project_domain_name", "region_name", "send_service_user_token"),
)


def leaving(deployed: dict, before: dict | None, written: dict, sections=(), user: str = "") -> dict:
    """``{"set": {section: {key: value}}, "secrets": the same, "remove": [section, or section/key]}``.

    deployed, before: options by "section/key" (before is None without the copy). written: cluster and
    coordination_url as the role's variables have them, so that what others set stays. sections: those of the
    copy. user: name of the user of image locations.
    """
    found: dict = {"set": {}, "secrets": {}, "remove": []}
    for section in USERS:
        if user and meant(_last(deployed, f"{section}/username")) == user:
            if before is None or section not in sections:
                found["remove"].append(section)
            else:
                _give_back(section, deployed, before, found)
    if before is None:
        return found
    found["remove"] += [
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
            found["set"]["DEFAULT"] = {SCHEMES: ",".join(left)}
        else:
            found["remove"].append(name)
    return found


def _give_back(section: str, deployed: dict, before: dict, found: dict) -> None:
    """A section that was there keeps what is others', and gets back the user that it had."""
    for key in OF_A_USER:
        now, then = deployed.get(f"{section}/{key}"), before.get(f"{section}/{key}")
        if then and now != then:
            kind = "secrets" if key == "password" else "set"
            found[kind].setdefault(section, {})[key] = then[-1]
        elif now and not then:
            found["remove"].append(f"{section}/{key}")


def _last(options: dict, name: str) -> str:
    return (options.get(name) or [""])[-1]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]

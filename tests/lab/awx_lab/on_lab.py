# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator of the lab gives the role: credentials and settings for AWX, from the lab's own files."""

from __future__ import annotations

import yaml
from labkit.paths import LAB_SOURCE

INVENTORY = LAB_SOURCE / "inventory"
# The lab's inventory names clouds and holds the SVM's account; in AWX the credentials give these.
BY_CREDENTIAL = (
    "enhanced_instance_cloud",
    "enhanced_instance_admin_cloud",
    "enhanced_instance_ontap",
    "enhanced_instance_locations_password",
)
SLICED = tuple(f"awx-slice-{number}" for number in range(1, 5))


def given(lab, net):
    """(variables of the role, secrets in them) for the lab whose files are in ``lab``."""
    clouds = yaml.safe_load(lab.clouds.read_text())["clouds"]
    admin, demo = clouds["lab-admin"]["auth"], clouds["lab-demo"]["auth"]
    settings = yaml.safe_load((INVENTORY / "group_vars" / "all.yml").read_text())
    connection = settings["enhanced_instance_ontap"][0]
    locations = lab.secrets / "cinder_image_locations"
    if not locations.exists():
        locations.write_text("planted-locations\n")
        locations.chmod(0o600)
    secrets = {
        "ontap": lab.secret("ontap_admin"),
        "admin": admin["password"],
        "demo": demo["password"],
        "locations": locations.read_text().split(" ")[0].strip(),
    }
    variables = {name: value for name, value in settings.items() if name not in BY_CREDENTIAL}
    variables |= {"lab_dir": str(lab.root), "lab_net": net}
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["all"]["children"]["lab"]
    shared = hosts["vars"] | yaml.safe_load((INVENTORY / "group_vars" / "lab.yml").read_text())
    groups = {name: list(group["hosts"]) for name, group in hosts["children"].items()}
    return {
        "awx_templates_ontap_inputs": {
            "hostname": f"{net}.1.1",
            "http_port": str(connection["http_port"]),
            "vserver": connection["vserver"],
            "username": connection["username"],
            "password": secrets["ontap"],
            "ca": (lab.ca / "ca.pem").read_text(),
        },
        "awx_templates_openstack_inputs": {
            "host": demo["auth_url"],
            "username": demo["username"],
            "password": secrets["demo"],
            "project": demo["project_name"],
            "domain": "Default",
        },
        "awx_templates_openstack_admin_inputs": {
            "auth_url": admin["auth_url"],
            "username": admin["username"],
            "password": secrets["admin"],
            "project": admin["project_name"],
            "locations_password": secrets["locations"],
        },
        "awx_templates_inventory_variables": variables,
        "awx_templates_inventories": [
            {"name": "enhanced-instance", "variables": variables},
            {"name": "instances", "variables": variables},
        ],
        "awx_templates_hosts": [
            *({"name": name, "variables": shared} for names in groups.values() for name in names),
            *({"name": name, "inventory": "instances"} for name in SLICED),
        ],
        "awx_templates_groups": [
            *({"name": name, "hosts": names} for name, names in groups.items()),
            {"name": "enhanced_instances", "inventory": "instances", "hosts": list(SLICED)},
        ],
    }, tuple(secrets.values())

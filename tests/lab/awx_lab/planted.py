# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator gives the role in the tests: secrets that are looked for later, hosts, instances."""

from __future__ import annotations

PLANTED = {
    "awx_templates_ontap_inputs": {
        "hostname": "cluster.example.org",
        "vserver": "svm_openstack",
        "password": "planted-ontap-{{ 1 + 1 }}",
        "username": "0123",
        "key": "-----BEGIN planted-ontap-key-----\n",
        "certificate": "",
    },
    "awx_templates_openstack_inputs": {
        "host": "https://keystone.example.org/v3",
        "username": "tenant",
        "password": "planted-tenant",
        "project": "demo",
        "domain": "Default",
    },
    "awx_templates_openstack_admin_inputs": {
        "auth_url": "https://keystone.example.org/v3",
        "username": "admin",
        "password": "planted-\"admin' {{",
        "project": "admin",
        "locations_password": "planted-locations",
    },
}
# Every planted secret begins so.
SECRET = "planted-"
HOSTS = {
    "awx_templates_hosts": [
        {"name": "glance-1", "variables": {"ansible_connection": "local"}},
        {"name": "cinder-1", "variables": {"ansible_connection": "local"}},
        *({"name": f"web-{number}", "inventory": "instances"} for number in range(1, 6)),
    ],
    "awx_templates_groups": [
        {"name": "glance", "hosts": ["glance-1"]},
        {"name": "cinder", "hosts": ["cinder-1"]},
        {"name": "enhanced_instances", "inventory": "instances", "hosts": [f"web-{n}" for n in range(1, 6)]},
    ],
    "awx_templates_inventories": [
        {"name": "enhanced-instance", "variables": {"enhanced_instance_become": False}},
        {"name": "instances", "variables": {"enhanced_instance_become": False}},
    ],
}

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain cloud: service users, catalogue, project demo, flavors, network, volume type. Safe to repeat.

Runs with the tools' Python (openstacksdk) and speaks to the APIs as any admin would.
"""

from __future__ import annotations

import openstack

from . import addresses as lab_addresses
from . import paths
from .secret import SERVICE_USERS

REGION = "RegionOne"
# name: (type, description, port's name, path)
CATALOGUE = {
    "glance": ("image", ""),
    "placement": ("placement", ""),
    "cinder": ("block-storage", "/v3"),
    "nova": ("compute", "/v2.1"),
    "neutron": ("network", ""),
}
FLAVORS = (("m1.tiny", 1, 256), ("m1.small", 1, 512), ("m1.medium", 2, 1024))
NETWORK, SUBNET = "private", "10.77.0.0/24"
PLAIN_TYPE = "plain"
DEMO = "demo"
QUOTAS = {
    "block_storage": {"volumes": 500, "gigabytes": 20000, "snapshots": 500},
    "compute": {"instances": 500, "cores": 2000, "ram": 2000000},
    "network": {"ports": 2000, "networks": 100, "subnets": 100, "security_groups": 100},
}


def service_users(cloud, secret):
    """One user per service in project service; roles service and admin, as upstream's guides give them."""
    project = _project(cloud, "service")
    roles = [cloud.identity.find_role(name) for name in ("service", "admin")]
    for name in SERVICE_USERS:
        user = _user(cloud, name, secret(f"user_{name}"))
        for role in roles:
            cloud.identity.assign_project_role_to_user(project, user, role)


def catalogue(cloud, addresses):
    known = {service.name for service in cloud.identity.services()}
    for name, (kind, path) in CATALOGUE.items():
        if name in known:
            continue
        service = cloud.identity.create_service(name=name, type=kind)
        for interface in ("public", "internal", "admin"):
            cloud.identity.create_endpoint(
                service_id=service.id, interface=interface, region_id=REGION, url=addresses.url(name, path)
            )


def demo_project(cloud, secret):
    project = _project(cloud, DEMO)
    user = _user(cloud, DEMO, secret("user_demo"))
    cloud.identity.assign_project_role_to_user(project, user, cloud.identity.find_role("member"))
    return project


def _project(cloud, name):
    return cloud.identity.find_project(name) or cloud.identity.create_project(name=name, domain_id="default")


def _user(cloud, name, password):
    return cloud.identity.find_user(name) or cloud.identity.create_user(
        name=name, password=password, domain_id="default"
    )


def flavors(cloud):
    """Without a root disk: their instances live on volumes."""
    for name, cpus, megabytes in FLAVORS:
        if not cloud.compute.find_flavor(name):
            cloud.compute.create_flavor(name=name, vcpus=cpus, ram=megabytes, disk=0)


def network(cloud):
    """Shared, so that every project of the lab can use it; nothing is routed."""
    found = cloud.network.find_network(NETWORK) or cloud.network.create_network(name=NETWORK, is_shared=True)
    if not cloud.network.find_subnet(NETWORK):
        cloud.network.create_subnet(
            name=NETWORK, network_id=found.id, ip_version=4, cidr=SUBNET, enable_dhcp=False, gateway_ip=None
        )


def volume_type(cloud):
    if not cloud.block_storage.find_type(PLAIN_TYPE):
        cloud.block_storage.create_type(name=PLAIN_TYPE, extra_specs={"volume_backend_name": PLAIN_TYPE})


def quotas(cloud, projects):
    for project in projects:
        cloud.block_storage.update_quota_set(project, **QUOTAS["block_storage"])
        cloud.compute.update_quota_set(project, **QUOTAS["compute"])
        cloud.network.update_quota(project.id, **QUOTAS["network"])


def main():
    addresses, lab = lab_addresses.from_environment(), paths.Lab(paths.lab_root())
    cloud = openstack.connect(cloud="lab-admin")
    service_users(cloud, lab.secret)
    catalogue(cloud, addresses)
    demo = demo_project(cloud, lab.secret)
    # The catalogue came with the first token, before it was filled.
    cloud = openstack.connect(cloud="lab-admin")
    # The first look at ports fails in Neutron 29 until networks have been asked for.
    network(cloud)
    volume_type(cloud)
    flavors(cloud)
    quotas(cloud, [demo, cloud.identity.find_project("admin")])


if __name__ == "__main__":
    main()

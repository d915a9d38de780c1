# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of Nova, their flavors, the project's limits."""

from __future__ import annotations

from urllib.parse import quote

from ..failures import NotFound


def list_all(cloud):
    """Every server of the project; a request per thousand."""
    return cloud.pages("compute", "/servers/detail", "servers")


def list_changed(cloud, since):
    """Servers that changed since a time (ISO 8601), deleted ones among them."""
    return cloud.pages("compute", "/servers/detail", "servers", **{"changes-since": since})


# Tags of a server and of its ports came with 2.52 (Pike).
TAGS_SINCE = "2.52"


def create(cloud, name, volume_id, flavor_id, networks, options):
    """Boot from an existing volume. Nova takes one server a request where a block device is given.

    ``options``: description, key_name, availability_zone, user_data (base64), config_drive, metadata, tags,
    security_groups, scheduler_hints, terminate_volume; what is None or missing is Nova's to choose.
    """
    server = {
        "name": name,
        "flavorRef": flavor_id,
        "networks": networks,
        "block_device_mapping_v2": [
            {
                "boot_index": 0,
                "uuid": volume_id,
                "source_type": "volume",
                "destination_type": "volume",
                "delete_on_termination": bool(options.get("terminate_volume")),
            }
        ],
        "metadata": options.get("metadata") or {},
    }
    for key in ("description", "key_name", "availability_zone", "user_data", "config_drive", "tags"):
        if options.get(key):
            server[key] = options[key]
    if options.get("security_groups"):
        server["security_groups"] = [{"name": name} for name in options["security_groups"]]
    body = {"server": server}
    if options.get("scheduler_hints"):
        body["os:scheduler_hints"] = options["scheduler_hints"]
    tagged = "tags" in server or (isinstance(networks, list) and any(one.get("tag") for one in networks))
    return cloud.post("compute", "/servers", body, TAGS_SINCE if tagged else None)["server"]


def delete(cloud, server_id):
    cloud.delete("compute", f"/servers/{server_id}")


def list_flavors(cloud):
    """One request."""
    return cloud.pages("compute", "/flavors/detail", "flavors")


def find_flavor(cloud, flavors, wanted):
    """By ID or by name. Raises NotFound."""
    found = [one for one in flavors if one["id"] == wanted] or [
        one for one in flavors if one["name"] == wanted
    ]
    if not found:
        raise NotFound(
            f"There is no flavor {wanted!r}",
            f"cloud {cloud.label}",
            "give one of " + ", ".join(sorted(one["name"] for one in flavors)),
        )
    return found[0]


def check_key(cloud, name):
    """Raise NotFound unless the user has the key pair; one request."""
    try:
        cloud.get("compute", f"/os-keypairs/{quote(name, safe='')}")
    except NotFound as exc:
        raise NotFound(
            f"There is no key pair {name!r}",
            f"cloud {cloud.label}",
            "give one of this user (openstack keypair list)",
        ) from exc


def check_zone(cloud, zone):
    """Raise NotFound unless Nova has the availability zone; one request.

    Administrators may add a host and a node, as zone:host:node. Nova looks at no zone beside a host, and
    takes its own where none is given (nova/compute/api.py, create).
    """
    name, _colon, forced = zone.partition(":")
    if not name or forced.partition(":")[0]:
        return
    found = cloud.get("compute", "/os-availability-zone").get("availabilityZoneInfo", [])
    names = sorted(one["zoneName"] for one in found if one.get("zoneState", {}).get("available", True))
    if name not in names:
        raise NotFound(
            f"There is no availability zone {zone!r}",
            f"cloud {cloud.label}",
            "give one of " + ", ".join(names) if names else "leave it out",
        )


def limits(cloud):
    """Nova's absolute limits with what is used of them; -1 is no limit."""
    return cloud.get("compute", "/limits").get("limits", {}).get("absolute", {})


def volume_ids(server):
    return [one["id"] for one in server.get("os-extended-volumes:volumes_attached", [])]

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments of the module instances that openstack.cloud.server has too, in the forms that it takes."""

from __future__ import annotations

import base64

from .failures import WrongInput

# What a task copied from openstack.cloud.server may bring along and this module does not do.
REFUSED = {
    "auto_ip": "attach floating IPs afterwards with openstack.cloud.floating_ip",
    "boot_volume": "leave it out: each instance gets a volume of its own from image",
    "flavor_ram": "name the flavor",
    "floating_ip_pools": "attach floating IPs afterwards with openstack.cloud.floating_ip",
    "floating_ips": "attach floating IPs afterwards with openstack.cloud.floating_ip",
    "volumes": "attach further volumes afterwards with openstack.cloud.server_volume",
}
_NIC_KEYS = {
    "net-id": "network",
    "net-name": "network",
    "port-id": "port",
    "port-name": "port",
}


def server_argument_spec():
    """Arguments with openstack.cloud.server's names; documented in the module."""
    return {
        "network": {"type": "str"},
        "nics": {"type": "list", "elements": "raw"},
        "key_name": {"type": "str", "no_log": False},
        "security_groups": {"type": "list", "elements": "str"},
        "availability_zone": {"type": "str"},
        "userdata": {"type": "str", "no_log": True},
        "config_drive": {"type": "bool"},
        "description": {"type": "str"},
        "metadata": {"type": "raw", "aliases": ["meta"]},
        "tags": {"type": "list", "elements": "str"},
        "scheduler_hints": {"type": "dict"},
        "terminate_volume": {"type": "bool", "default": False, "aliases": ["delete_on_termination"]},
        "boot_from_volume": {"type": "bool", "default": True},
        "auto_ip": {"type": "bool", "aliases": ["auto_floating_ip", "public_ip"]},
        "boot_volume": {"type": "str", "aliases": ["root_volume"]},
        "flavor_ram": {"type": "int"},
        "floating_ip_pools": {"type": "list", "elements": "str"},
        "floating_ips": {"type": "list", "elements": "str"},
        "volumes": {"type": "list", "elements": "str"},
    }


def refuse_unserved(params):
    """Raise WrongInput for what only openstack.cloud.server does."""
    for name, cure in REFUSED.items():
        if params[name]:
            raise WrongInput(f"{name} is not what this module does", cure=cure)
    if not params["boot_from_volume"]:
        raise WrongInput(
            "boot_from_volume is false, and instances of this module always have a volume",
            cure="use openstack.cloud.server for disks on the compute hosts",
        )


def server_options(params):
    """What openstack/servers.py takes."""
    userdata = params["userdata"]
    return {
        **{
            key: params[key]
            for key in (
                "description",
                "key_name",
                "security_groups",
                "availability_zone",
                "config_drive",
                "tags",
                "scheduler_hints",
                "terminate_volume",
            )
        },
        # Nova takes user data in base64.
        "user_data": base64.b64encode(userdata.encode("utf-8")).decode("ascii") if userdata else None,
        "metadata": pairs("metadata", params["metadata"]),
    }


def nics(params, number):
    """What openstack/networks.py takes, for ``number`` instances. Raises WrongInput."""
    given = params["nics"] or []
    if not given:
        network = params["network"]
        if network in (None, "", "auto", "none"):
            return network or "auto"
        return [{"kind": "network", "key": network, "tag": None}]
    found = [one for text in given for one in _nics(text)]
    if number > 1 and any(one["kind"] == "port" for one in found):
        raise WrongInput(
            f"nics names a port, and {number} instances are asked for",
            cure="give networks; a port belongs to one instance",
        )
    return found


def pairs(what, value):
    """A dictionary of texts from a dictionary or from ``key=value,key=value``."""
    if value in (None, ""):
        return {}
    if isinstance(value, dict):
        return {str(key): str(one) for key, one in value.items()}
    if isinstance(value, list):
        raise WrongInput(f"{what} is a list", cure="write a dictionary")
    found = {}
    for part in str(value).split(","):
        key, sign, one = part.partition("=")
        if not sign or not key.strip():
            raise WrongInput(f"{what} {value!r} is no list of key=value", cure="write a dictionary")
        found[key.strip()] = one.strip()
    return found


def _nics(value):
    """One element of ``nics``: a dictionary, or a text that may name several."""
    texts = [] if isinstance(value, dict) else str(value).split(",")
    given = [value] if isinstance(value, dict) else [pairs("nics", text) for text in texts]
    for one in given:
        keys = [key for key in one if key in _NIC_KEYS]
        if len(keys) != 1 or set(one) - {*_NIC_KEYS, "tag"}:
            raise WrongInput(
                f"nics holds {one}",
                cure=f"give each nic one of {', '.join(_NIC_KEYS)}, and tag where it needs one",
            )
        yield {"kind": _NIC_KEYS[keys[0]], "key": str(one[keys[0]]), "tag": one.get("tag")}

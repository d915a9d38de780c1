# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section of one backend: what is common to all protocols, then what NFS or SAN needs.

Option names are those of cinder 29 (volume/drivers/netapp/options.py, volume/drivers/remotefs.py,
volume/driver.py).
"""

from __future__ import annotations

import re

from .oslo_text import literal

DRIVER = "cinder.volume.drivers.netapp.common.NetAppDriver"
NFS = "nfs"
# What netapp_storage_protocol takes (volume/drivers/netapp/common.py, NETAPP_UNIFIED_DRIVER_REGISTRY).
SAN = ("iscsi", "fc")
# Of these the driver takes a certificate before a password (client_cmode_rest.py), so none may be left over.
LOGIN = (
    "netapp_login",
    "netapp_password",
    "netapp_certificate_file",
    "netapp_private_key_file",
    "netapp_ca_certificate_file",
    "netapp_certificate_host_validation",
)


def protocol_of(backend: dict) -> str:
    """``nfs``, ``iscsi`` or ``fc``; raises ValueError for another word."""
    protocol = str(backend.get("protocol") or NFS).lower()
    if protocol != NFS and protocol not in SAN:
        raise ValueError(
            f"protocol {protocol!r} of backend {backend['name']} is none of nfs, iscsi and fc; "
            "write one of them"
        )
    return protocol


def is_san(backend: dict) -> bool:
    """Whether its volumes are LUNs."""
    return protocol_of(backend) in SAN


def pool_names(backend: dict) -> list:
    """The part after ``#`` of its pools' names: the share on NFS, the FlexVol on SAN."""
    return list(backend.get("flexvols" if is_san(backend) else "shares") or [])


def section(backend: dict, defaults: dict) -> tuple[dict, dict]:
    """``(plain options, secret options)``."""
    connection = backend["connection"]
    options = {
        "volume_driver": DRIVER,
        "volume_backend_name": backend.get("volume_backend_name") or backend["name"],
        "netapp_storage_family": "ontap_cluster",
        "netapp_storage_protocol": protocol_of(backend),
        # REST for everything: with the fallback on, a cluster without ZAPI stops the driver at start.
        "netapp_use_legacy_client": "false",
        "netapp_allow_zapi_fallback": "false",
        "netapp_transport_type": "https",
        "netapp_server_hostname": connection["hostname"],
        "netapp_server_port": str(connection.get("http_port") or 443),
        "netapp_vserver": connection["vserver"],
    }
    trust, hidden = _trust_and_login(connection, defaults)
    options.update(trust)
    options.update(_san(backend, defaults) if is_san(backend) else _nfs(backend, defaults))
    if defaults.get("backend_host"):
        options["backend_host"] = defaults["backend_host"]
    for key, value in (backend.get("options") or {}).items():
        # One that an operator gives here is no less a secret.
        (hidden if "password" in key else options)[key] = _text(value)
    return options, hidden


def _trust_and_login(connection: dict, defaults: dict) -> tuple[dict, dict]:
    verify = is_on(connection.get("validate_certs"))
    # Explicit: a section that is there may have it off, and it would stay so.
    options, hidden = {"netapp_ssl_cert_verify": _bool(verify)}, {}
    if connection.get("cert_filepath"):
        options["netapp_certificate_file"] = defaults["client_certificate"]
        options["netapp_private_key_file"] = defaults["client_key"]
        options["netapp_certificate_host_validation"] = _bool(verify)
        if connection.get("ca_path"):
            options["netapp_ca_certificate_file"] = defaults["ca_file"]
    else:
        options["netapp_login"] = literal(connection["username"])
        hidden["netapp_password"] = literal(connection["password"])
        if connection.get("ca_path") and verify:
            options["netapp_ssl_cert_path"] = defaults["ca_file"]
    return options, hidden


def _nfs(backend: dict, defaults: dict) -> dict:
    options = {
        "nfs_shares_config": defaults.get("shares_file")
        or f"{defaults['shares_folder']}/nfs_shares_{backend['name']}",
        "nfs_mount_point_base": defaults["mount_base"],
        # Explicit: "auto" depends on a marker file that the first volume leaves behind.
        "nas_secure_file_operations": _bool(defaults["nas_secure_file_operations"]),
        "nas_secure_file_permissions": _bool(defaults["nas_secure_file_permissions"]),
    }
    if defaults.get("mount_options"):
        options["nfs_mount_options"] = defaults["mount_options"]
    return options


def _san(backend: dict, defaults: dict) -> dict:
    """Pools by name, thin LUNs, and Cinder's image-volume cache with its limits (0 is no limit)."""
    names = backend.get("flexvols") or []
    if not names:
        raise ValueError(
            f"backend {backend['name']} speaks {protocol_of(backend)} and names no FlexVols, so Cinder would "
            "put LUNs on every FlexVol of the SVM; name its flexvols"
        )
    cache = {**(defaults.get("image_volume_cache") or {}), **(backend.get("image_volume_cache") or {})}
    return {
        # Each part becomes ^part$ (volume/drivers/netapp/utils.py, get_pool_name_filter_regex).
        "netapp_pool_name_search_pattern": ",".join(re.escape(name) for name in names),
        # A reserved LUN takes its whole size from the FlexVol, its clones too.
        "netapp_lun_space_reservation": "disabled",
        "image_volume_cache_enabled": _bool(is_on(cache.get("enabled"))),
        "image_volume_cache_max_size_gb": str(cache.get("max_size_gb") or 0),
        "image_volume_cache_max_count": str(cache.get("max_count") or 0),
    }


def is_on(value, default: bool = True) -> bool:
    """What comes from the command line or an INI file is text; Ansible's words for off are off."""
    if value is None or value == "":
        return default
    return str(value).lower() not in ("false", "no", "off", "0", "n", "f", "0.0")


def _bool(value) -> str:
    return "true" if is_on(value) else "false"


def _text(value) -> str:
    return _bool(value) if isinstance(value, bool) else str(value)

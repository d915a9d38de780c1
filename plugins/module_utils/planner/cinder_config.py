# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that Cinder needs: one section per backend, [glance], and enabled_backends merged.

Option names are those of cinder 29 (volume/drivers/netapp/options.py, volume/drivers/remotefs.py,
image/glance.py).
Secrets are kept apart from the rest, so that everything else can be shown in a diff.
"""

from __future__ import annotations

DRIVER = "cinder.volume.drivers.netapp.common.NetAppDriver"


def settings(backends: list, deployed: dict, defaults: dict, glance: dict | None = None) -> dict:
    """{"plain": {section: {key: value}}, "secret": {section: {key: value}}, "pools": [backend#share]}.

    backends: name, connection, shares and options of each. deployed: options that the service has now, by
    "section/key", without ours. defaults: paths and switches common to all backends. glance: user of the
    image-locations API, or None to leave [glance] alone.
    """
    plain: dict = {"DEFAULT": {"enabled_backends": ",".join(_enabled(backends, deployed))}}
    secret: dict = {}
    for backend in backends:
        plain[backend["name"]], hidden = _backend(backend, defaults)
        if hidden:
            secret[backend["name"]] = hidden
    if glance and glance.get("password"):
        user, hidden = _user(glance, deployed)
        plain["glance"], secret["glance"] = user, hidden
        # Without the service token Glance answers for the tenant only. What an operator has set stays.
        if str(_last(deployed, "service_user/send_service_user_token")).lower() not in (
            "true",
            "1",
            "yes",
            "on",
        ):
            plain["service_user"] = {"send_service_user_token": "true", **user}
            secret["service_user"] = dict(hidden)
    pools = [f"{backend['name']}#{share}" for backend in backends for share in backend.get("shares") or []]
    return {"plain": plain, "secret": secret, "pools": pools}


def _enabled(backends: list, deployed: dict) -> list[str]:
    names = [name.strip() for name in (_last(deployed, "DEFAULT/enabled_backends") or "").split(",")]
    return list(dict.fromkeys([name for name in names if name] + [backend["name"] for backend in backends]))


def _last(deployed: dict, name: str):
    found = deployed.get(name)
    return found[-1] if found else None


def _backend(backend: dict, defaults: dict) -> tuple[dict, dict]:
    connection = backend["connection"]
    verify = connection.get("validate_certs", True)
    section = {
        "volume_driver": DRIVER,
        "volume_backend_name": backend.get("volume_backend_name") or backend["name"],
        "netapp_storage_family": "ontap_cluster",
        "netapp_storage_protocol": "nfs",
        # REST for everything: with the fallback on, a cluster without ZAPI stops the driver at start.
        "netapp_use_legacy_client": "false",
        "netapp_allow_zapi_fallback": "false",
        "netapp_transport_type": "https",
        "netapp_server_hostname": connection["hostname"],
        "netapp_server_port": str(connection.get("http_port") or 443),
        "netapp_vserver": connection["vserver"],
    }
    hidden = {}
    if not verify:
        section["netapp_ssl_cert_verify"] = "false"
    if connection.get("cert_filepath"):
        section["netapp_certificate_file"] = defaults["client_certificate"]
        section["netapp_private_key_file"] = defaults["client_key"]
        section["netapp_certificate_host_validation"] = "true" if verify else "false"
        if connection.get("ca_path"):
            section["netapp_ca_certificate_file"] = defaults["ca_file"]
    else:
        section["netapp_login"] = connection["username"]
        hidden["netapp_password"] = connection["password"]
        if connection.get("ca_path") and verify:
            section["netapp_ssl_cert_path"] = defaults["ca_file"]
    section.update(
        {
            "nfs_shares_config": defaults.get("shares_file")
            or f"{defaults['shares_folder']}/nfs_shares_{backend['name']}",
            "nfs_mount_point_base": defaults["mount_base"],
            # Explicit: "auto" depends on a marker file that the first volume leaves behind.
            "nas_secure_file_operations": _bool(defaults["nas_secure_file_operations"]),
            "nas_secure_file_permissions": _bool(defaults["nas_secure_file_permissions"]),
        }
    )
    if defaults.get("mount_options"):
        section["nfs_mount_options"] = defaults["mount_options"]
    if defaults.get("backend_host"):
        section["backend_host"] = defaults["backend_host"]
    section.update({key: _text(value) for key, value in (backend.get("options") or {}).items()})
    return section, hidden


def _user(glance: dict, deployed: dict) -> tuple[dict, dict]:
    url = glance.get("auth_url") or _last(deployed, "keystone_authtoken/auth_url")
    url = url or _last(deployed, "keystone_authtoken/www_authenticate_uri")
    if not url:
        raise ValueError(
            "the address of Keystone is not known: Cinder has no [keystone_authtoken] auth_url, "
            "so give cinder_netapp_glance_user its auth_url"
        )
    user = {
        "auth_type": "password",
        "auth_url": url,
        "username": glance["username"],
        "project_name": glance["project_name"],
        "user_domain_name": glance.get("user_domain_name") or "Default",
        "project_domain_name": glance.get("project_domain_name") or "Default",
    }
    if glance.get("region_name"):
        user["region_name"] = glance["region_name"]
    return user, {"password": glance["password"]}


def _bool(value) -> str:
    return "true" if value else "false"


def _text(value) -> str:
    return _bool(value) if isinstance(value, bool) else str(value)


def ini_options(sections: dict) -> list[dict]:
    """One record per option: section, option, value, and name (section/option)."""
    return [
        {"section": section, "option": option, "value": value, "name": f"{section}/{option}"}
        for section, options in sections.items()
        for option, value in options.items()
    ]


def differing(wanted: list[dict], deployed: dict) -> list[str]:
    """Names of the wanted options (records of ini_options) that are not deployed, or with another value."""
    return [record["name"] for record in wanted if _last(deployed, record["name"]) != record["value"]]

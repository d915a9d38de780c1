# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that Cinder needs: a section per backend, [glance], the internal tenant, enabled_backends.

Option names are those of cinder 29 (common/config.py, image/glance.py). The sections of backends are in
cinder_backend.py.
Secrets are kept apart from the rest, so that everything else can be shown in a diff.
"""

from __future__ import annotations

from . import cinder_backend, ini_edit
from .oslo_text import literal


def settings(
    backends: list, deployed: dict, defaults: dict, glance: dict | None = None, tenant: dict | None = None
) -> dict:
    """{"plain": {section: {key: value}}, "secret": the same, "gone": [section/key], "pools": [backend#pool]}.

    backends: name, protocol, connection, shares or flexvols, and options of each. deployed: options that the
    service has now, by "section/key", without ours. defaults: paths and switches common to all backends.
    glance: user of the image-locations API, or None to leave [glance] alone. tenant: project_id and user_id
    that own the image-volumes of SAN backends; without SAN backends it is left alone. gone: options that must
    not stay of another way to log in.
    """
    plain: dict = {"DEFAULT": {"enabled_backends": ",".join(_enabled(backends, deployed))}}
    secret: dict = {}
    gone: list = []
    if defaults.get("cluster"):
        plain["DEFAULT"]["cluster"] = defaults["cluster"]
    if defaults.get("coordination_url"):
        # As it stands, like an option: an address with a sign that oslo.config reads has been written so.
        secret["coordination"] = {"backend_url": defaults["coordination_url"]}
    for backend in backends:
        plain[backend["name"]], hidden = cinder_backend.section(backend, defaults)
        if hidden:
            secret[backend["name"]] = hidden
        gone += [
            f"{backend['name']}/{key}"
            for key in cinder_backend.LOGIN
            if key not in plain[backend["name"]] and key not in hidden
        ]
    if any(cinder_backend.is_san(backend) for backend in backends):
        plain["DEFAULT"].update(_san_defaults(tenant or {}, deployed))
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
    pools = [
        f"{backend['name']}#{pool}" for backend in backends for pool in cinder_backend.pool_names(backend)
    ]
    return {"plain": plain, "secret": secret, "gone": gone, "pools": pools}


def _literal(text: str, section: str, key: str) -> str:
    try:
        return literal(text)
    except ValueError as error:
        raise ValueError(f"[{section}] {key} {error}") from error


def _san_defaults(tenant: dict, deployed: dict) -> dict:
    """What SAN backends need of [DEFAULT]: leave to clone from cinder:// locations, and the internal tenant.

    An internal tenant that an operator has set stays, because image-volumes belong to it.
    """
    schemes = [
        scheme.strip() for scheme in (_last(deployed, "DEFAULT/allowed_direct_url_schemes") or "").split(",")
    ]
    found = {
        "allowed_direct_url_schemes": ",".join(
            dict.fromkeys([scheme for scheme in schemes if scheme] + ["cinder"])
        )
    }
    for key in ("project_id", "user_id"):
        name = f"cinder_internal_tenant_{key}"
        value = _last(deployed, f"DEFAULT/{name}") or tenant.get(key)
        if value:
            found[name] = value
    return found


def _enabled(backends: list, deployed: dict) -> list[str]:
    names = [name.strip() for name in (_last(deployed, "DEFAULT/enabled_backends") or "").split(",")]
    return list(dict.fromkeys([name for name in names if name] + [backend["name"] for backend in backends]))


def _last(deployed: dict, name: str):
    found = deployed.get(name)
    return found[-1] if found else None


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
        "username": _literal(glance["username"], "glance", "username"),
        "project_name": glance["project_name"],
        "user_domain_name": glance.get("user_domain_name") or "Default",
        "project_domain_name": glance.get("project_domain_name") or "Default",
    }
    if glance.get("region_name"):
        user["region_name"] = glance["region_name"]
    return user, {"password": _literal(glance["password"], "glance", "password")}


def ini_options(sections: dict) -> list[dict]:
    """One record per option: section, option, value, and name (section/option)."""
    return [
        {"section": section, "option": option, "value": value, "name": f"{section}/{option}"}
        for section, options in sections.items()
        for option, value in options.items()
    ]


def differing(wanted: list[dict], deployed: dict) -> list[str]:
    """Names of the wanted options (records of ini_options) that are not deployed, or with another value."""
    return [
        record["name"]
        for record in wanted
        if _last(deployed, record["name"]) != ini_edit.unquoted(record["value"])
    ]

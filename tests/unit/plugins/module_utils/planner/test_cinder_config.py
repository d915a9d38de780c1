# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import cinder_config

DEFAULTS = {
    "ca_file": "/etc/cinder/ontap_ca.pem",
    "client_certificate": "/etc/cinder/ontap_client.pem",
    "client_key": "/etc/cinder/ontap_client.key",
    "shares_folder": "/etc/cinder",
    "mount_base": "/var/lib/cinder/mnt",
    "mount_options": "lookupcache=pos",
    "nas_secure_file_operations": True,
    "nas_secure_file_permissions": False,
    "backend_host": "",
}
CONNECTION = {"hostname": "svm.example.com", "username": "cinder", "password": "hidden", "vserver": "s"}
GLANCE = {"username": "locations", "password": "secret", "project_name": "service"}
KEYSTONE = {"keystone_authtoken/auth_url": ["https://keystone.example.com/v3"]}


def backend(name="ontap_nfs", **more):
    return {"name": name, "connection": dict(CONNECTION, **more.pop("connection", {})), "shares": [], **more}


def settings(backends=None, deployed=None, defaults=None, glance=None):
    return cinder_config.settings(
        backends or [backend()], deployed or {}, {**DEFAULTS, **(defaults or {})}, glance
    )


@pytest.mark.parametrize(
    ("deployed", "expected"),
    [
        ({}, "ontap_nfs"),
        ({"DEFAULT/enabled_backends": ["plain"]}, "plain,ontap_nfs"),
        ({"DEFAULT/enabled_backends": ["lvm", "plain, ceph"]}, "plain,ceph,ontap_nfs"),
        ({"DEFAULT/enabled_backends": ["ontap_nfs, plain"]}, "ontap_nfs,plain"),
        ({"DEFAULT/enabled_backends": [""]}, "ontap_nfs"),
    ],
)
def test_enabled_backends_are_merged_and_never_lost(deployed, expected):
    assert settings(deployed=deployed)["plain"]["DEFAULT"]["enabled_backends"] == expected


def test_the_section_of_a_backend():
    found = settings([backend(options={"reserved_percentage": 10, "nfs_sparsed_volumes": True})])
    section = found["plain"]["ontap_nfs"]
    assert section["volume_driver"] == "cinder.volume.drivers.netapp.common.NetAppDriver"
    assert section["netapp_use_legacy_client"] == section["netapp_allow_zapi_fallback"] == "false"
    assert section["netapp_server_port"] == "443"
    assert (section["nas_secure_file_operations"], section["nas_secure_file_permissions"]) == (
        "true",
        "false",
    )
    assert section["nfs_shares_config"] == "/etc/cinder/nfs_shares_ontap_nfs"
    assert (section["reserved_percentage"], section["nfs_sparsed_volumes"]) == ("10", "true")
    assert "backend_host" not in section
    assert found["secret"] == {"ontap_nfs": {"netapp_password": "hidden"}}


@pytest.mark.parametrize(
    ("connection", "expected", "secrets"),
    [
        ({}, {}, {"netapp_password": "hidden"}),
        (
            {"ca_path": "ca.pem"},
            {"netapp_ssl_cert_path": "/etc/cinder/ontap_ca.pem"},
            {"netapp_password": "hidden"},
        ),
        (
            {"ca_path": "ca.pem", "validate_certs": False},
            {"netapp_ssl_cert_verify": "false"},
            {"netapp_password": "hidden"},
        ),
        (
            {"cert_filepath": "c.pem", "key_filepath": "c.key", "ca_path": "ca.pem"},
            {
                "netapp_certificate_file": "/etc/cinder/ontap_client.pem",
                "netapp_private_key_file": "/etc/cinder/ontap_client.key",
                "netapp_certificate_host_validation": "true",
                "netapp_ca_certificate_file": "/etc/cinder/ontap_ca.pem",
            },
            {},
        ),
    ],
)
def test_trust_and_login(connection, expected, secrets):
    found = settings([backend(connection=connection)])
    about = ("cert", "key", "ca_")
    section = {
        key: value
        for key, value in found["plain"]["ontap_nfs"].items()
        if any(part in key for part in about) and key.startswith("netapp")
    }
    assert section == expected
    assert found["secret"].get("ontap_nfs", {}) == secrets


def test_no_secret_is_among_the_plain_options():
    found = settings(deployed=KEYSTONE, glance=GLANCE)
    assert "hidden" not in str(found["plain"])
    assert "secret" not in str(found["plain"])


def test_the_user_of_glance_and_of_the_service_token():
    found = settings(deployed=KEYSTONE, glance=GLANCE)
    assert found["plain"]["glance"] == {
        "auth_type": "password",
        "auth_url": "https://keystone.example.com/v3",
        "username": "locations",
        "project_name": "service",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }
    assert found["plain"]["service_user"]["send_service_user_token"] == "true"
    assert found["secret"]["glance"] == found["secret"]["service_user"] == {"password": "secret"}


def test_a_service_user_that_is_there_stays():
    found = settings(deployed={**KEYSTONE, "service_user/send_service_user_token": ["True"]}, glance=GLANCE)
    assert "service_user" not in found["plain"]
    assert "service_user" not in found["secret"]


@pytest.mark.parametrize("glance", [None, {}, dict(GLANCE, password="")])
def test_without_a_password_glance_is_left_alone(glance):
    assert "glance" not in settings(glance=glance)["plain"]


def test_keystone_must_be_known():
    with pytest.raises(ValueError, match="address of Keystone is not known"):
        settings(glance=GLANCE)


def test_a_pool_for_each_share():
    backends = [
        backend(shares=["192.0.2.11:/a", "[2001:db8::1]:/b"]),
        backend("other", shares=["192.0.2.11:/c"]),
    ]
    assert settings(backends)["pools"] == [
        "ontap_nfs#192.0.2.11:/a",
        "ontap_nfs#[2001:db8::1]:/b",
        "other#192.0.2.11:/c",
    ]


def test_ini_options():
    assert cinder_config.ini_options({"a": {"b": "1"}, "c": {}}) == [
        {"section": "a", "option": "b", "value": "1", "name": "a/b"}
    ]


def test_differing():
    wanted = cinder_config.ini_options({"a": {"b": "1", "c": "2", "d": "3"}})
    assert cinder_config.differing(wanted, {"a/b": ["0", "1"], "a/c": ["3"]}) == ["a/c", "a/d"]

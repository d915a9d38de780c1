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


def settings(backends=None, deployed=None, defaults=None, glance=None, tenant=None):
    return cinder_config.settings(
        backends or [backend()], deployed or {}, {**DEFAULTS, **(defaults or {})}, glance, tenant
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
        ({}, {"netapp_ssl_cert_verify": "true"}, {"netapp_password": "hidden"}),
        (
            {"ca_path": "ca.pem"},
            {"netapp_ssl_cert_verify": "true", "netapp_ssl_cert_path": "/etc/cinder/ontap_ca.pem"},
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
                "netapp_ssl_cert_verify": "true",
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


@pytest.mark.parametrize(
    ("connection", "gone"),
    [
        (
            {},
            [
                "netapp_certificate_file",
                "netapp_private_key_file",
                "netapp_ca_certificate_file",
                "netapp_certificate_host_validation",
            ],
        ),
        (
            {"cert_filepath": "c.pem", "key_filepath": "c.key"},
            ["netapp_login", "netapp_password", "netapp_ca_certificate_file"],
        ),
    ],
)
def test_nothing_stays_of_another_way_to_log_in(connection, gone):
    found = settings([backend(connection=connection)])
    assert found["gone"] == [f"ontap_nfs/{key}" for key in gone]


def test_what_an_operator_says_among_the_options_stays():
    found = settings([backend(options={"netapp_certificate_file": "/x"})])
    assert "ontap_nfs/netapp_certificate_file" not in found["gone"]


def test_a_password_among_the_options_is_a_secret():
    found = settings([backend(options={"san_password": "hidden-2", "netapp_password": "hidden-3"})])
    assert "hidden" not in str(found["plain"])
    assert found["secret"]["ontap_nfs"] == {"netapp_password": "hidden-3", "san_password": "hidden-2"}


def test_secrets_are_written_so_that_they_are_read_as_they_are():
    url = "etcd3+http://u:p$w@192.0.2.5:2379"
    found = settings(
        [backend(connection={"username": "u$", "password": "p$w"})],
        KEYSTONE,
        {"coordination_url": url},
        dict(GLANCE, password='"x"'),
    )
    assert found["secret"]["ontap_nfs"] == {"netapp_password": "p$$w"}
    assert found["plain"]["ontap_nfs"]["netapp_login"] == "u$$"
    # An address with its password is written as it stands, like any option.
    assert found["secret"]["coordination"] == {"backend_url": url}
    assert found["secret"]["glance"] == found["secret"]["service_user"] == {"password": '""x""'}
    with pytest.raises(ValueError, match=r"^\[glance\] password holds a line break"):
        settings(deployed=KEYSTONE, glance=dict(GLANCE, password="a\nb"))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (True, "true"),
        ("yes", "true"),
        ("y", "true"),
        (None, "true"),
        (False, "false"),
        ("false", "false"),
        ("no", "false"),
        ("n", "false"),
        (0, "false"),
    ],
)
def test_switches_may_be_text(given, written):
    """So they come from the command line and from INI files."""
    secure = {"nas_secure_file_operations": given, "nas_secure_file_permissions": given}
    found = settings([backend(connection={"validate_certs": given})], defaults=secure)
    section = found["plain"]["ontap_nfs"]
    assert section["netapp_ssl_cert_verify"] == written
    assert section["nas_secure_file_operations"] == section["nas_secure_file_permissions"] == written


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


def san(protocol="iscsi", **more):
    return backend("ontap_san", protocol=protocol, flexvols=["san_a", "san_b"], **more)


@pytest.mark.parametrize("protocol", ["iscsi", "fc"])
def test_the_section_of_a_san_backend(protocol):
    found = settings([san(protocol)])
    section = found["plain"]["ontap_san"]
    assert section["netapp_storage_protocol"] == protocol
    assert section["netapp_pool_name_search_pattern"] == "san_a,san_b"
    assert section["netapp_lun_space_reservation"] == "disabled"
    assert section["image_volume_cache_enabled"] == "true"
    assert (section["image_volume_cache_max_size_gb"], section["image_volume_cache_max_count"]) == ("0", "0")
    assert not [name for name in section if name.startswith(("nfs_", "nas_"))]
    assert found["pools"] == ["ontap_san#san_a", "ontap_san#san_b"]


def test_nothing_of_san_is_written_for_nfs_alone():
    assert list(settings()["plain"]["DEFAULT"]) == ["enabled_backends"]
    assert not [name for name in settings()["plain"]["ontap_nfs"] if name.startswith("image_volume")]


def test_a_backend_has_limits_of_its_own():
    backends = [san(image_volume_cache={"max_count": 3}, options={"netapp_lun_space_reservation": "enabled"})]
    section = settings(backends, defaults={"image_volume_cache": {"max_size_gb": 50, "max_count": 9}})[
        "plain"
    ]
    assert section["ontap_san"]["image_volume_cache_max_size_gb"] == "50"
    assert section["ontap_san"]["image_volume_cache_max_count"] == "3"
    assert section["ontap_san"]["netapp_lun_space_reservation"] == "enabled"


@pytest.mark.parametrize(
    ("deployed", "tenant", "expected"),
    [
        ({}, {}, {"allowed_direct_url_schemes": "cinder"}),
        (
            {"DEFAULT/allowed_direct_url_schemes": ["file, cinder"]},
            {"project_id": "p", "user_id": "u"},
            {
                "allowed_direct_url_schemes": "file,cinder",
                "cinder_internal_tenant_project_id": "p",
                "cinder_internal_tenant_user_id": "u",
            },
        ),
        (
            {"DEFAULT/cinder_internal_tenant_project_id": ["theirs"]},
            {"project_id": "p", "user_id": "u"},
            {
                "allowed_direct_url_schemes": "cinder",
                "cinder_internal_tenant_project_id": "theirs",
                "cinder_internal_tenant_user_id": "u",
            },
        ),
    ],
)
def test_what_san_needs_of_the_defaults(deployed, tenant, expected):
    found = settings([san()], deployed, tenant=tenant)["plain"]["DEFAULT"]
    assert {key: value for key, value in found.items() if key != "enabled_backends"} == expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (san("nvme"), "protocol 'nvme' of backend ontap_san is none of nfs, iscsi and fc"),
        (backend("bare", protocol="iscsi"), "bare speaks iscsi and names no FlexVols"),
    ],
)
def test_wrong_backends(wrong, said):
    with pytest.raises(ValueError, match=said):
        settings([wrong])

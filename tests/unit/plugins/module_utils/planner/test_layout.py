# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.layout import layout

FIRST = {"hostname": "c1.example.com", "username": "admin", "password": "hidden", "vserver": "svm_openstack"}
SECOND = {**FIRST, "vserver": "svm_images"}
NFS = {"name": "ontap_nfs", "volume_type": "enhanced"}
SAN = {"name": "ontap_iscsi", "protocol": "iscsi", "volume_type": "enhanced_san"}
CINDER_A = {
    "name": "cinder_a",
    "aggregate": "aggr1",
    "size": 100,
    "lif": "192.0.2.11",
    "glance_directory": "glance",
}
CINDER_B = {"name": "cinder_b", "lif": "192.0.2.12"}
SAN_A = {"name": "san_a", "aggregate": "aggr1", "size": 100, "backend": "ontap_iscsi"}
IMAGES = {
    "name": "images",
    "vserver": "svm_images",
    "lif": "192.0.2.31",
    "glance_directory": "",
    "backend": "none",
}


def shown(found):
    """What matters of a backend, in short."""
    return [
        (
            one["name"],
            one["protocol"],
            one["vserver"],
            one["shares"],
            one["flexvols"],
            one["connection"].get("vserver"),
        )
        for one in found["backends"]
    ]


def test_the_short_form():
    found = layout({"ontap": [FIRST], "flexvols": [CINDER_A, CINDER_B]})
    assert found["problems"] == []
    assert shown(found) == [
        (
            "ontap_nfs",
            "nfs",
            "svm_openstack",
            ["192.0.2.11:/cinder_a", "192.0.2.12:/cinder_b"],
            ["cinder_a", "cinder_b"],
            "svm_openstack",
        )
    ]
    assert found["volume_types"] == [{"type": "enhanced", "specs": {"volume_backend_name": "ontap_nfs"}}]
    assert found["images"]["share"] == "192.0.2.11:/cinder_a"
    assert found["images"]["directory"] == "glance"
    assert [flexvol["name"] for flexvol in found["svms"][0]["flexvols"]] == ["cinder_a", "cinder_b"]


def test_the_names_of_the_short_form():
    found = layout(
        {"ontap": [FIRST], "flexvols": [CINDER_A], "backend": "nfs-1", "volume_type": "fast", "backends": []}
    )
    assert found["problems"] == []
    assert found["volume_types"] == [{"type": "fast", "specs": {"volume_backend_name": "nfs-1"}}]


def test_several_svms_backends_and_a_flexvol_of_images_only():
    a = {key: value for key, value in CINDER_A.items() if key != "glance_directory"}
    found = layout({"ontap": [FIRST, SECOND], "backends": [NFS, SAN], "flexvols": [a, SAN_A, IMAGES]})
    assert found["problems"] == []
    assert shown(found) == [
        ("ontap_nfs", "nfs", "svm_openstack", ["192.0.2.11:/cinder_a"], ["cinder_a"], "svm_openstack"),
        ("ontap_iscsi", "iscsi", "svm_openstack", [], ["san_a"], "svm_openstack"),
    ]
    assert found["images"] == {
        "name": "images",
        "vserver": "svm_images",
        "share": "192.0.2.31:/images",
        "directory": "",
    }
    assert [(svm["vserver"], [one["name"] for one in svm["flexvols"]]) for svm in found["svms"]] == [
        ("svm_openstack", ["cinder_a", "san_a"]),
        ("svm_images", ["images"]),
    ]
    assert [one["junction"] for svm in found["svms"] for one in svm["flexvols"]] == [True, False, True]


def test_an_account_of_cinders_own():
    backend = {**NFS, "connection": {"username": "cinder", "password": "other"}, "extra_specs": {"a": "b"}}
    found = layout({"ontap": [FIRST], "backends": [backend], "flexvols": [CINDER_A]})
    assert found["backends"][0]["connection"] == {**FIRST, "username": "cinder", "password": "other"}
    assert found["svms"][0]["connection"] == FIRST
    assert found["volume_types"][0]["specs"] == {"volume_backend_name": "ontap_nfs", "a": "b"}


def test_an_account_logs_in_in_one_way_only():
    place = {"hostname": FIRST["hostname"], "vserver": FIRST["vserver"]}
    certificate = {"cert_filepath": "/c.pem", "key_filepath": "/c.key"}
    password = {"username": "cinder", "password": "other"}
    for first, own in ((FIRST, certificate), ({**place, **certificate}, password)):
        found = layout({"ontap": [first], "backends": [{**NFS, "connection": own}], "flexvols": [CINDER_A]})
        assert found["backends"][0]["connection"] == {**place, **own}


def test_an_ipv6_lif_gets_its_brackets():
    found = layout({"ontap": [FIRST], "flexvols": [{**CINDER_A, "lif": "2001:db8::1"}]})
    assert found["backends"][0]["shares"] == ["[2001:db8::1]:/cinder_a"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ontap": []}, "enhanced_instance_ontap is empty"),
        ({"ontap": [FIRST, FIRST]}, "names one vserver twice"),
        ({"ontap": [{"hostname": "c1"}]}, "has no vserver"),
        ({"flexvols": []}, "enhanced_instance_flexvols is empty"),
        ({"flexvols": [CINDER_B]}, "no FlexVol holds Glance's images"),
        (
            {"flexvols": [CINDER_A, {**CINDER_B, "glance_directory": "g"}]},
            "FlexVols cinder_a, cinder_b all hold Glance's images",
        ),
        ({"flexvols": [CINDER_A, CINDER_A]}, "FlexVol svm_openstack:cinder_a is named twice"),
        (
            {"flexvols": [CINDER_A, {"name": "cinder_b"}]},
            "FlexVol cinder_b has no lif; name the address that hosts mount it from",
        ),
        (
            {"flexvols": [CINDER_A, {**CINDER_B, "backend": "other"}]},
            "FlexVol cinder_b belongs to backend other, which is not in enhanced_instance_backends",
        ),
        (
            {"flexvols": [CINDER_A, {**CINDER_B, "vserver": "svm_images"}]},
            "but backend ontap_nfs serves SVM svm_openstack",
        ),
        ({"flexvols": [CINDER_A, IMAGES]}, "FlexVol images is on SVM svm_images, for which"),
        ({"backends": [{**NFS, "protocol": "nvme"}]}, "protocol nvme; it must be one of nfs, iscsi, fc"),
        ({"backends": [{**NFS, "vserver": "svm_x"}]}, "backend ontap_nfs is on SVM svm_x, for which"),
        ({"backends": [NFS, SAN]}, "backend ontap_iscsi has no FlexVol"),
        ({"backends": [NFS, NFS]}, "two backends are called ontap_nfs"),
        (
            {"backends": [NFS, {**SAN, "volume_type": "enhanced"}], "flexvols": [CINDER_A, SAN_A]},
            "two backends have the volume type enhanced",
        ),
        (
            {"backends": [NFS, SAN], "flexvols": [CINDER_A, {**SAN_A, "glance_directory": "g"}]},
            "FlexVol san_a is of the iscsi backend ontap_iscsi and cannot hold Glance's files",
        ),
    ],
)
def test_problems_are_named(changes, sentence):
    found = layout({"ontap": [FIRST], "flexvols": [CINDER_A], **changes})
    assert any(sentence in problem for problem in found["problems"]), found["problems"]


def test_nothing_given_raises_nothing():
    assert layout({})["backends"][0]["name"] == "ontap_nfs"

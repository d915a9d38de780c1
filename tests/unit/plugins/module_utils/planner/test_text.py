# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, shares, locations, sizes, extra specs, tables: text in, text out."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    names,
    shares,
    sizes,
    specs,
    table,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Image


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("1.2.3.4:/vol", "1.2.3.4", "/vol"),
        ("nfs.example.com:/a/b/", "nfs.example.com", "/a/b"),
        ("[fd00::1]:/vol", "fd00::1", "/vol"),
        ("fd00::1:/vol", "fd00::1", "/vol"),
        ("1.2.3.4:/", "1.2.3.4", "/"),
    ],
)
def test_share(text, host, path):
    assert shares.parse_share(text) == shares.Share(host, path)


@pytest.mark.parametrize("text", ["", "1.2.3.4", "1.2.3.4/vol", ":/vol", "vol", "h:vol"])
def test_no_share(text):
    with pytest.raises(ValueError, match="is not an NFS share"):
        shares.parse_share(text)


def test_share_as_text():
    assert str(shares.Share("fd00::1", "/v")) == "[fd00::1]:/v"


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("nfs://1.2.3.4/vol", "1.2.3.4", "/vol"),
        ("nfs://1.2.3.4/vol/", "1.2.3.4", "/vol"),
        ("nfs://[fd00::1]/vol/glance", "fd00::1", "/vol/glance"),
        ("nfs://h:2049/vol", "h", "/vol"),
    ],
)
def test_share_location(text, host, path):
    assert shares.parse_share_location(text) == shares.Share(host, path)


@pytest.mark.parametrize("text", ["1.2.3.4:/vol", "nfs://1.2.3.4", "nfs:///vol", "cifs://h/v", ""])
def test_no_share_location(text):
    with pytest.raises(ValueError, match="nfs://host/path"):
        shares.parse_share_location(text)


@pytest.mark.parametrize(
    ("url", "mountpoint", "inside"),
    [
        ("file:///images/x", "/images", "x"),
        ("file:///images/glance/x", "/images/", "glance/x"),
        ("file:///images2/x", "/images", None),
        ("file:///images/a%20b", "/images", "a b"),
        ("rbd://pool/x", "/images", None),
        ("file:///x", "/", "x"),
    ],
)
def test_path_inside(url, mountpoint, inside):
    assert shares.path_inside(url, mountpoint) == inside


@pytest.mark.parametrize(
    ("path", "junction", "rest"),
    [
        ("/a/x", "/a", "x"),
        ("/a/b/c/x", "/a/b", "c/x"),
        ("/ab/x", None, None),
        ("/a", "/a", ""),
    ],
)
def test_nearest_junction(path, junction, rest):
    found = shares.nearest_junction(path, {"/a": 1, "/a/b": 2})
    assert found == (({"/a": 1, "/a/b": 2}[junction], rest) if junction else None)


def test_svm_root_takes_what_no_other_does():
    assert shares.nearest_junction("/q/x", {"/": 1, "/a": 2}) == (1, "q/x")
    assert shares.nearest_junction("/", {"/": 1}) == (1, "")


def test_pool_name():
    assert shares.parse_pool_name("h@b#1.2.3.4:/v") == ("h", "b", "1.2.3.4:/v")
    with pytest.raises(ValueError, match="host@backend#pool"):
        shares.parse_pool_name("h")


def test_mount_directory_is_what_os_brick_makes():
    assert names.mount_directory("127.0.0.1:/vol") == "3f0a512d6fb360865e7d99dd1717d191"


@pytest.mark.parametrize(
    ("given", "count", "pattern", "expected"),
    [
        (["a", "b"], None, None, ["a", "b"]),
        (None, 3, "web-{index:02d}", ["web-01", "web-02", "web-03"]),
        (None, 1, None, ["instance-001"]),
        (None, 0, "x{index}", []),
    ],
)
def test_expand_names(given, count, pattern, expected):
    assert names.expand_names(given, count, pattern) == expected


@pytest.mark.parametrize(
    ("given", "count", "pattern", "said"),
    [
        (["a", "a"], None, None, "more than once"),
        (None, 2, "web", "more than once"),
        (None, 2, "web-{nr}", "cannot be used"),
        (None, 2, "web-{index.x}", "cannot be used"),
        (None, 2, "web-{index[0]}", "cannot be used"),
        (None, -1, None, "negative"),
        ([" "], None, None, "empty"),
        (None, None, None, "No instance"),
        (["a"], 1, None, "not both"),
    ],
)
def test_names_refused(given, count, pattern, said):
    with pytest.raises(ValueError, match=said):
        names.expand_names(given, count, pattern)


@pytest.mark.parametrize(
    ("size", "virtual", "min_disk", "gib"),
    [
        (1, None, 0, 1),
        (sizes.GIB, None, 0, 1),
        (sizes.GIB + 1, None, 0, 2),
        (5, 3 * sizes.GIB, 0, 3),
        (5, 5, 8, 8),
    ],
)
def test_smallest_volume(size, virtual, min_disk, gib):
    assert sizes.smallest_volume(Image("i", "n", size=size, virtual_size=virtual, min_disk=min_disk)) == gib


@pytest.mark.parametrize(
    ("value", "requirement", "fits"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (True, "<is> True", True),
        ("true", "<is> True", True),
        ("false", "<is> True", False),
        ("nfs", "<or> iscsi <or> nfs", True),
        ("fc", "<or> iscsi <or> nfs", False),
        ("abc", "<in> b", True),
        (10, ">= 5", True),
        (10, "= 11", False),
        ("x", ">= 5", False),
        ("b", "s> a", True),
        (None, None, True),
        (None, "s== a", False),
    ],
)
def test_spec(value, requirement, fits):
    assert specs.spec_matches(value, requirement) is fits


@pytest.mark.parametrize(
    ("extra", "fits"),
    [
        ({}, True),
        ({"volume_backend_name": "ontap"}, True),
        ({"volume_backend_name": "other"}, False),
        ({"storage_protocol": "nfs"}, True),
        ({"capabilities:storage_protocol": "NFS"}, True),
        ({"netapp:qos_policy_group": "gold"}, True),
        ({"netapp_dedup": "<is> True"}, True),
        ({"no_such_thing": "x"}, False),
    ],
)
def test_pool_fits(extra, fits):
    capabilities = {
        "volume_backend_name": "ontap",
        "storage_protocol": ["NFS", "nfs"],
        "netapp_dedup": "true",
    }
    assert (specs.pool_fits(extra, capabilities) is None) is fits


def test_table():
    lines = table.table(("name", "why"), [{"name": "a", "why": None}, {"name": "long", "why": 1.25}])
    assert lines == ["name  why", "a     -", "long  1.2"]

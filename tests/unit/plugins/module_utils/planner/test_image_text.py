# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations of images and the first bytes of their files."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.disk_formats import (
    HEADER_BYTES,
    of_header,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Unusable
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.locations import (
    Place,
    place_of,
)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"", "raw"),
        (bytes(512), "raw"),
        (b"\xeb\x63\x90" + bytes(507) + b"\x55\xaa", "raw"),
        (b"QFI\xfb\x00\x00\x00\x03", "qcow2"),
        (b"KDMV\x01", "vmdk"),
        (b"# Disk DescriptorFile\nversion=1", "vmdk"),
        (b"conectix", "vhd"),
        (b"vhdxfile", "vhdx"),
        (b"<<< Oracle VM VirtualBox Disk Image >>>\n".ljust(64, b"\0") + b"\x7f\x10\xda\xbe", "vdi"),
        (b"LUKS\xba\xbe\x00\x01", "luks"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"QFI", "raw"),
    ],
)
def test_format(header, found):
    assert of_header(header[:HEADER_BYTES]) == found


def location(url, share_location="nfs://h/vol", mountpoint="/mnt", **more):
    metadata = {"type": "nfs", "share_location": share_location, "mountpoint": mountpoint, **more}
    return {"url": url, "metadata": metadata}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (location("file:///mnt/x"), Place("h", "/vol/x", "h:/vol")),
        (location("file:///mnt/glance/x", mountpoint="/mnt/"), Place("h", "/vol/glance/x", "h:/vol")),
        (
            location("file:///mnt/glance/x", "nfs://h/vol/glance", "/mnt/glance"),
            Place("h", "/vol/glance/x", "h:/vol/glance"),
        ),
        (
            location("file:///mnt/x", "nfs://[fd00::1]:2049/vol/"),
            Place("fd00::1", "/vol/x", "[fd00::1]:/vol"),
        ),
        (
            location("filesystem:///mnt/x", "nfs://nas.example.com/a/b"),
            Place("nas.example.com", "/a/b/x", None),
        ),
        (location("file:///mnt/x", type="NFS"), Place("h", "/vol/x", "h:/vol")),
    ],
)
def test_place(given, place):
    found = place_of("debian", given)
    assert (found.host, found.path) == (place.host, place.path)
    assert place.share is None or found.share == place.share


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": "rbd://a/b"}, "is rbd, not a file"),
        ({"url": "cinder://x/y", "metadata": {"store": "lun"}}, "is cinder (store lun), not a file"),
        ({"url": "file:///mnt/x"}, "says nothing of an NFS share"),
        ({"url": "file:///mnt/x", "metadata": {"store": "s2"}}, "file:///mnt/x (store s2) of image debian"),
        (location("file:///mnt/x", type="cifs"), "says nothing of an NFS share"),
        (location("file:///mnt2/x"), "not below its mountpoint /mnt"),
        (location("file:///mnt/x", mountpoint=None), "not below its mountpoint None"),
        (location("file:///mnt/x", "h:/vol"), "not of the form nfs://host/path"),
    ],
)
def test_no_place(given, reason):
    found = place_of("debian", given)
    assert isinstance(found, Unusable)
    assert reason in found.reason
    assert found.cure

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk image formats by the first bytes of their file; the magic numbers are those that QEMU's probes and
oslo.utils' format_inspector look at.
"""

from __future__ import annotations

# Bytes of a file that are enough for every magic number below.
HEADER_BYTES = 512

_MAGIC = (
    (0, b"QFI\xfb", "qcow2"),
    (0, b"QED\0", "qed"),
    (0, b"KDMV", "vmdk"),
    (0, b"COWD", "vmdk"),
    (0, b"# Disk DescriptorFile", "vmdk"),
    (0, b"conectix", "vhd"),
    (0, b"vhdxfile", "vhdx"),
    (0x40, b"\x7f\x10\xda\xbe", "vdi"),
    (0, b"LUKS\xba\xbe", "luks"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"PK\x03\x04", "zip"),
)


def of_header(header: bytes) -> str:
    """The format whose magic number the bytes have, else ``raw``: a raw disk begins with anything.

    A fixed VHD has its mark at the end of the file only, so it counts as raw here; its content is a raw disk
    with 512 bytes more.
    """
    for offset, magic, name in _MAGIC:
        if header[offset : offset + len(magic)] == magic:
            return name
    return "raw"

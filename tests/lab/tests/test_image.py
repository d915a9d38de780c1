# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image really boots, notices damage, and is refused to a user who may not have it."""

from __future__ import annotations

import os
import subprocess

import pytest
from image import build
from image.boot import boot
from labkit import paths

QEMU_UID, OWNER, OWNER_GROUP = 64055, 42407, 42407


@pytest.fixture(scope="module")
def image():
    return build.build(paths.cache_root())


@pytest.fixture
def disk(image, tmp_path):
    """A copy that only its owner and the owner's group may use, in a folder that everybody may pass."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    target = tmp_path / "volume"
    subprocess.run(["cp", "--sparse=always", image.path, target], check=True)
    target.chmod(0o660)
    os.chown(target, OWNER, OWNER_GROUP)
    return target


def test_the_image_is_what_the_demo_needs(image):
    assert image.size >= 1024**3
    assert image.allocated < image.size / 4  # sparse
    assert image.allocated > 64 * 1024**2  # but copies of it are real


def test_a_second_build_is_the_first_one(image):
    assert build.build(paths.cache_root()) == image


def test_it_boots_as_a_member_of_the_owners_group(image, disk):
    result = boot(disk, image.message, QEMU_UID, QEMU_UID, (OWNER_GROUP,))
    assert result.found, result.console
    assert build.file_sha256(disk) == image.sha256  # the guest changed nothing


def test_a_damaged_copy_says_so(image, disk):
    with disk.open("r+b") as file:
        file.seek(build.PAYLOAD_START + build.PAYLOAD_BYTES // 2)
        file.write(b"damage")
    result = boot(disk, image.message, QEMU_UID, QEMU_UID, (OWNER_GROUP,))
    assert not result.found
    assert f"image {image.build_id} booted, payload damaged" in result.console


def test_a_stranger_may_not_boot_it(image, disk):
    result = boot(disk, image.message, QEMU_UID, QEMU_UID)
    assert not result.found
    assert result.why == f"User {QEMU_UID} may not read {disk}."


def test_what_is_no_disk_ends_at_the_time_limit(image, tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"\0" * 1024 * 1024)
    result = boot(empty, image.message, os.getuid(), os.getgid(), timeout=3)
    assert not result.found
    assert "within 3 s" in result.why

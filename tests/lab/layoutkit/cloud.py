# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the layouts ask of the cloud: images in a chosen store, and volume types."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import openstack

MIB = 1024 * 1024
IMAGE_BYTES = 64 * MIB


def content(folder: Path, disk_format: str) -> Path:
    """The file to upload: incompressible bytes, so that a copy moves what it says; nothing boots from it."""
    raw = folder / "content.raw"
    if not raw.exists():
        raw.write_bytes(random.Random(2026).randbytes(IMAGE_BYTES))
    if disk_format == "raw":
        return raw
    converted = folder / f"content.{disk_format}"
    if not converted.exists():
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", disk_format, raw, converted], check=True)
    return converted


def upload(cloud: str, name: str, file: Path, disk_format: str, store: str) -> tuple[str, int]:
    """A new image in *store*; returns its ID and its size in bytes."""
    with openstack.connect(cloud=cloud) as connection:
        image = connection.image.create_image(
            name, disk_format=disk_format, container_format="bare", allow_duplicates=True
        )
        with file.open("rb") as data:
            answer = connection.image.put(
                f"/images/{image.id}/file",
                data=data,
                headers={"Content-Type": "application/octet-stream", "X-Image-Meta-Store": store},
            )
        if answer.status_code != 204:
            raise RuntimeError(
                f"Glance took image {name} into store {store} with {answer.status_code}: {answer.text}"
            )
    return image.id, file.stat().st_size


def delete_image(cloud: str, image_id: str) -> None:
    with openstack.connect(cloud=cloud) as connection:
        connection.image.delete_image(image_id)


def make_types(cloud: str, types: dict[str, dict]) -> None:
    """The volume types of these names, with these extra specs; one that is there stays."""
    with openstack.connect(cloud=cloud) as connection:
        there = {one.name for one in connection.block_storage.types()}
        for name, specs in types.items():
            if name not in there:
                connection.block_storage.create_type(name=name, extra_specs=specs)

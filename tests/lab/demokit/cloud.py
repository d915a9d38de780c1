# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo asks of the lab's cloud: to take an image, and where the instances' volumes lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openstack


@dataclass(frozen=True)
class Found:
    """An instance of the cloud and the volume that it boots from."""

    name: str
    server_id: str
    status: str
    volume_id: str
    pool: str  # host@backend#share
    size: int  # GiB

    @property
    def share(self) -> str:
        return self.pool.partition("#")[2]


def upload(cloud: str, name: str, path: Path, sha256: str) -> str:
    """Upload the raw image, unless the cloud has one of that name and content; return its id."""
    with openstack.connect(cloud=cloud) as connection:
        image = connection.image.create_image(
            name,
            filename=str(path),
            disk_format="raw",
            container_format="bare",
            sha256=sha256,
            wait=True,
        )
        return image.id


def instances(admin_cloud: str, names: list[str]) -> list[Found]:
    """The instances of these names, with their first volume, sorted by name."""
    with openstack.connect(cloud=admin_cloud) as connection:
        volumes = {
            attachment["server_id"]: volume
            for volume in connection.block_storage.volumes(details=True, all_projects=True)
            for attachment in volume.attachments
        }
        servers = list(connection.compute.servers(details=True, all_projects=True))
    wanted = set(names)
    found = []
    for server in servers:
        volume = volumes.get(server.id)
        if server.name in wanted and volume is not None:
            found.append(
                Found(server.name, server.id, server.status, volume.id, volume.host or "", int(volume.size))
            )
    return sorted(found, key=lambda instance: instance.name)

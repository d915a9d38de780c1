# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo asks of the lab's cloud: to take an image, and where the instances' volumes lie."""

from __future__ import annotations

import time
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


def upload(cloud: str, name: str, path: Path, sha256: str | None = None, disk_format: str = "raw") -> str:
    """Upload the image, unless the cloud has one of that name and content; return its id."""
    with openstack.connect(cloud=cloud) as connection:
        image = connection.image.create_image(
            name,
            filename=str(path),
            disk_format=disk_format,
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


def volumes(admin_cloud: str, name: str | None = None) -> dict[str, str]:
    """{pool: ID} of the volumes of that name in all projects; without one, {ID: name} of all."""
    with openstack.connect(cloud=admin_cloud) as connection:
        found = list(connection.block_storage.volumes(details=True, all_projects=True))
    if name is None:
        return {one.id: one.name or "" for one in found}
    return {one.host: one.id for one in found if one.name == name}


def make_volume(admin_cloud: str, name: str, image_id: str, volume_type: str):
    """A volume of an image, when it is available."""
    with openstack.connect(cloud=admin_cloud) as connection:
        made = connection.block_storage.create_volume(
            name=name, size=1, image_id=image_id, volume_type=volume_type
        )
        connection.block_storage.wait_for_status(made, "available", ["error"], interval=1, wait=120)
        return connection.block_storage.get_volume(made.id)


def empty(admin_cloud: str, backends: list[str], seconds: float = 180.0) -> None:
    """Delete every server, and every volume of these backends that is no image-volume."""

    def of_backends(volumes):
        ours = [one for one in volumes if (one.host or "").partition("#")[0].partition("@")[2] in backends]
        return [one for one in ours if not (one.name or "").startswith("image-")]

    with openstack.connect(cloud=admin_cloud) as connection:
        for server in connection.compute.servers(all_projects=True):
            connection.compute.delete_server(server)
        _wait(lambda: not list(connection.compute.servers(all_projects=True)), "servers", seconds)

        def held():
            return of_backends(connection.block_storage.volumes(details=True, all_projects=True))

        # A server's own volume may be going already, and one that it leaves is free only a moment after it.
        def none_held():
            for volume in held():
                if volume.status in ("available", "error"):
                    connection.block_storage.delete_volume(volume)
            return not held()

        _wait(none_held, "volumes", seconds)


def _wait(gone, what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not gone():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} are still there after {seconds} s")
        time.sleep(1)


def left(admin_cloud: str) -> dict[str, list]:
    """Names of what deploy makes in a cloud, as far as they are there, by kind."""
    with openstack.connect(cloud=admin_cloud) as connection:
        stores = connection.image.get("/info/stores/detail").json()["stores"]
        pools = connection.block_storage.get("/scheduler-stats/get_pools").json()["pools"]
        return {
            "volume types": [one.name for one in connection.block_storage.types(is_public=None)],
            "projects": [one.name for one in connection.identity.projects()],
            "users": [one.name for one in connection.identity.users()],
            "cinder stores": [one["id"] for one in stores if one["type"] == "cinder"],
            "image-volumes": [
                one.name
                for one in connection.block_storage.volumes(details=True, all_projects=True)
                if (one.name or "").startswith("image-")
            ],
            "pools": [one["name"] for one in pools],
        }

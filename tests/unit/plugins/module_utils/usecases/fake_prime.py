# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud whose Cinder downloads images into throwaway volumes, on top of the other fakes."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import volumes
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import cache, plan
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .fakes import GIB, SHARES, FakeArrays, FakeCloud, Lines, image

NUMBERS = ("1111", "2222", "3333")
IDS = [f"{number * 2}-1111-1111-1111-111111111111" for number in NUMBERS]
QCOW2 = {"disk_format": "qcow2", "size": GIB // 4}


class PruneArrays(FakeArrays):
    """With listings of all cache files, and copy jobs that may be writing some of them."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.writing = set()

    def cache_files(self, flexvol):
        self.requests += 1
        prefixes = ("img-cache-", "eic-stage-", "eic-copy-")
        return [one for name, one in sorted(self.files[flexvol.uuid].items()) if name.startswith(prefixes)]

    def being_written(self, flexvol, path):
        self.requests += 2
        return path in self.writing

    def copy(self, source, path, flexvol, destination, **more):
        """A copy that does not keep its owner."""
        super().copy(source, path, flexvol, destination, **more)
        here = self.files[flexvol.uuid]
        here[destination] = replace(here[destination], owner=0, group=0)

    def delete(self, flexvol, path):
        if path not in self.files[flexvol.uuid]:
            self.requests += 1
            return False
        super().delete(flexvol, path)
        return True


class DownloadingCloud(FakeCloud):
    """Each look at a throwaway volume takes it one state further; the driver registers when it ends."""

    def __init__(self, arrays, lands_on="uuid-b", owner=7, ends="available", registers=True):
        super().__init__()
        self.arrays, self.lands_on, self.owner = arrays, lands_on, owner
        self.ends, self.registers = ends, registers
        self.downloaded = []
        self.made_since = {}  # image ID -> created_at of its newest volume

    def add(self, image_id, status, created="2026-01-01T00:00:00"):
        """A marked volume of another run."""
        identity = f"old{len(self.volumes)}"
        marks = {volumes.THROWAWAY: "image_cache", volumes.THROWAWAY_IMAGE: image_id}
        self.volumes[identity] = {"id": identity, "status": status, "metadata": marks, "created_at": created}
        self.volumes[identity]["os-vol-host-attr:host"] = f"h@ontap#{SHARES[self.lands_on]}"
        return identity

    def batches(self, service, path, key, **params):
        yield self.get(service, path, **params)[key]

    def get(self, service, path, **params):
        if path == "/images" and "os_hidden" in params:
            self._called("GET", path)
            hidden = params["os_hidden"] == "true"
            found = [one for one in self.images if bool(one.get("os_hidden")) is hidden]
            return {"images": [one for one in found if one["id"] in params["id"]]}
        if path == "/images" and "status" in params:
            self._called("GET", path)
            tags = set(params.get("tag") or ())
            return {"images": [one for one in self.images if tags <= set(one.get("tags", ()))]}
        if path == "/volumes/detail" and "metadata" in params:
            self._called("GET", path)
            return {"volumes": [dict(one) for one in self.volumes.values()]}
        if path == "/volumes/detail":
            self._called("GET", path)
            found = [
                {"id": one, "created_at": made, "volume_image_metadata": {"image_id": one}}
                for one, made in self.made_since.items()
            ]
            return {"volumes": sorted(found, key=lambda one: one["created_at"], reverse=True)}
        if path.startswith("/volumes/"):
            self._called("GET", "/volumes/{id}")
            identity = path.split("/")[2]
            if identity not in self.volumes:
                raise failures.NotFound("gone", status=404)
            self._advance(self.volumes[identity])
            return {"volume": dict(self.volumes[identity])}
        return super().get(service, path, **params)

    def _advance(self, volume):
        if volume["status"] not in ("creating", "downloading"):
            return
        volume["status"] = {"creating": "downloading", "downloading": self.ends}[volume["status"]]
        volume["os-vol-host-attr:host"] = f"h@ontap#{SHARES[self.lands_on]}"
        if volume["status"] == "available":
            image_id = volume["metadata"][volumes.THROWAWAY_IMAGE]
            self.downloaded.append(image_id)
            if self.registers:
                name, owner = f"img-cache-{image_id}", self.owner
                self.arrays.files[self.lands_on][name] = Entry(name, GIB, owner, owner, "0660")

    def delete(self, service, path, **params):
        if path.split("/")[-1] not in self.volumes:
            self._called("DELETE", path)
            raise failures.NotFound("gone", status=404)
        super().delete(service, path, **params)


def not_on_ontap(arrays, **more):
    """A cloud with one qcow2 image that lies nowhere on ONTAP."""
    cloud = DownloadingCloud(arrays, **more)
    cloud.images = [image(**QCOW2)]
    cloud.locations = [{"url": "file:///var/lib/glance/images/x", "metadata": {}}]
    return cloud


def run(cloud, arrays, act=cache.prime, where=None, images=("debian",), wanted=None, **options):
    """(result, lines) of a whole task."""
    lines = Lines()
    asked = plan.Question(
        images, "enhanced", images_where=where, **({"wanted": wanted} if wanted is not None else {})
    )
    context = Context(cloud, arrays, Options(**options), lines)
    return act(plan.read(cloud, arrays, asked), context), lines.texts

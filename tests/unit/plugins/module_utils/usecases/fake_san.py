# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud with two iSCSI pools, whose Cinder keeps image-volumes in its cache as release 29 does."""

from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import volumes

from .fake_prime import DownloadingCloud
from .fakes import image

POOLS = ("h@san#vol_a", "h@san#vol_b")
TENANT = "internal"


def pool(name):
    return {
        "name": name,
        "capabilities": {
            "storage_protocol": ["iSCSI", "iscsi"],
            "pool_name": name.partition("#")[2],
            "volume_backend_name": "san",
            "free_capacity_gb": 80,
        },
    }


class SanCloud(DownloadingCloud):
    """``kept`` says whether Cinder's cache works: its tenant is set and has room."""

    def __init__(self, arrays, ends="available", kept=True):
        super().__init__(arrays, ends=ends, registers=False)
        self.pools = [pool(name) for name in POOLS]
        self.types = [{"id": "t1", "name": "enhanced", "extra_specs": {"volume_backend_name": "san"}}]
        self.images = [image(disk_format="qcow2", updated_at="2026-01-01T00:00:00Z", owner="p1")]
        self.locations = [{"url": "file:///var/lib/glance/images/x", "metadata": {}}]
        self.kept, self.tenant_quota = kept, {}
        self.projects = [{"id": TENANT, "name": "cinder_internal"}]

    def get(self, service, path, **params):
        simple = {
            "/info/stores/detail": {"stores": [{"id": "fs", "type": "file"}]},
            "/projects": {"projects": [one for one in self.projects if one["name"] == params.get("name")]},
            f"/os-quota-sets/{TENANT}": {"quota_set": self.tenant_quota},
        }
        if path in simple:
            self._called("GET", path)
            return simple[path]
        if path == f"/images/{self.images[0]['id']}":
            self._called("GET", path)
            return self.images[0]
        if path == "/volumes/detail" and set(params) <= {"all_tenants"}:
            self._called("GET", path)
            return {"volumes": [dict(one) for one in self.volumes.values()]}
        if path == "/volumes/detail" and "name" in params:
            self._called("GET", path)
            named = [one for one in self.volumes.values() if one.get("name") == params["name"]]
            return {"volumes": [dict(one) for one in named]}
        return super().get(service, path, **params)

    def post(self, service, path, body, microversion=None):
        if path == "/types":
            self._called("POST", path)
            made = dict(body["volume_type"], id=f"t{len(self.types) + 1}")
            self.types.append(made)
            return {"volume_type": made}
        return super().post(service, path, body, microversion)

    def _advance(self, volume):
        if volume["status"] not in ("creating", "downloading"):
            return
        kind = next(one for one in self.types if one["id"] == volume["volume_type"])
        name = kind["extra_specs"].get("pool_name", "vol_a")
        volume["os-vol-host-attr:host"] = f"h@san#{name}"
        volume["status"] = {"creating": "downloading", "downloading": self.ends}[volume["status"]]
        if volume["status"] == "available":
            self.downloaded.append(volume["os-vol-host-attr:host"])
            if self.kept:
                self.keep(volume)

    def keep(self, volume, **changes):
        """_clone_image_volume of volume/manager.py: metadata and type are those of the volume."""
        image_id = volume["metadata"][volumes.THROWAWAY_IMAGE]
        identity = f"iv{next(self.ids)}"
        self.volumes[identity] = {
            **volume,
            "id": identity,
            "name": f"image-{image_id}",
            "status": "available",
            "metadata": {**volume["metadata"], "readonly": "True"},
            "os-vol-tenant-attr:tenant_id": TENANT,
            "created_at": "2026-01-02T00:00:00.000000",
            **changes,
        }
        return identity

    def image_volumes(self):
        return {one["os-vol-host-attr:host"]: one for one in self.volumes.values() if "image-" in one["name"]}

    def delete(self, service, path, **params):
        if path.split("/")[-1] not in self.volumes:
            raise failures.NotFound("gone", status=404)
        super().delete(service, path, **params)

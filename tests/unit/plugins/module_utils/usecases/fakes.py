# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud and an array in memory, at the level of requests, so that their number can be asserted."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import transfer
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import volumes
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    Engine,
    Entry,
    FlexVol,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.survey import Survey

GIB = 1024**3
IMAGE_ID = "11111111-1111-1111-1111-111111111111"
A = FlexVol("c1", "svm1", "vol_a", "uuid-a", "/vol_a", available=80 * GIB, size=100 * GIB)
B = replace(A, name="vol_b", uuid="uuid-b", junction="/vol_b")
SHARES = {"uuid-a": "1.1.1.1:/vol_a", "uuid-b": "1.1.1.2:/vol_b"}


def image(**changes):
    return {
        "id": IMAGE_ID,
        "name": "debian",
        "status": "active",
        "disk_format": "raw",
        "container_format": "bare",
        "size": GIB,
        "virtual_size": GIB,
        "min_disk": 0,
        "min_ram": 0,
        **changes,
    }


def pool(flexvol):
    share = SHARES[flexvol.uuid]
    return {
        "name": f"h@ontap#{share}",
        "capabilities": {
            "storage_protocol": ["NFS", "nfs"],
            "pool_name": share,
            "volume_backend_name": "ontap",
            "free_capacity_gb": 80,
        },
    }


class FakeCloud:
    """Volumes become available, and servers ACTIVE, with the list request after the one that made them."""

    label = "fake"
    project_id = "p1"

    def __init__(self):
        self.calls = Counter()
        self.images = [image()]
        self.locations = [
            {
                "url": f"file:///mnt/glance/{IMAGE_ID}",
                "metadata": {"type": "nfs", "share_location": "nfs://1.1.1.1/vol_a", "mountpoint": "/mnt"},
            }
        ]
        self.pools = [pool(A), pool(B)]
        self.types = [{"id": "t1", "name": "enhanced", "extra_specs": {"volume_backend_name": "ontap"}}]
        self.flavors = [{"id": "f1", "name": "tiny", "vcpus": 1, "ram": 256}]
        self.servers, self.volumes = {}, {}
        self.quota = {"volumes": {"limit": 1000, "in_use": 0, "reserved": 0}}
        self.limits = {"maxTotalInstances": 1000, "totalInstancesUsed": 0}
        self.ids = itertools.count(1)
        self.signed = False  # whether Cinder notes a signature check: it does where it downloads
        self.created = 0  # seconds that the clock of Cinder shows; the default never moves
        self.fail = {}  # (method, path) or volume name -> failure
        self.broken = set()  # names whose volume ends in error

    @property
    def requests(self):
        return sum(self.calls.values())

    def lists(self):
        return sum(number for call, number in self.calls.items() if call.startswith("GET"))

    def pages(self, service, path, key, **params):
        return self.get(service, path, **params)[key]

    def get(self, service, path, **params):
        self._called("GET", path)
        if path == "/images":
            wanted = params.get("id") or params.get("name")
            return {
                "images": [one for one in self.images if one["id"] in wanted or f'"{one["name"]}"' in wanted]
            }
        if path.endswith("/locations"):
            return {"locations": self.locations}
        simple = {
            "/scheduler-stats/get_pools": {"pools": self.pools},
            "/types": {"volume_types": self.types},
            "/types/default": {"volume_type": self.types[0]},
            "/flavors/detail": {"flavors": self.flavors},
            "/networks": {"networks": [{"id": "n1", "name": "private"}]},
            f"/os-quota-sets/{self.project_id}": {"quota_set": self.quota},
            "/os-keypairs/my%2Fkey": {"keypair": {"name": "my/key"}},
            "/os-availability-zone": {"availabilityZoneInfo": [{"zoneName": "nova"}]},
            "/security-groups": {
                "security_groups": [{"id": "g1", "name": "web"}, {"id": "g2", "name": "db"}]
            },
            "/limits": {"limits": {"absolute": self.limits}},
            "/messages": {"messages": [{"user_message": "no valid backend"}]},
        }
        if path in simple:
            return simple[path]
        if path.startswith("/os-keypairs/"):
            raise failures.NotFound("Nova refused it", status=404)
        if path.endswith("/encryption"):
            return {}
        if path == "/volumes/detail":
            answer = {"volumes": [dict(one) for one in self.volumes.values()]}
            for one in self.volumes.values():
                if one["status"] == "creating":
                    one["status"] = "error" if one["name"] in self.broken else "available"
            return answer
        if path == "/servers/detail":
            answer = {"servers": [dict(one) for one in self.servers.values()]}
            for one in self.servers.values():
                if one["status"] == "BUILD":
                    one["status"] = "ACTIVE"
            return answer
        raise AssertionError(path)

    def post(self, service, path, body, microversion=None):
        self._called("POST", path)
        if path == "/volumes":
            asked = body["volume"]
            identity = f"v{next(self.ids)}"
            self.volumes[identity] = {
                "id": identity,
                "name": asked["name"],
                "status": "creating",
                "size": asked["size"],
                "volume_type": asked.get("volume_type"),
                "metadata": dict(asked["metadata"]),
                "attachments": [],
                "volume_image_metadata": {
                    "image_id": asked["imageRef"],
                    **({"signature_verified": "False"} if self.signed else {}),
                },
                "created_at": f"2026-11-25T07:00:{self.created:02d}.000000",
                "os-vol-host-attr:host": self.pools[len(self.volumes) % len(self.pools)]["name"],
            }
            if asked["name"] in self.fail:
                del self.volumes[identity]
                raise self.fail[asked["name"]]
            return {"volume": {"id": identity}}
        if path.endswith("/metadata"):
            self.volumes[path.split("/")[2]]["metadata"].update(body["metadata"])
            return {}
        asked = body["server"]
        identity = f"s{next(self.ids)}"
        volume = asked["block_device_mapping_v2"][0]["uuid"]
        if self.volumes[volume]["status"] != "available":
            raise failures.WrongInput(f"Volume {volume} must be available", status=400)
        self.servers[identity] = {
            "id": identity,
            "name": asked["name"],
            "status": "BUILD",
            "flavor": {"id": asked["flavorRef"]},
            "os-extended-volumes:volumes_attached": [{"id": volume}],
        }
        self.volumes[volume].update(status="in-use", attachments=[{}])
        return {"server": {"id": identity}}

    def delete(self, service, path, **params):
        self._called("DELETE", path)
        identity = path.split("/")[-1]
        if path.startswith("/servers"):
            gone = self.servers.pop(identity)
            for one in gone["os-extended-volumes:volumes_attached"]:
                self.volumes[one["id"]].update(status="available", attachments=[])
        elif identity not in self.volumes:
            raise failures.NotFound(f"There is no volume {identity}", status=404)
        elif self.volumes[identity]["status"] == "creating":
            raise failures.WrongInput(f"Volume {identity} is being made", status=400)
        else:
            del self.volumes[identity]

    def _called(self, method, path):
        self.calls[f"{method} {path}"] += 1
        if (method, path) in self.fail:
            raise self.fail[method, path]


class FakeArrays:
    """FlexVols with files {path: Entry}; owners survive clones as ONTAP keeps them."""

    def __init__(self, files=None, vstorage=True):
        self.files = {
            "uuid-a": {f"glance/{IMAGE_ID}": Entry(IMAGE_ID, GIB, 42415, 42415, "0640")},
            "uuid-b": {},
        }
        for uuid, more in (files or {}).items():
            self.files[uuid].update(more)
        self.vstorage = vstorage
        self.headers = {}  # path -> first bytes
        self.qtrees = {}  # FlexVol UUID -> names
        self.requests = 0
        self.done = []
        self.fail = {}

    READS = 8

    def __bool__(self):
        return True

    def survey(self, abilities=True):
        self.requests += 5 if abilities else 3
        engine = Engine("c1", "svm1", nfs=True, vstorage=self.vstorage, peers=frozenset())
        home = ("c1", "svm1")
        lifs = {"1.1.1.1": (home,), "1.1.1.2": (home,)}
        return Survey((A, B), lifs, {("c1", "svm1"): engine})

    def homes_of(self, survey, host):
        return survey.lifs.get(host, ())

    def look_at(self, flexvol, paths):
        return {path: self.look(flexvol, path) for path in paths}

    def header(self, flexvol, path, length):
        self.requests += 1
        found = self.headers.get(path, b"")
        if isinstance(found, Exception):
            raise found
        return found[:length]

    def qtrees_of(self, flexvols):
        self.requests += 1
        return self.qtrees

    def root_files(self, flexvol, image_ids):
        self.requests += 1
        prefixes = tuple(f"{kind}{one}" for one in image_ids for kind in ("img-cache-", "eic-stage-"))
        return {
            name: entry
            for name, entry in self.files[flexvol.uuid].items()
            if name.startswith((*prefixes, transfer.PREFIX))
        }

    def look(self, flexvol, path):
        self.requests += 1
        return self.files[flexvol.uuid].get(path)

    def usage(self, flexvol, path):
        self.requests += 1
        return (GIB, 0)

    def clone(self, flexvol, source, destination, overwrite=False):
        self._do("clone", flexvol, destination)
        here = self.files[flexvol.uuid]
        if destination in here and not overwrite:
            raise failures.AlreadyExists(f"{destination} exists")
        here[destination] = replace(here[source], name=destination)

    def copy(self, source, path, flexvol, destination, overwrite=False, max_throughput=0, timeout=0):
        self._do("copy", flexvol, destination)
        self.files[flexvol.uuid][destination] = replace(self.files[source.uuid][path], name=destination)

    def delete(self, flexvol, path):
        self._do("delete", flexvol, path)
        del self.files[flexvol.uuid][path]

    def in_parallel(self, items, function, limit):
        results = []
        for item in items:
            try:
                results.append(function(item))
            except failures.EnhancedInstanceError as exc:
                results.append(exc)
        return results

    def read_all(self, items, function):
        return [function(item) for item in items]

    def _do(self, what, flexvol, path):
        self.requests += 1
        self.done.append((what, flexvol.name, path))
        if (what, flexvol.name) in self.fail:
            raise self.fail.pop((what, flexvol.name))

    def own(self, uid):
        """What the Cinder host does with staged files."""
        for here in self.files.values():
            for name, entry in here.items():
                if name.startswith("eic-stage-"):
                    here[name] = replace(entry, owner=uid, group=uid, mode="0660")


class Inline:
    """In place of the pool of threads: a call has ended when submit() returns."""

    def __init__(self, max_workers=0):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        return False

    def submit(self, function, *arguments):
        done = Future()
        try:
            done.set_result(function(*arguments))
        except Exception as exc:
            done.set_exception(exc)
        return done


class Clock:
    """Time passes only where somebody looks at it or sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 0.01
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Lines:
    """Progress that remembers."""

    def __init__(self):
        self.texts = []

    def line(self, text, **more):
        self.texts.append(text)


MARK_NAME, MARK_IMAGE = volumes.MARK_NAME, volumes.MARK_IMAGE

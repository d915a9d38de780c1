# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image-volumes through the real ONTAP client against the simulator: content, killed runs, wrong input.

Cinder and Glance are played: managing a LUN renames it on the simulator, as Cinder's driver does.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from image import build
from labkit import paths as paths_of_lab
from ontap_sim.harness import Simulator

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import lun_clones
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.prune import rules_of
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.san_facts import MARK
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    arrays,
    cache,
    cache_prune,
    evidence,
    image_volume_work,
    plan,
    progress,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sim"))
import cinder_judge  # runs the unmodified driver

IMAGE = "33333333-3333-3333-3333-333333333333"
SIZE = 24 * 2**20
GIB = 2**30
POOLS = ("h@san#vol1", "h@san#vol2")
GOLDEN = "/vol/vol1/golden"
STAGED = f"/vol/vol2/eic-image-{IMAGE}"


class Cloud:
    """One raw image; a volume type over two iSCSI pools; what is adopted lives in ``volumes``."""

    label, project_id = "fake", "admins"

    def __init__(self, api):
        self.api = api
        self.volumes, self.locations = {}, [{"url": f"file:///mnt/{IMAGE}", "metadata": {}}]
        self.changed, self.there = "2026-01-01T00:00:00Z", True
        self.refusals, self.numbers = [], itertools.count(1)
        self.stores = [{"id": "other", "type": "cinder", "properties": {"volume_type": "x"}}]
        self.stores.append({"id": "san", "type": "cinder", "properties": {"volume_type": "enhanced_san"}})
        self.pools = [self.pool(name, "iSCSI") for name in POOLS]

    @staticmethod
    def pool(name, protocol):
        return {"name": name, "capabilities": {"storage_protocol": protocol}}

    def image(self):
        size = {"size": SIZE, "virtual_size": SIZE, "disk_format": "raw", "container_format": "bare"}
        return {
            "id": IMAGE,
            "name": "img",
            "status": "active",
            "owner": "tenant",
            "updated_at": self.changed,
            "locations": [],
            **size,
        }

    def pages(self, service, path, key, **params):
        if key == "images":
            return [self.image()] if self.there and IMAGE in params.get("id", "") else []
        if key == "volumes":
            return [one for one in self.volumes.values() if params.get("name") in (None, one["name"])]
        return [{"id": "t1", "name": "enhanced_san", "extra_specs": {}}]

    def get(self, service, path, **params):
        if path.endswith("/locations"):
            return {"locations": self.locations}
        if path.endswith("get_pools"):
            return {"pools": self.pools}
        if path == f"/images/{IMAGE}":
            return self.image()
        if path == "/info/stores/detail":
            return {"stores": self.stores}
        if path.startswith("/volumes/"):
            if path.rpartition("/")[2] not in self.volumes:
                raise failures.NotFound("gone")
            return {"volume": self.volumes[path.rpartition("/")[2]]}
        return {}

    def post(self, service, path, body):
        assert path == "/manageable_volumes"
        for refusal in self.refusals:
            raise refusal
        asked = body["volume"]
        made = {
            "id": f"0000000{next(self.numbers)}-0000-0000-0000-000000000000",
            "name": asked["name"],
            "status": "available",
            "size": 1,
            "metadata": asked["metadata"],
            "created_at": "2026-01-02T00:00:00Z",
            "os-vol-host-attr:host": asked["host"],
            "os-vol-tenant-attr:tenant_id": self.project_id,
        }
        old = asked["ref"]["source-name"]
        new = old.rpartition("/")[0] + "/volume-" + made["id"]
        self.api("PATCH", f"/storage/luns?name={old}&svm.name=svm1", {"name": new})
        self.volumes[made["id"]] = made
        return {"volume": made}

    def patch_image(self, image_id, changes):
        for change in changes:
            if change["op"] == "add":
                self.locations.append(change["value"])
            else:
                # Glance deletes the volume behind a location that it drops.
                gone = self.locations.pop(int(change["path"].rpartition("/")[2]))
                self.delete("block_storage", "/volumes/" + gone["url"].rpartition("/")[2])
        self.changed = "2026-01-03T00:00:00Z"

    def delete(self, service, path):
        volume = self.volumes.pop(path.rpartition("/")[2])
        pool = volume["os-vol-host-attr:host"].partition("#")[2]
        self.api("DELETE", f"/storage/luns?name=/vol/{pool}/volume-{volume['id']}&svm.name=svm1", None)


@pytest.fixture(scope="module", name="sim")
def simulator():
    with Simulator() as sim:
        sim.prepare_nfs("svm1", volumes=("vol1", "vol2"), size="4GB")
        yield sim


@pytest.fixture(name="api")
def the_api(sim):
    import requests

    session = requests.Session()
    session.trust_env = False
    session.auth, session.verify = sim.auth, sim.ca

    def call(method, path, body=None):
        joint = "&" if "?" in path else "?"
        wait = "" if method == "GET" else joint + "return_timeout=60"
        answer = session.request(method, sim.url(path + wait), json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    yield call
    call("DELETE", "/storage/luns?svm.name=svm1&name=*")


def file_of(sim, lun):
    _vol, _dummy, name = lun[len("/vol/") :].partition("/")
    return os.path.join(os.path.dirname(sim.volume_root(_vol)), "luns", name)


@pytest.fixture(name="stage")
def the_stage(sim, api):
    """(arrays, cloud) and a golden LUN whose size is no whole number of GiB."""
    body = {"svm.name": "svm1", "name": GOLDEN, "os_type": "linux", "space.size": SIZE}
    api("POST", "/storage/luns", body)
    with open(file_of(sim, GOLDEN), "r+b") as file:
        file.write(os.urandom(SIZE))
    login = {
        "hostname": sim.host,
        "http_port": sim.port,
        "username": sim.username,
        "password": sim.password,
        "ca_path": sim.ca,
        "vserver": "svm1",
    }
    opened = arrays.Arrays([login])
    yield opened, Cloud(api)
    opened.close()


def act(stage, function=cache.prime, source=GOLDEN, check_mode=False, **wanted):
    opened, cloud = stage
    asked = plan.Question((IMAGE,), "enhanced_san", source_lun=source, wanted=Wanted(**wanted))
    scene = plan.read(cloud, opened, asked)
    return function(scene, Context(cloud, opened, Options(check_mode=check_mode), progress.Progress()))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read(SIZE)).hexdigest()


def paths(result):
    return {one["pool"]: (one["path"], one["changed"], one["failed"]) for one in result["entries"]}


def luns(api):
    return sorted(one["name"] for one in api("GET", "/storage/luns?svm.name=svm1")["records"])


def test_clone_copy_adopt_and_a_second_run(sim, api, stage):
    opened, cloud = stage
    foreseen = act(stage, check_mode=True)
    assert foreseen["changed"] and cloud.volumes == {} and luns(api) == [GOLDEN]
    made = act(stage)
    assert paths(made) == {
        POOLS[0]: ("image_clone", True, False),
        POOLS[1]: ("copy_offload", True, False),
    }, made
    assert len(cloud.volumes) == 2
    for volume in cloud.volumes.values():
        assert volume["metadata"] == {"image_owner": "tenant", MARK: IMAGE}
        lun = f"/vol/{volume['os-vol-host-attr:host'].partition('#')[2]}/volume-{volume['id']}"
        assert digest(file_of(sim, lun)) == digest(file_of(sim, GOLDEN))
        # Whole GiB, as Cinder believes.
        assert os.path.getsize(file_of(sim, lun)) == GIB
        assert {"url": f"cinder://san/{volume['id']}", "metadata": {"store": "san"}} in cloud.locations
    before = opened.requests
    again = act(stage)
    assert not again["changed"]
    # The survey and the golden LUN: nothing is listed on SAN FlexVols.
    assert opened.requests - before == 6
    assert paths(again) == dict.fromkeys(POOLS, ("cache_clone", False, False))
    assert again["diff"]["before"] == again["diff"]["after"] == made["diff"]["after"]
    # The golden LUN is no longer needed.
    assert not act(stage, source=None)["changed"]
    gone = act(stage, cache.remove, source=None)
    assert gone["changed"] and cloud.volumes == {} and len(cloud.locations) == 1
    assert luns(api) == [GOLDEN]
    assert not act(stage, cache.remove, source=None)["changed"]


def test_evidence_of_a_volume_that_cinder_cloned(api, stage):
    opened, cloud = stage
    act(stage)
    image_volume = next(one for one in cloud.volumes.values() if one["os-vol-host-attr:host"] == POOLS[0])
    # As the driver does it (client_cmode_rest.py, clone_lun).
    source = {"name": f"/vol/vol1/volume-{image_volume['id']}"}
    clone = {"svm": {"name": "svm1"}, "name": "/vol/vol1/volume-v1", "clone": {"source": source}}
    api("POST", "/storage/luns", clone)
    scene = plan.read(cloud, opened, plan.Question((IMAGE,), "enhanced_san"))
    volume = {"id": "v1", "os-vol-host-attr:host": POOLS[0], "volume_image_metadata": {}}
    ground = evidence.ground(scene, scene.images[0])
    verdict, seen, pool = evidence.gather(opened, ground, volume, 1.0)
    assert (verdict.verdict, verdict.path, pool) == ("clone", "cache_clone", POOLS[0])
    assert seen["entry_before"] is True
    assert seen["unique_bytes"] * 2 < seen["used_bytes"]
    downloaded = {**volume, "volume_image_metadata": {"signature_verified": "False"}}
    assert evidence.gather(opened, ground, downloaded, 1.0)[0].verdict == "inconclusive"


def test_a_second_pool_is_filled_from_the_first(sim, api, stage):
    opened, cloud = stage
    every, cloud.pools = cloud.pools, cloud.pools[:1]
    act(stage)
    cloud.pools = every
    result = act(stage, source=None)
    assert paths(result) == {POOLS[0]: ("cache_clone", False, False), POOLS[1]: ("copy_offload", True, False)}


def test_killed_runs_are_finished(api, stage, monkeypatch):
    opened, cloud = stage

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(image_volume_work.ImageVolumeWork, "_adopt", killed)
        with pytest.raises(KeyboardInterrupt):
            act(stage)
    assert [name for name in luns(api) if "eic-image" in name]
    with monkeypatch.context() as patch:
        patch.setattr(image_volume_work.ImageVolumeWork, "_locate", killed)
        with pytest.raises(KeyboardInterrupt):
            act(stage)
    assert cloud.volumes and len(cloud.locations) == 1
    result = act(stage)
    assert not any(one["failed"] for one in result["entries"]), result
    assert len(cloud.volumes) == 2 and len(cloud.locations) == 3
    assert not [name for name in luns(api) if "eic-" in name]
    assert not act(stage)["changed"]


def test_a_volume_that_a_tenant_made_to_look_like_ours_is_not_used(api, stage):
    opened, cloud = stage
    looks = {"name": f"image-{IMAGE}", "size": 1, "os-vol-host-attr:host": POOLS[0], "status": "available"}
    metadata = {MARK: IMAGE, "image_owner": "tenant"}
    cloud.volumes["evil"] = {
        "id": "evil",
        "metadata": metadata,
        "os-vol-tenant-attr:tenant_id": "t9",
        **looks,
    }
    result = act(stage)
    assert paths(result)[POOLS[0]] == ("image_clone", True, False)
    assert not [place for place in cloud.locations if place["url"].endswith("evil")]


def prune(stage, now=None, check_mode=False):
    opened, cloud = stage
    asked = plan.Question((), "enhanced_san")
    context = Context(cloud, opened, Options(check_mode=check_mode), progress.Progress())
    return cache_prune.prune(asked, rules_of(None, None, None), context, now)


def test_prune_keeps_what_is_pointed_to(api, stage):
    opened, cloud = stage
    act(stage)
    kept = prune(stage)
    assert not kept["changed"] and {one["why"] for one in kept["entries"]} == {"used"}
    del cloud.locations[1:]
    later = 1767400000 + 365 * 86400
    assert prune(stage, later, check_mode=True)["changed"] and len(cloud.volumes) == 2
    gone = prune(stage, later)
    assert gone["changed"] and {one["why"] for one in gone["entries"]} == {"leftover"}
    assert cloud.volumes == {} and luns(api) == [GOLDEN]
    assert not prune(stage, later)["changed"]


def test_prune_when_the_image_is_gone(api, stage):
    opened, cloud = stage
    act(stage)
    cloud.there = False
    gone = prune(stage)
    assert {one["why"] for one in gone["entries"]} == {"gone"} and cloud.volumes == {}


def test_the_quota_of_the_owner(api, stage):
    opened, cloud = stage
    cloud.refusals.append(failures.Refused("Cinder refused POST with 413: quota", status=413, code=413))
    result = act(stage)
    assert result["failed"] and "quota of project admins" in result["msg"]
    assert "raise it: openstack quota set" in result["msg"]
    assert luns(api) == [GOLDEN] and len(cloud.locations) == 1


def test_an_answer_of_cinder_that_was_lost(api, stage):
    """Nobody knows whether Cinder is at work on the LUN, so it stays, and the next run goes on with it."""
    opened, cloud = stage
    cloud.refusals.append(failures.Unreachable("Cinder did not answer POST /manageable_volumes"))
    assert "did not answer" in act(stage)["msg"]
    assert len([name for name in luns(api) if "eic-image-" in name]) == 2
    cloud.refusals.clear()
    assert not act(stage).get("failed") and len(cloud.volumes) == 2
    assert not [name for name in luns(api) if "eic-" in name]


@pytest.mark.parametrize(("status", "left"), [("error_managing", 0), ("deleting", 1)])
def test_what_cinder_did_not_adopt_is_made_again(api, stage, status, left):
    """A run was killed before it took the volume away; what is on its way out is Cinder's."""
    opened, cloud = stage
    cloud.volumes["old"] = {
        "id": "old",
        "name": f"image-{IMAGE}",
        "status": status,
        "size": 1,
        "metadata": {"image_owner": "tenant", MARK: IMAGE},
        "os-vol-host-attr:host": POOLS[1],
        "os-vol-tenant-attr:tenant_id": cloud.project_id,
    }
    cloud.api = lambda method, path, body: None if "volume-old" in path else api(method, path, body)
    told = act(stage, check_mode=True)
    result = act(stage)
    assert not result.get("failed"), result["msg"]
    lines = result["diff"]["after"].splitlines()
    assert len(lines) == len(told["diff"]["after"].splitlines()) == 2 + left
    assert result["diff"]["before"] == told["diff"]["before"]
    assert "image-volume old" in told["diff"]["before"]
    assert ("image-volume old" in result["diff"]["after"]) is bool(left)
    assert ("image-volume old" in told["diff"]["after"]) is bool(left)
    assert len(cloud.volumes) == 2 + left and ("old" in cloud.volumes) is bool(left)
    assert {one["action"] for one in result["entries"]} == {"make"}


def test_a_flexvol_that_holds_no_more_luns(api, stage):
    opened, cloud = stage
    cloud.pools[1]["capabilities"]["total_volumes"] = 512
    result = act(stage)
    assert paths(result)[POOLS[0]] == ("image_clone", True, False)
    assert paths(result)[POOLS[1]][1:] == (False, True)
    assert "FlexVols vol2 hold 0 more LUNs at a limit of 512" in result["msg"]
    assert not [name for name in luns(api) if name.startswith("/vol/vol2/")]


def test_without_a_source_it_is_said_what_is_missing(stage):
    opened, cloud = stage
    result = act(stage, source=None, check_mode=True)
    assert paths(result) == dict.fromkeys(POOLS, ("download", True, False))
    assert "Name one in source_lun" in " ".join(result["warnings"])


def test_without_a_store_it_is_said_what_is_missing(api, stage):
    opened, cloud = stage
    cloud.stores = [{"id": "fs", "type": "file"}]
    result = act(stage, check_mode=True)
    assert paths(result) == dict.fromkeys(POOLS, ("download", True, False))
    assert "Glance has no store of type cinder" in " ".join(result["warnings"])
    assert luns(api) == [GOLDEN]


@pytest.mark.parametrize(
    ("protocols", "source", "said"),
    [
        (
            ("iSCSI", "NFS"),
            None,
            "Volume type 'enhanced_san' may use pools of several protocols (iscsi, nfs)",
        ),
        (("NFS", "NFS"), GOLDEN, "volume type 'enhanced_san' has no SAN backend"),
    ],
)
def test_wrong_pools(stage, protocols, source, said):
    opened, cloud = stage
    cloud.pools = [cloud.pool(name, protocol) for name, protocol in zip(POOLS, protocols, strict=True)]
    with pytest.raises(failures.WrongInput) as refusal:
        act(stage, source=source)
    assert said in refusal.value.sentence


def test_a_lun_that_is_not_there(stage):
    result = act(stage, source="/vol/vol1/nothing", check_mode=True)
    assert "There is no LUN /vol/vol1/nothing" in " ".join(result["warnings"])


def test_the_upstream_driver_clones_what_the_array_made(sim, api, stage, tmp_path):
    """The bootable image on a golden LUN, copied to another FlexVol; upstream driver adopts and clones."""
    built = build.build(paths_of_lab.cache_root())
    opened, _cloud = stage
    lun = api("GET", f"/storage/luns?svm.name=svm1&name={GOLDEN}")["records"][0]
    api("PATCH", f"/storage/luns/{lun['uuid']}", {"space.size": built.size})
    subprocess.run(["cp", "--sparse=always", built.path, file_of(sim, GOLDEN)], check=True)
    client = opened.clients[0][0]
    opened.survey()
    records, _diff = lun_clones.perform(client, "svm1", [(GOLDEN, STAGED)])
    assert not records[0]["failed"], records
    if not api("GET", "/protocols/san/iscsi/services?svm.name=svm1")["records"]:
        api("POST", "/protocols/san/iscsi/services", {"svm.name": "svm1"})
    size = -(-built.size // GIB)
    wanted = {"pool": "vol2", "size": size, "lun": STAGED}
    python = os.environ["EIC_OPENSTACK_PYTHON"]
    pools = ["vol1", "vol2"]
    outcome = cinder_judge.run(python, tmp_path, sim, "svm1", "iscsi", False, pools, adopt=wanted)
    assert outcome["start"] == "ok", outcome
    assert outcome["adopt and clone"].startswith("volume-"), outcome
    file = file_of(sim, f"/vol/vol2/{outcome['adopt and clone']}")
    assert os.path.getsize(file) == (size + 1) * GIB
    found = hashlib.sha256()
    with open(file, "rb") as content:
        for _number in range(built.size >> 20):
            found.update(content.read(1 << 20))
    assert found.hexdigest() == built.sha256

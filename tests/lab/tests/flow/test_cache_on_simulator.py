# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache entries through the real ONTAP client against the simulator: content, owners, counts, killed runs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from ontap_sim.harness import Simulator

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import transfer
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    arrays,
    cache,
    plan,
    progress,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

IMAGE = "22222222-2222-2222-2222-222222222222"
ENTRY, STAGE = f"img-cache-{IMAGE}", f"eic-stage-{IMAGE}"
SIZE = 24 * 2**20
SECURE = Wanted(owner_uid=42407, owner_gid=42407, mode="0660")


class Cloud:
    """The OpenStack side: one raw image in directory glance of vol1, pools over vol1 and vol2."""

    label, project_id = "fake", "p1"

    def __init__(self, lifs):
        self.lifs = lifs

    def pages(self, service, path, key, **params):
        if key == "images":
            size = {"size": SIZE, "virtual_size": SIZE}
            found = {"id": IMAGE, "name": "img", "status": "active", "disk_format": "raw", **size}
            return [found] if IMAGE in params.get("id", "") else []
        return [{"id": "t1", "name": "enhanced", "extra_specs": {}}]

    def get(self, service, path, **params):
        if path.endswith("/locations"):
            share = {"type": "nfs", "share_location": f"nfs://{self.lifs[0]}/vol1", "mountpoint": "/mnt"}
            return {"locations": [{"url": f"file:///mnt/glance/{IMAGE}", "metadata": share}]}
        if path.endswith("get_pools"):
            return {"pools": [self.pool(self.lifs[0], "vol1"), self.pool(self.lifs[1], "vol2")]}
        return {}

    @staticmethod
    def pool(lif, name):
        return {"name": f"h@b#{lif}:/{name}", "capabilities": {"storage_protocol": "nfs"}}


@pytest.fixture(scope="module", name="sim")
def simulator():
    if os.geteuid() != 0:
        pytest.skip("the simulator's file systems need root")
    with Simulator() as sim:
        yield sim


@pytest.fixture(scope="module", name="roots")
def the_roots(sim):
    found = sim.prepare_nfs("svm1", volumes=("vol1", "vol2"), size="1GB")
    return {name: Path(root) for name, root in found.items()}


@pytest.fixture(name="stage")
def the_stage(sim, roots):
    """(arrays, cloud, {volume: root}) with a fresh image file and no entries."""
    for root in roots.values():
        for file in root.glob("*-*"):
            file.unlink()
    file = roots["vol1"] / "glance" / IMAGE
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(os.urandom(SIZE))
    os.chown(file, 42415, 42415)
    lifs = [sim.svms["svm1"][name] for name in sorted(sim.svms["svm1"]) if re.search("_[ab]$", name)]
    login = {
        "hostname": sim.host,
        "http_port": sim.port,
        "username": sim.username,
        "password": sim.password,
        "ca_path": sim.ca,
        "vserver": "svm1",
    }
    opened = arrays.Arrays([login])
    yield opened, Cloud(lifs), roots
    opened.close()


def prime(stage, wanted, act=cache.prime):
    opened, cloud, _roots = stage
    asked = plan.Question((IMAGE,), "enhanced", wanted=wanted)
    scene = plan.read(cloud, opened, asked)
    return act(scene, Context(cloud, opened, Options(), progress.Progress()))


def own(roots):
    for root in roots.values():
        if (root / STAGE).exists():
            os.chown(root / STAGE, 42407, 42407)
            os.chmod(root / STAGE, 0o660)


def test_whole_way_with_an_owner(stage):
    opened, _cloud, roots = stage
    content = (roots["vol1"] / "glance" / IMAGE).read_bytes()
    first = prime(stage, SECURE)
    assert [one["path"] for one in first["entries"]] == ["image_clone", "copy_offload"], first["entries"]
    assert len(first["staged"]) == 2
    own(roots)
    second = prime(stage, SECURE)
    assert second["changed"] and second["staged"] == []
    for root in roots.values():
        info = (root / ENTRY).stat()
        assert (info.st_uid, info.st_gid, info.st_mode & 0o777) == (42407, 42407, 0o660)
        assert (root / ENTRY).read_bytes() == content
        assert sorted(one.name for one in root.glob("*-*")) == [ENTRY]
    before = opened.requests
    third = prime(stage, SECURE)
    assert not third["changed"]
    # survey, a listing a FlexVol, a look at the image file, its first bytes, the qtrees
    assert opened.requests - before == 5 + 2 + 3


def test_without_an_owner_and_absent(stage):
    opened, _cloud, roots = stage
    before = opened.requests
    assert prime(stage, Wanted())["changed"]
    print("requests of a first run on two FlexVols:", opened.requests - before)
    assert all((root / ENTRY).stat().st_size == SIZE for root in roots.values())
    assert not prime(stage, Wanted())["changed"]
    assert prime(stage, Wanted(), cache.remove)["changed"]
    assert not any(list(root.glob("*-*")) for root in roots.values())
    assert not prime(stage, Wanted(), cache.remove)["changed"]


def test_a_killed_copy_is_cleared_away(stage):
    _opened, _cloud, roots = stage
    leftover = roots["vol2"] / (transfer.family(ENTRY) + "abc-def")
    leftover.write_bytes(b"half")
    assert prime(stage, Wanted())["summary"]["failed"] == 0
    assert not leftover.exists()
    assert (roots["vol2"] / ENTRY).stat().st_size == SIZE

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Priming and pruning on real files: a FlexVol that fills up on the way, two runs at once, what goes and what
stays, the number of requests.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from ontap_sim.harness import Simulator

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import transfer
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.prune import Rules
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    arrays,
    cache,
    cache_prune,
    plan,
    progress,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .layouts import IMAGE, SIZE, Cloud, lif, location, login

ENTRY, STAGE = f"img-cache-{IMAGE}", f"eic-stage-{IMAGE}"
GONE = "33333333-3333-3333-3333-333333333333"
NAMES = ("vol1", "vol2", "vol3")
DAY = 86400.0


class Glance(Cloud):
    """With the lists that priming and pruning ask for, counted."""

    def __init__(self, sim):
        address = lif(sim, "svm1")
        super().__init__(
            [f"{address}:/{name}" for name in NAMES],
            location(f"nfs://{address}/vol1", f"file:///mnt/glance/{IMAGE}"),
        )
        self.asked = []

    def pages(self, service, path, key, **params):
        self.asked.append(path)
        return [] if key == "volumes" else super().pages(service, path, key, **params)

    def batches(self, service, path, key, **params):
        yield self.pages(service, path, key, **params)


@pytest.fixture(scope="module", name="sim")
def simulator():
    if os.geteuid() != 0:
        pytest.skip("the simulator's file systems need root")
    with Simulator() as sim:
        yield sim


@pytest.fixture(scope="module", name="all_roots")
def every_root(sim):
    return {name: Path(root) for name, root in sim.prepare_nfs("svm1", volumes=NAMES, size="400MB").items()}


@pytest.fixture(name="roots")
def the_roots(all_roots):
    """{FlexVol: root} with a fresh image file on vol1 and nothing else."""
    for root in all_roots.values():
        for file in [*root.glob("*-*"), *root.glob("filler")]:
            file.unlink()
    file = all_roots["vol1"] / "glance" / IMAGE
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(os.urandom(SIZE))
    return all_roots


@pytest.fixture(name="opened")
def the_arrays(sim):
    opened = arrays.Arrays([login(sim, "svm1")])
    yield opened
    opened.close()


def read(sim, opened, wanted=Wanted()):  # noqa: B008
    cloud = Glance(sim)
    scene = plan.read(cloud, opened, plan.Question((IMAGE,), "enhanced", wanted=wanted))
    return scene, Context(cloud, opened, Options(), progress.Progress())


def prune(sim, opened, images=(), later=0.0, check_mode=False, **rules):
    """A run ``later`` seconds from now."""
    asked = plan.Question(images, "enhanced", gone_images=True)
    context = Context(Glance(sim), opened, Options(check_mode=check_mode), progress.Progress())
    return cache_prune.prune(asked, Rules(**rules), context, time.time() + later)


def here(root):
    return sorted(one.name for one in root.glob("*-*"))


def fill(root, leave):
    """Write into a FlexVol until only so many bytes are free."""
    free = os.statvfs(root)
    with open(root / "filler", "wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, free.f_bavail * free.f_frsize - leave)


def test_a_flexvol_that_fills_up_on_the_way(sim, roots, opened):
    scene, context = read(sim, opened)
    fill(roots["vol2"], SIZE // 2)
    found = cache.prime(scene, context)
    records = {one["flexvol"]: one for one in found["entries"]}
    assert [records[name]["failed"] for name in NAMES] == [False, True, False]
    assert records["vol2"]["failure"]["code"] == "917883"
    assert [here(roots[name]) for name in NAMES] == [[ENTRY], [], [ENTRY]]
    (roots["vol2"] / "filler").unlink()
    assert cache.prime(*read(sim, opened))["summary"]["changed"] == 1


def test_a_flexvol_without_room_is_told_before(sim, roots, opened):
    fill(roots["vol2"], SIZE // 2)
    scene, context = read(sim, opened)
    before = opened.requests
    found = cache.prime(scene, context)
    records = {one["flexvol"]: one for one in found["entries"]}
    assert [records[name]["failed"] for name in NAMES] == [False, True, False]
    assert "enlarge FlexVol vol2" in records["vol2"]["failure"]["cure"]
    print("requests to prime two of three FlexVols:", opened.requests - before)
    assert here(roots["vol2"]) == []


def test_two_runs_at_once(sim, roots):
    results = []

    def run():
        own = arrays.Arrays([login(sim, "svm1")])
        try:
            results.append(cache.prime(*read(sim, own)))
        finally:
            own.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one["summary"]["failed"] for one in results] == [0, 0], results
    content = (roots["vol1"] / "glance" / IMAGE).read_bytes()
    for root in roots.values():
        assert here(root) == [ENTRY]
        assert (root / ENTRY).read_bytes() == content


def test_prune(sim, roots, opened):
    copy = transfer.family(ENTRY) + "0123456789-01234567"
    cache.prime(*read(sim, opened))
    for name in (f"img-cache-{GONE}", f"eic-stage-{GONE}", STAGE, copy, "img-cache-notes", f"volume-{GONE}"):
        (roots["vol2"] / name).write_bytes(b"x" * 4096)
    young = prune(sim, opened)
    assert {one["file"]: one["why"] for one in young["entries"] if one["flexvol"] == "vol2"} == {
        ENTRY: "used",
        STAGE: "alive",
        copy: "alive",
        f"img-cache-{GONE}": "gone",
        f"eic-stage-{GONE}": "alive",
    }
    told = prune(sim, opened, later=DAY, check_mode=True)
    done = prune(sim, opened, later=DAY)
    assert (told["diff"], told["summary"]) == (done["diff"], done["summary"])
    assert done["summary"]["changed"] == 2, [
        (one["file"], one["why"], one["last_used"]) for one in done["entries"]
    ]
    assert here(roots["vol2"]) == sorted([ENTRY, STAGE, "img-cache-notes", f"volume-{GONE}"])
    assert not prune(sim, opened, later=DAY)["changed"]
    assert prune(sim, opened, images=(IMAGE,), later=40 * DAY, age=30 * DAY)["summary"]["changed"] == 0
    assert prune(sim, opened, later=40 * DAY, age=30 * DAY)["summary"]["age"] == 4
    assert [here(roots[name]) for name in ("vol1", "vol3")] == [[], []]


def test_requests_of_pruning(sim, roots, opened):
    """Counted where nothing goes, and for each file that goes."""
    for number in range(10):
        (roots["vol3"] / f"img-cache-{number}{GONE[1:]}").write_bytes(b"x")
    before = opened.requests
    assert prune(sim, opened, check_mode=True)["summary"]["gone"] == 10
    assert opened.requests - before == 3 + len(NAMES)
    before = opened.requests
    assert prune(sim, opened)["summary"]["changed"] == 10
    assert opened.requests - before <= 3 + len(NAMES) + 2 * 10

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs for the same names at the same moment: one server a name, and no volume left over."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import Future
from concurrent.futures._base import DoneAndNotDoneFutures as DoneAndNotDone

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import instance_step
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    boot,
    boot_facts,
    evidence,
    flow,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.instance import (
    Instance,
)

from .booting import left_behind, names, present
from .fakes import FakeArrays, FakeCloud, Inline, Lines


class Slow(FakeCloud):
    """A volume needs two seconds of the shared clock, and a server one; created_at follows that clock."""

    def __init__(self, time):
        super().__init__()
        self.time = time
        self.ready = {}

    def get(self, service, path, **params):
        kind = path.split("/")[1]
        if kind not in ("volumes", "servers"):
            return super().get(service, path, **params)
        self._called("GET", path)
        records = list(getattr(self, kind).values())
        for one in records:
            if self.time.now >= self.ready.get(one["id"], 0):
                one["status"] = {"creating": "available", "BUILD": "ACTIVE"}.get(one["status"], one["status"])
        return {kind: [dict(one, metadata=dict(one.get("metadata", {}))) for one in records]}

    def post(self, service, path, body, microversion=None):
        self.created = int(self.time.now)
        answer = super().post(service, path, body)
        for key, seconds in (("volume", 2), ("server", 1)):
            if key in answer:
                self.ready[answer[key]["id"]] = self.time.now + seconds
        return answer


class Later:
    """In place of the pool of threads: a call is made when the test says so."""

    def __init__(self):
        self.calls = []

    def submit(self, function, *arguments):
        self.calls.append((Future(), function, arguments))
        return self.calls[-1][0]

    def turn(self):
        if self.calls:
            done, function, arguments = self.calls.pop(0)
            try:
                done.set_result(function(*arguments))
            except failures.EnhancedInstanceError as exc:
                done.set_exception(exc)


class Time:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def flow_of(cloud, time, asked, concurrency=4, workers=None):
    """A run that has read what is there and is about to begin; its sleeps are not the world's."""
    request = boot.Request(asked, "debian", "tiny", volume_type="enhanced")
    blueprint, held = boot_facts.read(cloud, request, Inline)
    instances = [Instance(name, held.step(name, blueprint.target({}))) for name in asked]
    order = flow.Order(blueprint, "auto", evidence.Ground(), {}, concurrency=concurrency)
    run = flow.Flow(cloud, None, FakeArrays(), order, Lines(), clock=time, sleep=lambda seconds: None)
    run.start([one for one in instances if one.step.action != instance_step.KEEP], workers or Inline())
    return run, instances


def play(time, runs, turns):
    """Let the runs take turns as told; then all of them, until they have ended."""
    for index in itertools.chain(turns, itertools.cycle(range(len(runs)))):
        alive = [one.turn() for one in runs] if index is None else [runs[index].turn()]
        time.now += 0.1
        if not any(alive) and not any(run._waiting for run in runs):
            return
        assert time.now < 300, "a run does not end"


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (0, 1) * 10,
        (0, 0, 0, 0, 0, 0, 0, 0, 1),  # the second comes while the first's volumes are half done
        (0,) * 30,  # ... and when its servers are being built
        (0,) * 60,  # ... and when it has finished
        (1, 0, 0, 1, 1, 1, 0),
    ],
)
@pytest.mark.parametrize("concurrency", [1, 4])
def test_one_server_a_name(turns, concurrency):
    time = Time()
    cloud = Slow(time)
    runs, results = zip(*(flow_of(cloud, time, names(8), concurrency) for unused in range(2)), strict=True)
    play(time, runs, turns)
    assert sorted(one["name"] for one in cloud.servers.values()) == sorted(names(8))
    assert len(cloud.volumes) == 8  # the losers deleted theirs
    for first, second in zip(*results, strict=True):
        assert (first.failure, second.failure) == (None, None)
        assert first.server_id == second.server_id and first.volume_id == second.volume_id
        assert first.changed or second.changed


def test_every_order_of_the_first_turns():
    """All ways in which two runs may alternate in their first six turns."""
    for turns in itertools.product((0, 1), repeat=6):
        time = Time()
        cloud = Slow(time)
        runs, results = zip(*(flow_of(cloud, time, names(1)) for unused in range(2)), strict=True)
        play(time, runs, turns)
        assert (len(cloud.servers), len(cloud.volumes)) == (1, 1), turns
        assert not any(one.failure for result in results for one in result), turns


def ended(calls, **unused):
    return DoneAndNotDone({one for one in calls if one.done()}, ())


@pytest.mark.parametrize("seed", range(15))
def test_calls_that_linger(seed, monkeypatch):
    """Three runs; what happens next, a turn of one of them or the end of one of its calls, is drawn."""
    monkeypatch.setattr(flow, "wait", ended)
    draw = random.Random(seed)
    time = Time()
    cloud = Slow(time)
    lines = [Later() for unused in range(3)]
    made = [flow_of(cloud, time, names(3), draw.choice((1, 4)), line) for line in lines]
    players = [one for one, unused in made] + lines
    while any(run._waiting for run, unused in made):
        draw.choice(players).turn()
        time.now += draw.choice((0.01, 0.1, 0.4))
        assert time.now < 3000, "a run does not end"
    assert sorted(one["name"] for one in cloud.servers.values()) == sorted(names(3))
    assert len(cloud.volumes) == 3
    for one in zip(*(results for unused, results in made), strict=True):
        assert not any(each.failure for each in one)
        assert len({each.server_id for each in one}) == 1 and any(each.changed for each in one)


def test_a_rival_that_dies_is_replaced():
    """It made its volume, which was chosen, and never boots it."""
    time = Time()
    cloud = Slow(time)
    (dead, _unused), (alive, results) = (flow_of(cloud, time, names(2)) for unused in range(2))
    dead.turn()
    play(time, [alive], ())
    assert len(cloud.servers) == len(cloud.volumes) == 2
    assert all(one.changed and not one.failure for one in results)


def test_same_name_from_another_image_is_told():
    """The lists of volumes do not meet, Nova's does."""
    time = Time()
    cloud = Slow(time)
    run, results = flow_of(cloud, time, names(1))
    cloud.servers["foreign"] = {"id": "foreign", "name": "web-0", "status": "ACTIVE"}
    play(time, [run], ())
    assert "2 servers are called web-0 now" in results[0].failure.sentence
    assert "foreign" in results[0].failure.sentence


def test_refused_server_fails_with_novas_sentence():
    cloud = FakeCloud()
    cloud.fail["POST", "/servers"] = failures.WrongInput("Nova knows no such key", status=400)
    made = present(cloud, names(2))
    assert [one["failure"]["what"] for one in made["instances"]] == ["Nova knows no such key"] * 2


def test_volume_deleted_on_the_way():
    time = Time()
    cloud = Slow(time)
    run, results = flow_of(cloud, time, names(1))
    run.turn()
    cloud.volumes.clear()
    play(time, [run], ())
    assert "was deleted while it was waited for" in results[0].failure.sentence


def test_leftover_beside_a_server_goes():
    cloud = FakeCloud()
    present(cloud, names(1))
    left_behind(cloud, "web-0", "available")
    told = present(cloud, names(1), check_mode=True)
    assert told["changed"] and told["instances"][0]["action"] == "tidy" and "v0" in cloud.volumes
    made = present(cloud, names(1))
    assert made["changed"] and "v0" not in cloud.volumes and len(cloud.servers) == 1
    assert not present(cloud, names(1))["changed"]


def test_a_used_volume_is_never_a_leftover():
    """Its verdict tells that a server had it: it may hold somebody's data."""
    cloud = FakeCloud()
    present(cloud, names(1))
    left_behind(cloud, "web-0", "available")
    cloud.volumes["v0"]["metadata"]["enhanced_instance_verdict"] = "clone"
    assert not present(cloud, names(1))["changed"]
    assert "v0" in cloud.volumes


def test_server_gone_and_volume_kept():
    """The instance comes back with its volume, and with what its first run found out."""
    cloud, arrays = FakeCloud(), FakeArrays()
    first = present(cloud, names(1))
    cloud.delete("compute", "/servers/" + first["instances"][0]["id"])
    made = present(cloud, names(1), arrays, download="allow")
    again = made["instances"][0]
    assert (again["action"], again["changed"]) == ("boot", True)
    assert again["volume_id"] == first["instances"][0]["volume_id"]
    assert again["path"] == first["instances"][0]["path"] == "cache_clone"

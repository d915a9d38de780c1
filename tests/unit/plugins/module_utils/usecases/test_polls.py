# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polls that fail: they go on, and each trouble is told once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import Refused
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.flow import Flow

from .booting import left_behind, names, present
from .fakes import FakeCloud


class Clock:
    now = 0.0

    def __call__(self):
        self.now += 60.0
        return self.now


def test_a_trouble_is_told_once_until_it_is_over():
    answers = ["broken", "broken", "slow", None, "slow", "slow"]
    told = []

    def volumes(unused_waiting):
        said = answers.pop(0)
        if said:
            raise Refused(f"Nova is {said}", cure="wait")
        return ()

    progress = SimpleNamespace(line=lambda text, **more: told.append(text))
    flow = Flow(None, None, None, SimpleNamespace(), progress, clock=Clock(), sleep=None)
    flow._watch = SimpleNamespace(volumes=volumes, servers=lambda waiting: ())
    flow._waiting = []
    while answers:
        flow._poll()
    assert [text.partition(": ")[2].partition(";")[0] for text in told] == [
        "Nova is broken",
        "Nova is slow",
        "Nova is slow",
    ]


class Behind(FakeCloud):
    """Cinder and Nova whose clocks are far behind ours: they look at the times that lists are asked with."""

    def get(self, service, path, **params):
        answer = super().get(service, path, **params)
        if path == "/volumes/detail" and "created_at" in params:
            since = params["created_at"].partition(":")[2]
            answer = {"volumes": [one for one in answer["volumes"] if one.get("created_at", "") >= since]}
        if path == "/servers/detail" and params.get("changes-since"):
            since = params["changes-since"]
            answer = {"servers": [one for one in answer["servers"] if one.get("updated", "") >= since]}
        return answer

    def post(self, service, path, body, microversion=None):
        answer = super().post(service, path, body, microversion)
        if "server" in answer:
            self.servers[answer["server"]["id"]]["updated"] = "2001-01-01T00:00:00Z"
        if path == "/volumes":
            self.volumes[answer["volume"]["id"]]["created_at"] = "2001-01-01T00:00:00.000000"
        return answer


@pytest.mark.parametrize("left", [False, True])
def test_a_clock_that_is_far_ahead_of_the_services(left):
    cloud = Behind()
    if left:
        left_behind(cloud, "web-0", "available")
        cloud.volumes["v0"]["created_at"] = "2001-01-01T00:00:00.000000"
    made = present(cloud, names(3), timeout=60)
    assert not made.get("failed"), made["msg"]
    assert len(cloud.servers) == len(cloud.volumes) == 3

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counts that the benchmarks state, on the simulator, without a clock: requests, entries, clones."""

from __future__ import annotations

import os

import pytest
from benchkit import simulated, stand_in
from rows import plan as plan_row

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import clones
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import arrays, plan


@pytest.fixture(name="no_user", autouse=True)
def root_only():
    if os.geteuid() != 0:
        pytest.skip("the simulator's file systems need root")


class Asking:
    """The stand-in, asked without HTTP."""

    label, project_id = "bench", stand_in.PROJECT

    def __init__(self, cloud):
        self.cloud, self.requests = cloud, 0

    def get(self, service, path, **_params):
        self.requests += 1
        base = {"image": "/image/v2", "block_storage": "/volume/v3"}[service]
        body, _headers, status = self.cloud.answer("GET", base + path)
        assert status == 200, path
        return body

    def pages(self, service, path, key, **params):
        return self.get(service, path, **params)[key]


def test_requests_of_a_plan_are_constant_beside_one_listing_a_flexvol():
    sizes = {"svm1": 1, "svm2": 60}
    asked = {}
    with simulated.FolderSimulator(svms=tuple(sizes)) as sim:
        for svm, size in sizes.items():
            sim.prepare_nfs(svm, volumes=())
            names = [f"pool{number:04d}" for number in range(size)]
            simulated.make_volumes(sim, svm, names)
            cloud = Asking(plan_row.prepared(sim, svm, names))
            opened = arrays.Arrays([simulated.login(sim, svm)])
            scene = plan.read(cloud, opened, plan.Question((stand_in.IMAGE,), "bench"))
            opened.close()
            assert plan.told(scene)["summary"]["total"] == size
            asked[svm] = (opened.requests - size, cloud.requests)
    assert asked["svm1"] == asked["svm2"]


def test_many_clones_in_one_call_take_two_requests_each():
    number = 40
    with simulated.Simulator() as sim:
        root = sim.prepare_nfs(volumes=("vol1",))["vol1"]
        data = simulated.write_sparse(f"{root}/image", simulated.GIB)
        assert os.stat(f"{root}/image").st_blocks * 512 == data == simulated.GIB // 16
        opened = arrays.Arrays([simulated.login(sim)])
        client = opened.clients[0][0]
        pairs = [("image", f"clone-{one}") for one in range(number)]
        records, _diff = clones.perform(client, "svm1", "vol1", pairs)
        assert all(one["changed"] for one in records)
        assert client.requests <= 2 * number + 8
        before = client.requests
        records, _diff = clones.perform(client, "svm1", "vol1", pairs)
        assert not any(one["changed"] for one in records)
        assert client.requests - before == 2
        opened.close()

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools that several hosts of cinder-volume serve as a cluster."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import (
    NotFound,
    Refused,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import (
    image_volumes,
    volumes,
)

HOST, CLUSTER = "one@nfs#192.0.2.1:/a", "together@nfs#192.0.2.1:/a"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"os-vol-host-attr:host": HOST}, HOST),
        ({"os-vol-host-attr:host": HOST, "cluster_name": None}, HOST),
        ({"os-vol-host-attr:host": HOST, "cluster_name": CLUSTER}, CLUSTER),
        ({"os-vol-host-attr:host": None, "cluster_name": None}, None),
        ({}, None),
    ],
)
def test_the_pool_of_a_volume_has_the_name_that_the_scheduler_gives_it(record, expected):
    assert volumes.pool_of(record) == expected


class Cinder:
    """Knows the pool as a host's or as a cluster's."""

    def __init__(self, key, failure=NotFound):
        self.key, self.failure, self.asked = key, failure, []

    def post(self, service, path, body):
        assert (service, path) == ("block_storage", "/manageable_volumes")
        self.asked.append(body["volume"])
        if self.key not in body["volume"]:
            raise self.failure("no such service")
        return {"volume": {"id": "v"}}


def adopt(cloud):
    return image_volumes.manage(cloud, "p", "/vol/a/lun", "image-1", "type", {})


@pytest.mark.parametrize(("key", "asked"), [("host", 1), ("cluster", 2)])
def test_a_lun_is_adopted_from_a_host_or_a_cluster(key, asked):
    cloud = Cinder(key)
    assert adopt(cloud) == {"id": "v"}
    assert len(cloud.asked) == asked
    assert cloud.asked[-1][key] == "p"
    assert not {"host", "cluster"} <= set(cloud.asked[-1])


def test_another_refusal_is_not_asked_for_twice():
    cloud = Cinder("cluster", Refused)
    with pytest.raises(Refused):
        adopt(cloud)
    assert len(cloud.asked) == 1

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances on SAN pools: what is refused before anything is made, and what the plan is asked."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import plan

from .booting import names, present
from .fake_prime import PruneArrays
from .fake_san import POOLS, SanCloud
from .fakes import A
from .fakes import pool as nfs_pool


def refused(cloud, **more):
    """The sentence with which nothing is made."""
    with pytest.raises(failures.EnhancedInstanceError) as caught:
        present(cloud, names(2), cloud.arrays, **more)
    assert cloud.volumes == {} and cloud.servers == {}
    return caught.value.sentence


def test_an_image_volume_that_is_missing_on_a_pool():
    said = refused(SanCloud(PruneArrays()), download="refuse")
    assert "2 of 2 pools hold no cache entry of image debian" in said
    assert f"Pool {POOLS[0]} has no image-volume of image debian" in said
    assert "run image_cache (playbook prime_cache) first" in said


def test_luns_that_the_flexvols_do_not_hold():
    cloud = SanCloud(PruneArrays())
    for one in cloud.pools:
        one["capabilities"]["total_volumes"] = 512
    assert "2 more volumes are asked for" in refused(cloud) and "add a FlexVol" in refused(cloud)


def test_an_image_larger_than_the_volume():
    cloud = SanCloud(PruneArrays())
    cloud.images[0]["min_disk"] = 5
    said = refused(cloud, volume_size=2)
    assert said == "volume_size is 2 GiB and image debian needs 5 GiB; give 5 or more."


def test_nfs_and_san_pools_in_one_volume_type():
    cloud = SanCloud(PruneArrays())
    mixed = nfs_pool(A)
    mixed["capabilities"]["volume_backend_name"] = "san"
    cloud.pools.append(mixed)
    said = refused(cloud)
    assert "Volume type 'enhanced' may use pools of several protocols (iscsi, nfs)" in said
    assert "give each backend a volume type of its own" in said


def test_a_lun_for_a_volume_type_without_a_san_backend():
    cloud = SanCloud(PruneArrays())
    cloud.pools = [nfs_pool(A)]
    cloud.pools[0]["capabilities"]["volume_backend_name"] = "san"
    assert "volume type 'enhanced' has no SAN backend" in refused(cloud, source_lun="/vol/vol_a/golden")


def test_the_plan_is_asked_with_the_lun(monkeypatch):
    asked = []

    def read(_cloud, _arrays, question):
        asked.append(question)
        raise failures.NotAuthorized("enough seen")

    monkeypatch.setattr(plan, "read", read)
    cloud = SanCloud(PruneArrays())
    refused(cloud, source_lun="/vol/vol_a/golden", download="refuse")
    assert [one.source_lun for one in asked] == ["/vol/vol_a/golden"]

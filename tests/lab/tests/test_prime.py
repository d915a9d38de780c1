# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prime_cache as a schedule runs it, with a qcow2 image that a tag declares: primed, unchanged, gone, pruned.

Needs a lab that the demo has made an enhanced one.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

import openstack
import pytest
from demokit import play
from demokit.glance_log import Traffic, traffic
from labkit import addresses, command, paths

TAG, SIZE = "eic-prime-test", 24 * 2**20
ADMIN = "lab-admin"


@dataclass
class Seen:
    image_id: str
    size: int
    first: play.Play
    again: play.Play
    gone: play.Play
    traffic: Traffic
    volumes: list


@pytest.fixture(scope="module", name="seen")
def three_runs(tmp_path_factory):
    lab = paths.Lab(paths.lab_root().absolute())
    _python, cache = command.make_cache()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds)
    env = {**play.environment(cache.checkout(), lab.root), "EIC_NET": addresses.from_environment().net}
    folder = tmp_path_factory.mktemp("qcow2")
    (folder / "raw").write_bytes(os.urandom(SIZE))
    subprocess.run(
        ["qemu-img", "convert", "-O", "qcow2", str(folder / "raw"), str(folder / "qcow2")], check=True
    )

    def run(**more):
        return play.run("prime_cache", env, {"enhanced_instance_image_tags": TAG, **more})

    with openstack.connect(cloud=ADMIN) as cloud:
        image = cloud.image.create_image(
            TAG, filename=str(folder / "qcow2"), disk_format="qcow2", container_format="bare", wait=True
        )
        try:
            cloud.image.add_tag(image, TAG)
            first, again = run(), run()
            volumes = [one.name for one in cloud.block_storage.volumes(all_projects=True)]
            with (lab.log / "glance-api.log").open(errors="replace") as lines:
                served = traffic(lines, image.id)
        finally:
            cloud.image.delete_image(image)
        gone = run(enhanced_instance_prune=True)
    return Seen(image.id, (folder / "qcow2").stat().st_size, first, again, gone, served, volumes)


def test_glance_served_its_bytes_once(seen):
    assert seen.first.ok, seen.first.failed
    assert (seen.traffic.downloads, seen.traffic.bytes_out) == (1, seen.size)


def test_every_flexvol_has_the_entry(seen):
    entries = seen.first.results_of("image_cache")[0]["entries"]
    assert [one["path"] for one in entries].count("download") == 1
    assert {one["way"] for one in entries if one["path"] == "download"} == {"cinder"}
    assert {one["path"] for one in entries} <= {"download", "copy_offload"} and len(entries) > 1
    assert {one["path"] for one in seen.again.result_of("image_cache")["entries"]} == {"cache_clone"}


def test_the_throwaway_volume_is_gone(seen):
    assert not [name for name in seen.volumes if name.startswith("eic-prime-")]


def test_the_second_run_changed_nothing(seen):
    assert seen.again.ok and seen.again.total_changed == 0, seen.again.changed


def test_a_schedule_prunes_the_image_that_is_gone(seen):
    assert seen.gone.ok, seen.gone.failed
    pruned = seen.gone.results_of("image_cache")[-1]
    removed = [one for one in pruned["entries"] if one["changed"]]
    assert {(one["image_id"], one["why"]) for one in removed} == {(seen.image_id, "gone")}
    assert len(removed) == len(seen.first.results_of("image_cache")[0]["entries"])

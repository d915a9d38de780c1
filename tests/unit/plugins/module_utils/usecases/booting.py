# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of instances begin with: the project, runs that make and remove, what a killed run left."""

from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    boot,
    flow,
    unboot,
)

from .fakes import GIB, IMAGE_ID, MARK_IMAGE, MARK_NAME, Clock, FakeArrays, Inline, Lines

ENTRY = f"img-cache-{IMAGE_ID}"
PRIMED = {uuid: {ENTRY: Entry(ENTRY, GIB, 7, 7, "0660")} for uuid in ("uuid-a", "uuid-b")}


def quick(*arguments):
    clock = Clock()
    found = flow.Flow(*arguments, clock=clock, sleep=clock.sleep)
    found.executor = Inline
    return found


def names(number):
    return tuple(f"web-{index}" for index in range(number))


def nics(name):
    return [{"kind": "network", "key": name, "tag": None}]


def present(cloud, asked, arrays=None, check_mode=False, admin=True, **changes):
    request = boot.Request(
        **{
            "names": asked,
            "image": "debian",
            "flavor": "tiny",
            "volume_type": "enhanced",
            "nics": nics("private"),
            **changes,
        }
    )
    arrays = FakeArrays(PRIMED) if arrays is None else arrays
    return boot.present(cloud, cloud if admin else None, arrays, request, Lines(), check_mode, quick, Inline)


def left_behind(cloud, name, status):
    cloud.volumes["v0"] = {
        "id": "v0",
        "name": name,
        "status": status,
        "size": 1,
        "volume_type": "enhanced",
        "metadata": {MARK_NAME: name, MARK_IMAGE: IMAGE_ID},
        "attachments": [],
    }


def absent(cloud, asked, check_mode=False):
    clock = Clock()
    return unboot.absent(cloud, asked, 4, 60, Lines(), check_mode, clock=clock, sleep=clock.sleep)

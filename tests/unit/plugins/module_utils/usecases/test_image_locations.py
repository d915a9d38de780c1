# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    image_locations,
)

GOOD = {
    "url": "file:///mnt/glance/one",
    "metadata": {"type": "nfs", "share_location": "nfs://192.0.2.11/a", "mountpoint": "/mnt"},
}
OLD = {"url": "file:///var/lib/glance/images/one", "metadata": {"store": "fs"}}
VOLUME = {"url": "cinder://san/1", "metadata": {}}


class Cloud:
    label = "test"

    def __init__(self, locations):
        self.locations, self.asked = locations, []

    def pages(self, service, path, key, **params):
        self.asked.append(path)
        return [{"id": "one", "name": "debian", "status": "active"}]

    def get(self, service, path):
        self.asked.append(path)
        return self.locations


@pytest.mark.parametrize(
    ("locations", "reason"),
    [
        ([GOOD], None),
        ([OLD, GOOD], None),
        ([VOLUME], None),
        ([OLD], "says nothing of an NFS share"),
        ([{**GOOD, "metadata": {**GOOD["metadata"], "mountpoint": "/other"}}], "is not below its mountpoint"),
        ([], "Glance shows no location"),
    ],
)
def test_which_images_have_to_be_mended(locations, reason):
    cloud = Cloud(locations)
    found, active = image_locations.unusable(cloud)
    assert active == 1
    assert len(cloud.asked) == 2
    if reason is None:
        assert found == []
    else:
        assert (found[0]["image"], found[0]["id"]) == ("debian", "one")
        assert reason in found[0]["reason"]
        assert found[0]["cure"]

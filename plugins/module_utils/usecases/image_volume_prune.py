# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image-volumes that nobody needs, removed from SAN pools.

Only those that image_cache made, and only when their image is gone or no location names them any more. What
Cinder's own cache made is Cinder's to evict.
"""

from __future__ import annotations

import time

from ..openstack import image_volumes as cinder
from ..openstack import images as glance
from ..openstack import volumes
from ..planner.san_facts import MARK

GONE, LEFTOVER, NEEDED, YOUNG = "gone", "leftover", "used", "alive"
SAID = {GONE: "its image is gone", LEFTOVER: "no location of its image names it"}


class DoomedVolume:
    """One image-volume and what becomes of it; the same interface as Doomed of cache_prune."""

    def __init__(self, record, pool, name, why):
        self.volume_id, self.flexvol = record["id"], pool.flexvol
        self.goes, self.why = why in SAID, why
        image_id = record["metadata"][MARK]
        self.record = {
            "image": name or image_id,
            "image_id": image_id,
            "pool": pool.name,
            "share": "",
            "svm": pool.flexvol.svm if pool.flexvol else None,
            "flexvol": pool.flexvol.name if pool.flexvol else None,
            "file": "image-volume " + self.volume_id,
            "action": "remove" if self.goes else "keep",
            "why": why,
            "bytes": 0,
            "last_used": None,
            "changed": False,
            "failed": False,
            "failure": None,
            "seconds": None,
        }

    @property
    def label(self):
        return f"{self.record['image']} on {self.record['pool']}"

    @property
    def line(self):
        return f"{self.record['pool']}: image-volume {self.volume_id}"

    def fail(self, failure):
        self.record.update(failed=True, failure=failure.as_dict(), msg=failure.sentence)

    def remove(self, context):
        if not context.options.check_mode:
            volumes.delete_if_there(context.cloud, self.volume_id)
        self.record["changed"] = True
        return f"image-volume {self.volume_id} removed ({SAID[self.why]})"


def judged(cloud, pools, quiet, now=None):
    """DoomedVolume of each image-volume of ours in SAN pools. Cinder: one list; Glance: one for the images
    that still exist, and one an image for its locations.

    Volumes are listed before Glance is asked, so that one whose location is added meanwhile is not taken for
    a leftover; one younger than ``quiet`` seconds may be in the making and stays.
    """
    by_name = {pool.name: pool for pool in pools}
    found = [
        one
        for one in cinder.all_marked(cloud, MARK)
        if volumes.pool_of(one) in by_name and one.get("status") != "deleting"
    ]
    if not found:
        return []
    now = time.time() if now is None else now
    existing = glance.existing(cloud, sorted({one["metadata"][MARK] for one in found}))
    located = {image_id: _located(cloud, image_id) for image_id in existing}
    return [
        DoomedVolume(
            one,
            by_name[volumes.pool_of(one)],
            existing.get(one["metadata"][MARK]),
            _why(one, existing, located, now - quiet),
        )
        for one in found
    ]


def _located(cloud, image_id):
    """IDs of the volumes that the image's locations name; None when Glance does not tell."""
    places, why_not, _cure = glance.locations(cloud, {"id": image_id})
    if why_not:
        return None
    return {cinder.volume_of_location(place["url"]) for place in places}


def _why(record, existing, located, quiet_since):
    image_id = record["metadata"][MARK]
    if image_id not in existing:
        return GONE
    named = located[image_id]
    if named is None or record["id"] in named:
        return NEEDED
    made = volumes.moment(record.get("created_at"))
    return YOUNG if made is None or made > quiet_since else LEFTOVER

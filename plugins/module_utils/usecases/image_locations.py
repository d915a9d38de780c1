# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images whose location tells nobody on which export their file lies, and how to mend them."""

from __future__ import annotations

from ..openstack import images as glance
from ..planner.facts import Unusable
from ..planner.locations import place_of


def unusable(cloud):
    """(records of active images without a usable location, number of active images).

    Requests: one for each thousand images, and one an image.
    """
    records = cloud.pages("image", "/images", "images", status="active", visibility="all")
    answers = glance.all_locations(cloud, records)
    found = [_judge(record, *answers[record["id"]]) for record in records]
    return [one for one in found if one], len(records)


def _judge(record, locations, why_not, cure):
    """None where one location leads to a file on an export (or to an image-volume); else why none does."""
    name = record.get("name") or record["id"]
    places = [place_of(name, location) for location in locations if not _is_volume(location)]
    if len(places) < len(locations) or any(not isinstance(place, Unusable) for place in places):
        return None
    reason, cure = (places[0].reason, places[0].cure) if places else (why_not, cure)
    return {"image": name, "id": record["id"], "reason": reason, "cure": cure}


def _is_volume(location):
    return location["url"].startswith("cinder:")

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of Glance and where their bytes lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ..failures import EnhancedInstanceError, NotAuthorized, NotFound, WrongInput
from ..planner.facts import Image
from ..planner.names import looks_like_uuid

# Requests to Glance under way at once.
READS = 4
LOCATION_CURE = (
    "let the user of the cloud (or of admin_cloud) have the role service beside admin; on Glance older than "
    "2024.1 "
    "set show_multiple_locations and show_image_direct_url on an API that only operators reach"
)


def find(cloud, wanted):
    """Image records for names or IDs, in their order; at most two list requests whatever their number.

    Raises NotFound, or WrongInput for a name that several images bear.
    """
    ids = [text for text in wanted if looks_like_uuid(text)]
    by_id, by_name = {}, {}
    if ids:
        for record in cloud.pages("image", "/images", "images", id="in:" + ",".join(ids), visibility="all"):
            by_id[record["id"]] = record
    names = [text for text in wanted if text not in by_id]
    if names:
        quoted = ",".join('"{}"'.format(name.replace('"', '\\"')) for name in names)
        for record in cloud.pages("image", "/images", "images", name="in:" + quoted, visibility="all"):
            by_name.setdefault(record["name"], []).append(record)
    found = []
    for text in wanted:
        if text in by_id:
            found.append(by_id[text])
            continue
        same = by_name.get(text, [])
        if not same:
            raise NotFound(
                f"There is no image {text!r}", f"cloud {cloud.label}", "give the name or ID of an image"
            )
        if len(same) > 1:
            raise WrongInput(
                f"{len(same)} images are called {text!r}: " + ", ".join(sorted(one["id"] for one in same)),
                f"cloud {cloud.label}",
                "give the ID",
            )
        found.append(same[0])
    return found


def show(cloud, image_id):
    """One image's record as it is now; one request. Raises NotFound."""
    return cloud.get("image", f"/images/{image_id}")


# Filters of Glance's list that are none of an image's own properties.
_LIST_WORDS = (
    "limit",
    "marker",
    "sort",
    "sort_key",
    "sort_dir",
    "visibility",
    "status",
    "tag",
    "member_status",
)
# IDs in one request: its address must stay shorter than web servers allow.
_IDS = 100


def find_where(cloud, where):
    """Active images by ``tags`` (all of them), ``properties`` and ``visibility``; a request per thousand."""
    params = {"visibility": where.get("visibility") or "all", "status": "active"}
    if where.get("tags"):
        params["tag"] = list(where["tags"])
    for name, value in (where.get("properties") or {}).items():
        if name in _LIST_WORDS:
            raise WrongInput(
                f"The property {name!r} of images_where is a word of Glance's list and no property",
                f"cloud {cloud.label}",
                "give tags and visibility beside properties, and other names there",
            )
        params[name] = str(value).lower() if isinstance(value, bool) else str(value)
    found = cloud.pages("image", "/images", "images", **params)
    return sorted(found, key=lambda record: (record.get("name") or "", record["id"]))


def existing(cloud, image_ids):
    """{ID: name} of the images that Glance has, hidden ones too.

    A request per hundred IDs, and one more per hundred of those that were not found.
    """
    found = {}
    for hidden in ("false", "true"):
        missing = [one for one in image_ids if one not in found]
        for start in range(0, len(missing), _IDS):
            ids = "in:" + ",".join(missing[start : start + _IDS])
            params = {"id": ids, "visibility": "all", "os_hidden": hidden}
            for record in cloud.pages("image", "/images", "images", **params):
                found[record["id"]] = record.get("name") or record["id"]
    return found


def facts(record):
    """The planner's view of an image record."""
    return Image(
        id=record["id"],
        name=record.get("name") or record["id"],
        status=record.get("status") or "active",
        disk_format=record.get("disk_format"),
        container_format=record.get("container_format"),
        size=record.get("size"),
        virtual_size=record.get("virtual_size"),
        min_disk=record.get("min_disk") or 0,
        min_ram=record.get("min_ram") or 0,
    )


def all_locations(cloud, records):
    """{image ID: locations(...)} of many images; one request each, several at once."""
    with ThreadPoolExecutor(max_workers=READS) as pool:
        answers = list(pool.map(lambda record: locations(cloud, record), records))
    return {record["id"]: answer for record, answer in zip(records, answers, strict=True)}


def locations(cloud, record):
    """``(locations, why_not, cure)``: a list of {url, metadata}; when none can be had, the reason and its
    cure.

    First ``GET /v2/images/{id}/locations`` (Glance 2.17 and newer, policy fetch_image_location: role
    service), then what the image record itself shows (show_multiple_locations, show_image_direct_url).
    """
    refused = None
    try:
        answer = cloud.get("image", f"/images/{record['id']}/locations")
        found = answer if isinstance(answer, list) else answer.get("locations", [])
        if found:
            return found, None, None
    except (NotAuthorized, NotFound) as exc:
        refused = exc
    except EnhancedInstanceError as exc:
        if exc.status not in (405, 501):
            raise
        refused = exc
    if record.get("locations"):
        return record["locations"], None, None
    if record.get("direct_url"):
        return [{"url": record["direct_url"], "metadata": {}}], None, None
    why = "Glance shows no location of image {}{}.".format(
        record.get("name") or record["id"],
        f" (it answered {refused.status})" if refused is not None and refused.status else "",
    )
    return [], why, LOCATION_CURE[0].upper() + LOCATION_CURE[1:] + "."

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of Glance and where their bytes lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

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


# IDs in one request, and letters of names: its address must stay shorter than web servers allow.
_IDS, _LETTERS = 100, 4000


def find(cloud, wanted, gone=False):
    """Image records for names or IDs, in their order. Requests: one per hundred IDs and one for those of them
    that were not found (hidden ones), one per 4000 letters of names, and one for each name with a quote.

    By name only what a user's list shows: hidden images and the community's are for who knows their ID, since
    anybody may give such a name. Raises NotFound, or WrongInput for a name that several images bear;
    ``gone``: an ID that Glance does not know gives a record of a deleted image.
    """
    by_id = _by_ids(cloud, [text for text in wanted if looks_like_uuid(text)])
    by_name = _by_names(cloud, [text for text in wanted if text not in by_id])
    return [by_id.get(text) or _only(cloud, text, by_name.get(text, ()), gone) for text in wanted]


def _by_ids(cloud, image_ids):
    found = {}
    for hidden in ("false", "true"):
        missing = [one for one in image_ids if one not in found]
        for start in range(0, len(missing), _IDS):
            ids = "in:" + ",".join(missing[start : start + _IDS])
            params = {"id": ids, "visibility": "all", "os_hidden": hidden}
            for record in cloud.pages("image", "/images", "images", **params):
                found[record["id"]] = record
    return found


def _by_names(cloud, names):
    found = {}
    for query in _name_filters(names):
        for record in cloud.pages("image", "/images", "images", name=query):
            found.setdefault(record["name"], []).append(record)
    return found


def _name_filters(names):
    """Values of Glance's filter ``name``, which takes a quote in no list (split_filter_value_for_quotes)."""
    lists = [[]]
    for name in names:
        if set(name) & set('"\\'):
            yield "eq:" + name
        elif len(quote(",".join([*lists[-1], name]))) > _LETTERS:
            lists.append([name])
        else:
            lists[-1].append(name)
    for some in lists:
        if some:
            yield "in:" + ",".join(f'"{name}"' for name in some)


def _only(cloud, text, same, gone):
    if not same and gone and looks_like_uuid(text):
        return {"id": text, "name": text, "status": "deleted"}
    if not same:
        raise NotFound(
            f"There is no image {text!r}",
            f"cloud {cloud.label}",
            "give the name or ID of an image; hidden ones and the community's go by their ID alone",
        )
    if len(same) > 1:
        raise WrongInput(
            f"{len(same)} images are called {text!r}: " + ", ".join(sorted(one["id"] for one in same)),
            f"cloud {cloud.label}",
            "give the ID",
        )
    return same[0]


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
    return {one: record.get("name") or one for one, record in _by_ids(cloud, image_ids).items()}


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

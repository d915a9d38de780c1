# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has to say, gathered from the results of its modules: the JSON report, and what its page shows.

Pure. Every argument is a module's result as Ansible registered it; one that did not run is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .facts import COPY_OFFLOAD, DOWNLOAD, IMAGE_CLONE, PATHS

# Where the evidence does not say.
UNKNOWN = "unknown"

Result = Mapping[str, Any]


def gather(
    instances: Result,
    plan: Result | None = None,
    entries: Result | None = None,
    title: str = "Instances",
    when: str = "",
) -> dict[str, Any]:
    """The whole report as plain data.

    ``instances``, ``plan`` and ``entries`` are results of the modules instances, image_path_info and
    image_cache; ``when`` is a text that stands for the time of the run.
    """
    plan, entries = plan or {}, entries or {}
    records = [dict(one) for one in instances.get("instances") or []]
    paths = [dict(one) for one in plan.get("paths") or []]
    made = [dict(one) for one in entries.get("entries") or []]
    image = _image(instances, paths, made)
    return {
        "title": title,
        "when": when,
        "image": image,
        "san": _all_san([*records, *made, *paths]),
        "failed": instances.get("msg") if instances.get("failed") else None,
        "summary": dict(instances.get("summary") or {}),
        "bytes": count_bytes(records, image["size"]),
        "flow": {
            "instances": _by_path(one.get("path") or UNKNOWN for one in records if one.get("id")),
            "entries": _by_path(
                one["path"] for one in made if one.get("path") in (IMAGE_CLONE, COPY_OFFLOAD, DOWNLOAD)
            ),
            "pools": _by_path(one["path"] for one in paths if one.get("path")),
        },
        "instances": records,
        "entries": made,
        "plan": paths,
        "cures": _unique([*_cures(paths, made), *_failed_cures(records)]),
        "warnings": _unique(
            text for result in (plan, entries, instances) for text in result.get("warnings") or []
        ),
        "requests": dict(instances.get("requests") or {}),
    }


def count_bytes(records: Iterable[Mapping[str, Any]], size: int | None) -> dict[str, int]:
    """Bytes of images that did and did not travel from Glance, for the instances whose path is known."""
    known = [one["path"] for one in records if one.get("path")]
    downloads = known.count(DOWNLOAD)
    return {
        "not_moved": (len(known) - downloads) * (size or 0),
        "moved": downloads * (size or 0),
    }


def _image(instances: Result, paths: list, made: list) -> dict[str, Any]:
    image = dict(instances.get("image") or {})
    for one in [*paths, *made]:
        image.setdefault("id", one.get("image_id"))
        image.setdefault("name", one.get("image"))
        size = one.get("bytes") or (one.get("entry") or {}).get("size")
        if size and not image.get("size"):
            image["size"] = size
    return {key: image.get(key) for key in ("id", "name", "size")}


def _all_san(records: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the pools hold LUNs: they are called host@backend#FlexVol, and host@backend#share on NFS."""
    pools = {one["pool"].partition("#")[2] for one in records if one.get("pool")}
    return bool(pools) and all(pool and "/" not in pool for pool in pools)


def _by_path(paths: Iterable[str]) -> dict[str, int]:
    found = list(paths)
    return {path: found.count(path) for path in (*PATHS, UNKNOWN)}


def _cures(paths: list, made: list) -> Iterable[str]:
    """Cures of pools that an entry does not serve by now."""
    served = {one.get("pool") for one in made if not one.get("failed") and one.get("path") != DOWNLOAD}
    for one in [*made, *paths]:
        if one.get("pool") not in served:
            yield from one.get("cures") or []


def _failed_cures(records: list) -> Iterable[str]:
    for one in records:
        cure = (one.get("failure") or {}).get("cure")
        if one.get("failed") and cure:
            yield cure[0].upper() + cure[1:] + "."


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))

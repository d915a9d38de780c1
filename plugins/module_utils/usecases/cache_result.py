# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What image_cache returns, from its pieces of work: records, summary, warnings, diff."""

from __future__ import annotations

from ..planner.facts import DOWNLOAD
from .plan import count_paths, junction_warnings


def result(scene, works, warnings=(), space=(), removed=()):
    """The module's result without ``requests``."""
    records = [work.record for work in works]
    staged = [waiting for waiting in (work.waiting() for work in works) if waiting]
    found = {
        "changed": bool(removed) or any(one["changed"] for one in records),
        "entries": records,
        "staged": staged,
        "volumes_removed": list(removed),
        "space": [one.as_dict() for one in space],
        "summary": dict(
            count_paths(records),
            changed=sum(1 for one in records if one["changed"]),
            failed=sum(1 for one in records if one["failed"]),
            staged=len(staged),
        ),
        "warnings": [*scene.warnings, *junction_warnings(scene.pools), *warnings],
        "diff": {
            "before": text_of(
                [line for work in works for line in work.before()] + [f"volume {one}" for one in removed]
            ),
            "after": text_of(line for work in works for line in work.after()),
        },
    }
    return dict(found, **failure_of(records))


def failure_of(records, what="cache entries"):
    """The part of a result that makes the task fail when some of the records did."""
    failed = [one for one in records if one["failed"]]
    if not failed:
        return {}
    return {
        "failed": True,
        "failure": failed[0]["failure"],
        "msg": f"{len(failed)} of {len(records)} {what} failed; the first is {failed[0]['image']} on "
        f"{failed[0]['flexvol'] or failed[0]['pool']}: {failed[0]['msg']}",
    }


def download_warnings(works):
    """A line for each image and pool that only a download serves."""
    return [
        f"Cinder will download image {work.image.name} into pool {work.pool.name}: "
        + " ".join(work.decision.reasons + work.decision.cures)
        for work in works
        if work.decision.path == DOWNLOAD and not work.failed
    ]


def text_of(lines):
    """Lines in order, each once, as a diff wants them."""
    return "".join(f"{one}\n" for one in sorted(set(lines)))

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache files that nobody needs, removed from the FlexVols of pools; what goes is judged in planner/prune.py.

FlexVols are listed before Glance is asked, so that an image uploaded meanwhile is never taken for gone.
"""

from __future__ import annotations

import datetime
import time

from ..openstack import images as glance
from ..openstack import pools as cinder_pools
from ..openstack import volumes
from ..planner import prune as rules_of
from ..planner.cinder_backend import SAN
from ..planner.sizes import human
from ..planner.throwaway import is_leftover
from . import homes, image_volume_prune
from .cache_download import remove_leftovers
from .cache_result import failure_of, text_of
from .cache_work import do_all
from .plan import choose_pools, chosen_images


class Doomed:
    """One file and what becomes of it."""

    def __init__(self, verdict, pool, names):
        self.verdict, self.flexvol, self.name = verdict, verdict.found.flexvol, verdict.found.file.name
        image_id = verdict.found.image_id
        self.record = {
            "image": names.get(image_id, image_id),
            "image_id": image_id,
            "pool": pool.name,
            "share": pool.share,
            "svm": self.flexvol.svm,
            "flexvol": self.flexvol.name,
            "file": self.name,
            "action": "remove" if verdict.goes else "keep",
            "why": verdict.why,
            "bytes": rules_of.occupied(verdict.found.file),
            "last_used": _stamp(verdict.last_used),
            "changed": False,
            "failed": False,
            "failure": None,
            "seconds": None,
        }

    @property
    def label(self):
        return f"{self.record['image'] or self.name} on {self.flexvol.name}"

    @property
    def line(self):
        return f"{self.flexvol.svm}:{self.flexvol.name}/{self.name}"

    def fail(self, failure):
        self.record.update(failed=True, failure=failure.as_dict(), msg=failure.sentence)

    def remove(self, context):
        """False when somebody else removed it meanwhile: then nothing was changed here."""
        self.record["changed"] = context.options.check_mode or context.arrays.delete(self.flexvol, self.name)
        return f"{self.name} removed ({_WHY[self.verdict.why]})" if self.record["changed"] else None


_WHY = {
    rules_of.GONE: "its image is gone",
    rules_of.AGE: "not used for long",
    rules_of.BUDGET: "beyond the budget",
    rules_of.LEFTOVER: "left by a killed run",
}


def prune(question, rules, context, now=None):
    """Judge and remove; returns the module's result without ``requests``.

    OpenStack: pools (1), volume type (2), wanted images (1 for names, 1 for IDs, 1 per thousand declared), 1
    per hundred other images in the caches and 1 more per hundred of them that are missing, and where age or
    budget is asked for 1 per thousand volumes; throwaway volumes (1). ONTAP: Arrays.survey, one listing a
    FlexVol, two for each quiet leftover, one or two for each file removed.
    """
    now = time.time() if now is None else now
    cloud, arrays = context.cloud, context.arrays
    located = _located(cloud, arrays, question)
    pools = _by_flexvol(located)
    found = _files(arrays, pools)
    wanted = {record["id"]: record.get("name") for record in chosen_images(cloud, question)}
    others = {one.image_id for one in found if one.image_id} - set(wanted)
    existing = glance.existing(cloud, sorted(others)) if others else {}
    last_volume = {}
    if rules.need_use and existing:
        last_volume = volumes.newest_by_image(
            cloud, set(existing), None if rules.age is None else now - rules.age
        )
    verdicts = rules_of.judge(found, existing, wanted, last_volume, _written(arrays, found, now), rules, now)
    names = {**existing, **wanted}
    items = [Doomed(one, pools[one.found.flexvol.uuid], names) for one in verdicts]
    san = [pool for pool in located if pool.protocol in SAN]
    luns = image_volume_prune.judged(cloud, san, rules_of.QUIET_SECONDS, now) if san else []
    doomed = [one for one in items if one.verdict.goes] + [one for one in luns if one.goes]
    do_all(doomed, lambda item: item.remove(context), context)
    stuck = []
    removed = _remove_throwaways(context, now, stuck.append)
    return _result(items, luns, rules, removed, stuck)


def _located(cloud, arrays, question):
    """The chosen pools with their FlexVols."""
    pools, _type, _encrypted, _warnings = choose_pools(cloud, question)
    survey = arrays.survey(abilities=False)
    pools = [homes.locate(arrays, survey, pool) for pool in pools]
    if question.pool_query:
        pools = cinder_pools.select(pools, query=question.pool_query)
    return pools


def _by_flexvol(pools):
    """{FlexVol UUID: one of its pools} of NFS pools."""
    found = {}
    for pool in pools:
        if pool.flexvol and pool.protocol == "nfs":
            found.setdefault(pool.flexvol.uuid, pool)
    return found


def _files(arrays, pools):
    flexvols = [pool.flexvol for pool in pools.values()]
    listed = arrays.read_all(flexvols, arrays.cache_files)
    recognised = [
        rules_of.recognise(flexvol, file)
        for flexvol, files in zip(flexvols, listed, strict=True)
        for file in files
    ]
    return [one for one in recognised if one is not None]


def _written(arrays, found, now):
    """The quiet leftovers that a copy job may be writing all the same."""
    quiet = [one for one in found if not one.is_entry and rules_of.is_quiet(one.file, now)]
    answers = arrays.read_all(quiet, lambda one: arrays.being_written(one.flexvol, one.file.name))
    return {(one.flexvol.uuid, one.file.name) for one, busy in zip(quiet, answers, strict=True) if busy}


def _remove_throwaways(context, now, tell):
    """The IDs of the throwaway volumes of killed runs that were removed."""
    left = [
        one
        for one in volumes.throwaways(context.cloud)
        if is_leftover(one, volumes.moment(one.created), now, rules_of.QUIET_SECONDS)
    ]
    return remove_leftovers(left, context, tell)


def _result(items, luns, rules, volumes_removed, stuck):
    every = [*items, *luns]
    records = [one.record for one in every]
    removed = [one for one in records if one["changed"]]
    counted = {why: sum(1 for one in removed if one["why"] == why) for why in _WHY}
    found = {
        "changed": bool(removed or volumes_removed),
        "entries": records,
        "staged": [],
        "volumes_removed": volumes_removed,
        "summary": dict(
            counted,
            changed=len(removed),
            failed=sum(1 for one in records if one["failed"]),
            bytes=sum(one["bytes"] for one in removed),
            total=len(records),
        ),
        "warnings": _over_budget(items, rules) + stuck,
        "diff": {
            "before": text_of([one.line for one in every] + [f"volume {one}" for one in volumes_removed]),
            "after": text_of(one.line for one in every if not one.record["changed"]),
        },
    }
    return dict(found, **failure_of(records, "cache files"))


def _over_budget(items, rules):
    """A line for each FlexVol whose budget is too small for what has to stay."""
    left = {}
    for one in items:
        if one.verdict.found.is_entry and not one.record["changed"]:
            left.setdefault((one.flexvol.svm, one.flexvol.name), []).append(one)
    lines = []
    for (svm, name), entries in sorted(left.items()):
        size = sum(one.record["bytes"] for one in entries)
        if rules.budget_count is not None and len(entries) > rules.budget_count:
            lines.append(
                f"{len(entries)} entries stay in FlexVol {name} of SVM {svm}, and the budget is "
                f"{rules.budget_count}: the others are wanted. Raise the budget, or want fewer images."
            )
        elif rules.budget_bytes is not None and size > rules.budget_bytes:
            lines.append(
                f"Entries of {human(size)} stay in FlexVol {name} of SVM {svm}, and the budget is "
                f"{human(rules.budget_bytes)}: the others are wanted. Raise the budget, or want fewer images."
            )
    return lines


def _stamp(moment):
    if moment is None:
        return None
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

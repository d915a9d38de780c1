# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe one SVM and keep what was found: the whole of ontap_probe."""

from __future__ import annotations

import datetime

from .. import capability_file
from ..failures import WrongInput
from ..ontap import probing, volumes
from ..ontap.session import open_client
from ..planner import capabilities


def perform(params, check):
    """The module's result."""
    scratch = probing.scratch_name(params["scratch"])
    path = params["capability_file"]
    before = capabilities.of_svm(
        capability_file.load(path) if path else [], params["vserver"], params["hostname"]
    )
    with open_client(params) as client:
        site = _site(client, params, scratch)
        there = probing.entries(client, site)
        prepared = probing.prepared(client, site, there)
        found = probing.leftovers(site, there)
        if check:
            answers, removed = before.answers, probing.foreseen(client, found)
        else:
            answers, removed = probing.probe(client, site, found, prepared)
        after = _record(params, client, site, answers)
        fresh = bool(path) and after.answers != before.answers
        if fresh and not check:
            capability_file.keep(path, after)
        return {
            "changed": bool(removed) or fresh or (check and bool(path) and not before.answers),
            "answers": after.as_dict()["answers"],
            "unknown": [
                name for name in capabilities.QUESTIONS if after.answer(name).answer == capabilities.UNKNOWN
            ],
            "removed": removed,
            "leftovers": sorted({f"{volume}/{entry.path}" for volume, entry in found} - set(removed)),
            "requests": {"ontap": client.requests},
            "diff": _diff(before, after, removed),
        }


def _site(client, params, scratch):
    ends = [(params["vserver"], params["volume"])]
    if params["other_volume"]:
        ends.append((params["other_vserver"] or params["vserver"], params["other_volume"]))
        if ends[0] == ends[1]:
            raise WrongInput(
                f"volume and other_volume are both {params['volume']!r}",
                cure="name another FlexVol to copy to, or leave other_volume out",
            )
    found = volumes.find_volumes(client, ends)
    return probing.Site(found[ends[0]], found[ends[1]] if len(ends) > 1 else None, scratch)


def _record(params, client, site, answers):
    version = client.version
    return capabilities.Capabilities(
        params["vserver"],
        params["hostname"],
        answers,
        ontap=".".join(map(str, version)) if version else None,
        account=params["username"],
        probed=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        volume=site.volume.name,
        other_volume=site.other.name if site.other else None,
    )


def _diff(before, after, removed):
    """Only the answers that differ, and the leftovers that go."""
    names = [name for name in capabilities.QUESTIONS if before.answer(name) != after.answer(name)]
    return {
        "before": {
            **{name: before.answer(name).answer for name in names},
            **dict.fromkeys(removed, "directory that a killed run has left"),
        },
        "after": {**{name: after.answer(name).answer for name in names}, **dict.fromkeys(removed, "absent")},
    }

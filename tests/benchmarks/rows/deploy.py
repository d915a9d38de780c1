# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy, first and second run, against a hand-written playbook of the same modules to the same end."""

from __future__ import annotations

from benchkit import lab as labs
from benchkit import playing
from benchkit.record import Row

TITLE = "deploy"
MINUTES = (4, 0)
LAB = labs.PLAIN

AIMS = {"first run": 1.0, "second run": 0.8}


def run(bench) -> Row:
    row = Row("deploy", TITLE)
    if bench.quick:
        row.scale = "left out: it takes two plain labs, which do not fit into five minutes"
        return row
    rival = str(playing.RIVALS / "deploy.yml")
    theirs = both_runs(bench, row, rival, "hand-written playbook", ours=False)
    ours = both_runs(bench, row, "deploy", "deploy", ours=True)
    bench.lab.enhanced = not any(one.failed for one in ours.values())
    for name, aim in AIMS.items():
        row.compare(f"{name}: against the hand-written playbook", ours[name], theirs[name], aim)
    row.notes.append(
        "Each begins with a plain lab of its own. The hand-written playbook knows this one cloud: it reads "
        "nothing first, checks no variable, parses no option, does not wait until Cinder is idle, keeps no "
        "file to go back to, and asks for the pools only. In place of its modules of openstack.cloud for "
        "user, roles and volume type ours is one module, deployment, and in place of an export policy and a "
        "module for each of its rules one request of na_ontap_restit."
    )
    return row


def both_runs(bench, row, playbook, name, ours):
    """A plain lab, the first run, the second run; the second one must change nothing."""
    bench.lab.fresh()
    found = {}
    for number in AIMS:
        done = bench.lab.play(playbook)
        found[number] = row.add(done.timing(name, number, ours=ours))
        sides = done.requests_to(labs.SIDES)
        found[number].counts.update({f"requests to {side}": asked for side, asked in sides.items()})
        bench.say(f"{name}, {number}: {found[number].failed or found[number].seconds}")
        if number == "second run" and not found[number].failed:
            row.check(f"{name}: the second run changes nothing ({done.changed} changes)", done.changed == 0)
    return found

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same call again, with nothing to do: against what users write, and against a play that is empty."""

from __future__ import annotations

from benchkit import lab as labs
from benchkit import playing
from benchkit.record import Ratio, Row

from . import boot

TITLE = "The same call again, nothing to do"
MINUTES = (10, 0.5)
LAB = labs.ENHANCED

FULL, QUICK = (50, 300), (3,)
AIM = 1.5  # seconds over an empty play
REPEAT = 3


def run(bench) -> Row:
    sizes = QUICK if bench.quick else FULL
    row = Row("again", TITLE, scale=bench.scale_text(f"{sizes[-1]} of {FULL[-1]} instances", bench.quick))
    lab = bench.lab
    image = lab.image(boot.IMAGE, boot.MIB)
    requests = {}
    lab.bare().clear("bench-")
    try:
        for size in sizes:
            bench.say(f"make {size} instances (not measured)")
            made = boot.provision(bench, image, size, "again-")
            if made.failed:
                row.notes.append(f"{size} instances could not be made: {made.failed}")
                break
            requests[size] = measure(bench, row, image, size, rivals=size == sizes[0])
    finally:
        if lab.borrowed:  # one of our own is about to go
            lab.bare().clear("bench-")
    known = {size: one for size, one in requests.items() if one is not None}
    if len(known) > 1:
        row.check(f"the number of requests is constant: {known}", len(set(known.values())) == 1)
    row.notes.append(
        f"The middle of {REPEAT} runs. The users' ways find the same volumes and servers by their names; "
        f"they are run with {sizes[0]} only."
    )
    return row


def measure(bench, row, image, size, rivals):
    """One size; returns the number of requests that ours made."""
    word = f"{size} instances"
    empty, ours = [], []
    for _number in range(REPEAT):
        done = bench.play(playing.BENCHMARKS / "plays" / "empty.yml", extra=bench.lab.env)
        empty.append(done.timing("empty play", "nothing"))
        done = bench.lab.play("provision_instance", bench.lab.instances(image, "bench-again-", size))
        ours.append(done.timing("provision_instance", word, ours=True))
        if not ours[-1].failed:
            row.check(f"{word}: nothing changed", done.changed == 0)
    nothing, again = row.add(playing.middle(empty)), row.add(playing.middle(ours))
    bench.say(f"{word} again: {again.failed or again.seconds}")
    if not again.failed and not nothing.failed:
        row.ratios.append(
            Ratio(f"{word}: over an empty play", again.seconds - nothing.seconds, AIM, unit="s")
        )
    names = [f"bench-again-{number:03d}" for number in range(1, size + 1)]
    ways = ("forks", "serial") if bench.everything or bench.quick else ("forks",)
    for kind in ways if rivals else ():
        theirs = row.add(boot.users_way(bench, image, names, kind).timing(f"openstack.cloud, {kind}", word))
        bench.say(f"{theirs.name}, {word} again: {theirs.failed or theirs.seconds}")
        row.compare(f"{word}: times faster than openstack.cloud, {kind}", again, theirs, at_least=True)
    return None if again.failed else again.counts["requests"]

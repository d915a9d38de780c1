# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances from a cached image by one provision_instance, against bare API calls and what users write."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

from benchkit import lab as labs
from benchkit import playing
from benchkit.record import Row, Timing

TITLE = "Instances from a cached image"
MINUTES = (17, 1.0)
LAB = labs.ENHANCED

FULL, QUICK = (20, 50), (3,)
IMAGE, MIB = "bench-small", 64
FORKS = 20
WAYS = ("serial", "async", "forks")
TURNS = 3
# What no client can beat where the services need all of the machine.
LIMIT = "which is the limit of this machine"


def run(bench) -> Row:
    sizes = QUICK if bench.quick else FULL
    row = Row("boot", TITLE, scale=bench.scale_text(f"{sizes[-1]} of {FULL[-1]} instances", bench.quick))
    lab = bench.lab
    image = lab.image(IMAGE, MIB)
    lab.prime(image)
    ways = WAYS
    for size in sizes:
        best = compare(bench, row, image, size, ways)
        # With more instances no way of theirs is worth its minutes: each grows with the number.
        ways = (best,) if best and bench.everything else ()
    row.notes.append(
        f"Image of {MIB} MiB, primed on {labs.FLEXVOLS} FlexVols before; the bare client sends from four "
        "threads, checks nothing and gathers no evidence. What each contender made is removed before the "
        "next begins."
    )
    if not bench.quick:
        row.notes.append(
            f"With {FULL[0]} instances the bare client and provision_instance ran {TURNS} times by turns; "
            "the middle one."
        )
        row.notes.append(
            f"With {sizes[-1]} instances the fastest of the users' ways runs with --everything only."
        )
    return row


def compare(bench, row, image, size, ways):
    """One number of instances; returns the best of the users' ways, or None when none of them worked."""
    word = f"{size} instances"
    # By turns, so that a machine that is slower for a while is so for both.
    limits, all_ours = [], []
    for _number in range(TURNS if size == FULL[0] else 1):
        limits.append(measured(bench, word, partial(bare, bench, image, size)))
        all_ours.append(measured(bench, word, partial(provision, bench, image, size, "ours-")))
    limit, ours = row.add(playing.middle(limits)), row.add(playing.middle(all_ours))
    judge(row, ours, size)
    found = {way: row.add(measured(bench, word, partial(rival, bench, image, size, way))) for way in ways}
    good = {way: one for way, one in found.items() if not one.failed}
    row.compare(f"{word}: against the bare client", ours, limit, 1.1)
    if "serial" in found:
        serial = found["serial"]
        row.compare(f"{word}: times faster than the serial loop", ours, serial, 6.0, at_least=True)
        row.compare(f"{word}: the same for the bare client, {LIMIT}", limit, serial, at_least=True)
    best = min(good, key=lambda way: good[way].seconds, default=None)
    if best:
        text = f"{word}: times faster than the best of the users' ways ({best})"
        row.compare(text, ours, good[best], 2.8, at_least=True)
        row.compare(
            f"{word}: the same for the bare client, {LIMIT} ({best})", limit, good[best], at_least=True
        )
    return best


def measured(bench, word, work):
    """One contender; what it leaves is removed, whether it worked or not."""
    bench.lab.bare().clear("bench-")
    timing = work()
    timing.size = word
    bench.say(f"{timing.name}, {word}: " + (timing.failed or f"{timing.seconds:.1f} s"))
    bench.lab.bare().clear("bench-")
    return timing


def ids(bare):
    """IDs of the flavor and the network."""
    return {
        "flavor": bare.find("compute", "/flavors", "flavors", labs.FLAVOR),
        "network": bare.find("network", "/networks", "networks", labs.NETWORK),
    }


def bare(bench, image, size, name="bare threaded HTTP client", gib=1):
    """The limit: the API calls alone. Log-in and names are outside the clock."""
    client = bench.lab.bare()
    known = ids(client)
    names = [f"bench-bare-{number:03d}" for number in range(1, size + 1)]
    before, began = client.requests, time.monotonic()
    failed = ""
    try:
        client.boot(names, image, known["flavor"], known["network"], labs.VOLUME_TYPE, gib)
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - began
    return Timing(name, seconds, [seconds], counts={"requests": client.requests - before}, failed=failed)


def provision(bench, image, size, prefix):
    """Ours: one run of the playbook."""
    done = bench.lab.play("provision_instance", bench.lab.instances(image, f"bench-{prefix}", size))
    timing = done.timing("provision_instance", ours=True)
    results = done.results_of("instances")
    if results and not timing.failed:
        timing.counts.update(
            {f"requests of instances to {side}": results[-1]["requests"][side] for side in SIDES}
        )
        timing.result = results[-1]
    return timing


SIDES = ("ontap", "openstack")


def judge(row, timing, size):
    """Counts that have to hold for a first run."""
    if timing.failed:
        return
    result = timing.result
    paths = {one["path"] for one in result["instances"]}
    row.check(
        f"{size} instances: each was cloned from the cache ({', '.join(map(str, paths))})",
        paths == {"cache_clone"},
    )
    calls = result["requests"]["calls"]
    writes = sum(
        number
        for call, number in calls.items()
        if call.startswith("POST") and not call.endswith("/auth/tokens")
    )
    row.check(
        f"{size} instances: three writes for each (volume, its evidence, server): {writes}",
        writes == 3 * size,
    )
    looks = result["requests"]["ontap"]
    row.check(
        f"{size} instances: at most one look at ONTAP for each beside the plan's: {looks}", looks <= size + 30
    )


def rival(bench, image, size, kind, prefix="rival"):
    """One of the users' ways."""
    names = [f"bench-{prefix}-{number:03d}" for number in range(1, size + 1)]
    return users_way(bench, image, names, kind).timing(f"openstack.cloud, {kind}")


def users_way(bench, image, names, kind):
    """Run the rival's playbook for these names."""
    variables = {
        "bench_cloud": labs.USER_CLOUD,
        "bench_image": image,
        "bench_flavor": labs.FLAVOR,
        "bench_network": labs.NETWORK,
        "bench_volume_type": labs.VOLUME_TYPE,
        "bench_names": names,
    }
    with tempfile.TemporaryDirectory(prefix="eic-bench-") as folder:
        hosts = Path(folder, "hosts.ini")
        python = "ansible_python_interpreter='{{ ansible_playbook_python }}'"
        hosts.write_text("[instances]\n" + "".join(f"{name} {python}\n" for name in names))
        return bench.play(
            playing.RIVALS / f"instances_{kind}.yml",
            variables,
            extra=bench.lab.env,
            inventory=hosts,
            options=("--forks", str(FORKS)) if kind == "forks" else (),
        )

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First boot of a new image: primed by ours on the way, against the stock driver alone on the same type."""

from __future__ import annotations

import time

from benchkit import lab as labs
from benchkit import traffic
from benchkit.record import Row

from . import boot

TITLE = "First boot of a new image"
MINUTES = (4, 0.6)
LAB = labs.ENHANCED

FULL, QUICK = (12, 2048), (3, 192)  # instances, MiB
AIM = 5.0
MIB = 1 << 20


def run(bench) -> Row:
    count, mib = QUICK if bench.quick else FULL
    row = Row(
        "first_boot",
        TITLE,
        scale=bench.scale_text(f"{count} instances of {mib} MiB, not {FULL[0]} of {FULL[1]}", bench.quick),
    )
    lab = bench.lab
    word = f"{count} instances, {mib} MiB"
    stamp = int(time.time())
    lab.bare().clear("bench-")
    image = lab.image(f"bench-first-{stamp}", mib)
    ours, result = counted(bench, image, lambda: first(bench, image, count))
    ours.size = word
    row.add(ours)
    lab.bare().clear("bench-")
    judge(row, ours, result)
    image = lab.image(f"bench-stock-{stamp}", mib)
    bench.say("the stock driver alone")
    stock, _nothing = counted(
        bench, image, lambda: (stock_driver(bench, image, count, -(-mib // 1024)), None)
    )
    stock.size = word
    row.add(stock)
    lab.bare().clear("bench-")
    row.compare(f"{word}: times faster than the stock driver alone", ours, stock, AIM, at_least=True)
    row.notes += [
        "The same volume type, backend and driver; only the image differs, which nobody has primed. The "
        "stock driver is driven by the bare client, so that no client slows it down; it makes its own "
        "cache entry after a download.",
        "Bytes: Glance's request log for what left Glance; for the hosts' NFS mounts (bind mounts in the "
        "lab) what their services' processes passed to read() and write().",
    ]
    return row


def counted(bench, image, work):
    """The contender's measurement with the bytes that its hosts moved."""
    before = traffic.moved(bench.lab)
    timing, result = work()
    after = traffic.moved(bench.lab).since(before)
    sent, asked = traffic.downloaded(bench.lab, image)
    timing.counts["MiB downloaded from Glance"] = sent // MIB
    timing.counts["downloads"] = asked
    for host in traffic.HOSTS:
        timing.counts[f"MiB read by the {host}"] = after.read[host] // MIB
        timing.counts[f"MiB written by the {host}"] = after.written[host] // MIB
    bench.say(f"{timing.name}: {timing.failed or timing.seconds}")
    return timing, result


def first(bench, image, count):
    done = bench.lab.play("provision_instance", bench.lab.instances(image, "bench-first-", count))
    return done.timing("provision_instance", ours=True), done


def stock_driver(bench, image, count, gib):
    return boot.bare(bench, image, count, "stock driver alone", gib)


def judge(row, timing, done):
    """What the issue promises of bytes and copies."""
    if timing.failed:
        return
    row.check("0 downloads of the image", timing.counts["downloads"] == 0)
    made = [
        entry
        for result in done.results_of("image_cache")
        for entry in result["entries"]
        if entry.get("bytes") is not None
    ]
    volumes = sorted(entry["flexvol"] for entry in made)
    row.check(
        f"one copy of the image for each FlexVol: {', '.join(volumes)}",
        len(volumes) == len(set(volumes)) == labs.FLEXVOLS,
    )
    paths = sorted({one["path"] for one in done.results_of("instances")[-1]["instances"]})
    row.check(f"every instance was cloned ({', '.join(paths)})", "download" not in paths)

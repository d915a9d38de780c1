# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many file clones in one call of ontap_file_clone, against na_ontap_restit in a loop."""

from __future__ import annotations

from pathlib import Path

from benchkit import playing, simulated
from benchkit.record import Row

TITLE = "File clones in one call"
MINUTES = (3, 0.4)
LAB = None

FULL, QUICK = 200, 10
AIM = 20.0


def run(bench) -> Row:
    count = QUICK if bench.quick else FULL
    row = Row("restit", TITLE, scale=bench.scale_text(f"{count} of {FULL} clones", count < FULL))
    with simulated.Simulator() as sim:
        root = sim.prepare_nfs(volumes=("vol1",), size="10GB")["vol1"]
        simulated.write_whole(f"{root}/image", 16 * simulated.MIB)
        variables = {**simulated.flat(sim, "vol1"), "bench_source": "image"}
        size = f"{count} clones"
        bench.say(f"{size} by one call of ontap_file_clone")
        ours = row.add(one_call(bench, variables, names("ours", count), size))
        bench.say(f"{size} by na_ontap_restit in a loop")
        theirs = row.add(loop(bench, variables, names("restit", count), size))
        made = sum(Path(root, one).is_file() for one in names("ours", count))
    row.compare(f"{size}: times faster than na_ontap_restit in a loop", ours, theirs, AIM, at_least=True)
    row.check(f"all {count} clones are there", made == count)
    row.check(f"at most {2 * count + 8} requests", ours.counts["requests"] <= 2 * count + 8)
    row.check("one module started", ours.counts["modules started"] == 1)
    row.notes.append("Runs on a simulator of its own; na_ontap_restit waits for each job, as ours does.")
    return row


def names(prefix, count):
    return [f"{prefix}-{number:03d}" for number in range(count)]


def one_call(bench, variables, files, size):
    clones = [{"source_path": "image", "destination_path": one} for one in files]
    done = bench.play(playing.BENCHMARKS / "plays" / "clones.yml", {**variables, "bench_clones": clones})
    return done.timing("ontap_file_clone", size, ours=True)


def loop(bench, variables, files, size):
    done = bench.play(playing.RIVALS / "clones_restit.yml", {**variables, "bench_files": files})
    return done.timing("na_ontap_restit, loop", size)

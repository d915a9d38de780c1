# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clone time against the size of the image: a clone shares blocks, so it has to be flat."""

from __future__ import annotations

import statistics

from benchkit import playing, simulated
from benchkit.record import Row, Timing

TITLE = "Clone time against image size"
MINUTES = (1, 0.3)
LAB = None

SIZES = (1, 4, 16)  # GiB
FULL, QUICK = 40, 10  # clones of each
AIM = 1.1


def run(bench) -> Row:
    count = QUICK if bench.quick else FULL
    row = Row("clone", TITLE, scale=bench.scale_text(f"{count} of {FULL} clones a size", count < FULL))
    with simulated.Simulator() as sim:
        root = sim.prepare_nfs(volumes=("vol1",), size="500GB")["vol1"]
        data = {gib: simulated.write_sparse(f"{root}/image-{gib}", gib * simulated.GIB) for gib in SIZES}
        # In turns and one after the other, so that what else the machine does meets all sizes alike.
        turns = [(gib, number) for number in range(count) for gib in SIZES]
        bench.say(f"{count} clones of each of {', '.join(map(str, SIZES))} GiB")
        done = bench.play(
            playing.BENCHMARKS / "plays" / "clones.yml",
            {
                **simulated.flat(sim, "vol1"),
                "bench_clones": [
                    {"source_path": f"image-{gib}", "destination_path": f"clone-{gib}-{number}"}
                    for gib, number in turns
                ],
                "bench_concurrency": 1,
            },
        )
    clones = [] if done.failed else done.results_of("ontap_file_clone")[0]["clones"]
    for gib in SIZES:
        samples = [one["seconds"] for one in clones if one["source_path"] == f"image-{gib}"]
        middle = statistics.median(samples) if samples else 0.0
        timing = Timing(f"{gib} GiB", middle, samples, ours=True, size="one clone", failed=done.failed)
        timing.counts = {"bytes of data in the image": data[gib]}
        row.add(timing)
    row.compare(f"{SIZES[-1]} GiB against {SIZES[0]} GiB", row.timings[-1], row.timings[0], AIM)
    row.check(f"{len(turns)} clones were made", sum(one["changed"] for one in clones) == len(turns))
    row.notes.append(
        "Seconds of one clone from the request to the end of its job, as the module reports them; the "
        "median. The images are sparse: a sixteenth of each is data, in 16 pieces all over it (XFS shares "
        "blocks at a cost per extent, ONTAP does not)."
    )
    return row

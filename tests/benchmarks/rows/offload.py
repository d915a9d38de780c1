# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy offload of one image to twelve FlexVols, against the rate that the simulator is set to."""

from __future__ import annotations

from pathlib import Path

from benchkit import playing, simulated, stand_in
from benchkit.record import Ratio, Row, Timing

TITLE = "Copy offload to 12 FlexVols"
MINUTES = (1, 0.4)
LAB = None

TARGETS = 12
RATE = 16 * simulated.MIB  # bytes per second of one copy; twelve at once stay below what the disk does
FULL, QUICK = 480 * simulated.MIB, 160 * simulated.MIB
AIM = 1.2


def run(bench) -> Row:
    size = QUICK if bench.quick else FULL
    row = Row(
        "offload",
        TITLE,
        scale=bench.scale_text(f"{size >> 20} of {FULL >> 20} MiB an image", size < FULL),
    )
    names = ["images", *(f"pool{number:02d}" for number in range(TARGETS))]
    switches = {"copy_bytes_per_second": RATE}
    with simulated.Simulator(switches=switches) as sim, bench.scratch() as scratch:
        roots = sim.prepare_nfs(volumes=names, size="20GB")
        (Path(roots["images"]) / "glance").mkdir()
        simulated.write_whole(f"{roots['images']}/glance/{stand_in.IMAGE}", size)
        lif = simulated.lifs(sim)[0]
        cloud = stand_in.Cloud(size, [f"{lif}:/{name}" for name in names[1:]], f"nfs://{lif}/images")
        with stand_in.serve(cloud, scratch) as clouds:
            bench.say(f"{size >> 20} MiB to {TARGETS} FlexVols at {RATE >> 20} MiB/s a copy")
            done = bench.play(
                playing.BENCHMARKS / "plays" / "prime.yml",
                {"bench_ontap": [simulated.login(sim)]},
                extra={"OS_CLIENT_CONFIG_FILE": str(clouds)},
            )
        entry = f"img-cache-{stand_in.IMAGE}"
        whole = sum(
            1
            for name in names[1:]
            if (Path(roots[name]) / entry).exists() and (Path(roots[name]) / entry).stat().st_size == size
        )
    limit = size / RATE
    ours = row.add(done.timing("image_cache", f"{size >> 20} MiB to {TARGETS} FlexVols", ours=True))
    row.add(Timing("the limit", limit, [limit], note="size / rate, all copies at once"))
    if not ours.failed:
        row.ratios.append(Ratio("the whole play against the limit", ours.seconds / limit, AIM))
        row.check("an entry of the image's size on each FlexVol", whole == TARGETS)
        paths = [one["path"] for result in done.results_of("image_cache") for one in result["entries"]]
        row.check("every entry came by copy offload", paths == ["copy_offload"] * TARGETS)
    row.notes.append(
        f"Simulator of its own, {RATE >> 20} MiB/s a copy, at most 50 copies at once (ONTAP's own limit); "
        "Keystone, Glance and Cinder are a stand-in that answers at once."
    )
    return row

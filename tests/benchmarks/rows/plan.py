# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for one image and 1, 100 and 1,000 pools."""

from __future__ import annotations

from pathlib import Path

from benchkit import playing, simulated, stand_in
from benchkit.record import Ratio, Row

TITLE = "Plan for 1, 100, 1,000 pools"
MINUTES = (0.5, 0.4)
LAB = None

FULL, QUICK = (1, 100, 1000), (1, 100)
AIM = 3.0  # seconds for the most pools
IMAGE_SIZE = 8 * simulated.MIB


def run(bench) -> Row:
    sizes = QUICK if bench.quick else FULL
    row = Row("plan", TITLE, scale=bench.scale_text(f"up to {sizes[-1]} of {FULL[-1]} pools", bench.quick))
    svms = tuple(f"svm{size}" for size in sizes)
    asked = {}
    with simulated.FolderSimulator(svms=svms) as sim, bench.scratch() as scratch:
        for size, svm in zip(sizes, svms, strict=True):
            bench.say(f"a simulated SVM with {size} FlexVols")
            sim.prepare_nfs(svm, volumes=())
            names = [f"pool{number:04d}" for number in range(size)]
            simulated.make_volumes(sim, svm, names)
            cloud = prepared(sim, svm, names)
            with stand_in.serve(cloud, scratch) as clouds:
                bench.say(f"the plan for {size} pools")
                done = bench.play(
                    playing.BENCHMARKS / "plays" / "plan.yml",
                    {"bench_ontap": [simulated.login(sim, svm)]},
                    extra={"OS_CLIENT_CONFIG_FILE": str(clouds)},
                )
            timing = row.add(done.timing(f"{size} pools", "one image", ours=True))
            if timing.failed:
                continue
            result = done.results_of("image_path_info")[0]
            timing.counts.update(
                {f"requests to {one}": result["requests"][one] for one in ("ontap", "openstack")}
            )
            timing.counts["module, seconds"] = round(
                sum(one["ended"] - one["began"] for one in done.modules), 2
            )
            row.check(f"{size} pools are in the plan", len(result["paths"]) == size)
            asked[size] = result["requests"]
    judge(row, asked, sizes)
    row.notes.append(
        "The real simulator with folders as FlexVols (it only reads), a stand-in for Keystone, Glance and "
        "Cinder. ONTAP lists files per FlexVol only, hence one request for each beside the constant ones."
    )
    return row


def prepared(sim, svm, names):
    """The stand-in whose pools are these FlexVols; the image lies in the first one."""
    lif = simulated.lifs(sim, svm)[0]
    root = next(
        entry["root"]
        for entry in sim.control.request("GET", "/volumes")
        if entry["name"] == names[0] and entry.get("svm", svm) == svm
    )
    folder = Path(root) / "glance"
    folder.mkdir(exist_ok=True)
    simulated.write_whole(folder / stand_in.IMAGE, IMAGE_SIZE)
    return stand_in.Cloud(IMAGE_SIZE, [f"{lif}:/{name}" for name in names], f"nfs://{lif}/{names[0]}")


def judge(row, asked, sizes):
    if len(asked) < len(sizes):
        return
    beside = {size: asked[size]["ontap"] - size for size in sizes}
    row.check(
        "requests to ONTAP beside one listing a FlexVol are constant: " + str(sorted(set(beside.values()))),
        len(set(beside.values())) == 1,
    )
    row.check(
        "requests to OpenStack are constant: " + str(sorted({one["openstack"] for one in asked.values()})),
        len({one["openstack"] for one in asked.values()}) == 1,
    )
    last = row.timings[-1]
    aim = AIM if sizes[-1] == FULL[-1] else None
    row.ratios.append(Ratio(f"the whole play for {sizes[-1]} pools", last.seconds, aim, unit="s"))
    module = last.counts["module, seconds"]
    row.ratios.append(Ratio(f"of which the module, for {sizes[-1]} pools", module, unit="s"))

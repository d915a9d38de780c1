# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the lab with plays that are made up: what they ask for, compare, check and clean up."""

from __future__ import annotations

import importlib

import bench as program
import pytest
from benchkit import lab as labs
from benchkit import playing, traffic
from benchkit.record import Timing


class Lab:
    """Remembers what it was asked for; every play takes a second for each task."""

    flexvols = labs.FLEXVOLS
    borrowed = True
    env: dict = {}

    def __init__(self, paths=("cache_clone",), downloads=0):
        self.paths, self.downloads = paths, downloads
        self.asked, self.left, self.enhanced = [], set(), False

    def image(self, name, mib):
        return f"id-of-{name}"

    def prime(self, image):
        self.asked.append(("prime", image))

    def fresh(self):
        self.asked.append(("fresh",))

    def instances(self, image, prefix, count):
        return {"image": image, "prefix": prefix, "count": count}

    def play(self, playbook, variables=None, **options):
        self.asked.append((str(playbook).rsplit("/", 1)[-1], (variables or {}).get("count")))
        return play(variables or {}, self.paths)

    def bare(self, cloud=None):
        return self

    requests = 0

    def find(self, *words):
        return "id"

    def boot(self, names, *words):
        self.left.update(names)

    def clear(self, prefix):
        self.left.clear()


def play(variables, paths):
    """A run of provision_instance with one module start and four cache entries."""
    count = variables.get("count", 0)
    calls = {"POST /v3/auth/tokens": 1, "POST /volumes": count, "POST /meta": count, "POST /servers": count}
    instances = {
        "instances": [{"path": path} for path in paths],
        "requests": {"ontap": count, "openstack": 3 * count + 9, "calls": calls},
    }
    entries = [{"bytes": 1, "flexvol": f"cinder_{one}", "path": "copy_offload"} for one in "abcd"]
    tasks = []
    for module, result in (("instances", instances), ("image_cache", {"entries": entries})):
        record = {"task": module, "module": f"x.y.{module}", "seconds": 1.0, "items": 1, "result": result}
        tasks.append({**record, "skipped": False, "failed": False, "changed": True, "msg": ""})
    one = {"program": "AnsiballZ_instances.py", "began": 1.0, "ended": 2.0, "requests": 9, "cpu": 0.1}
    one.update(interpreter=0.1, imports=0.4, in_requests=0.2, import_cpu=0.1, asked={"127.0.0.1:28443": 9})
    return playing.Play(0, 2.0, tasks, {}, [one])


class Bench:
    """A bench whose plays are made up."""

    def __init__(self, quick, everything=False, **lab):
        self.quick, self.everything, self.lab = quick, everything, Lab(**lab)
        self.said, self.plays = [], []

    def say(self, line):
        self.said.append(line)

    def scale_text(self, sentence, scaled):
        return sentence if scaled else ""

    def play(self, playbook, variables=None, extra=None, **options):
        self.plays.append(
            (playbook.name, len((variables or {}).get("bench_names", ())), options.get("options"))
        )
        return play({}, ())


@pytest.fixture(autouse=True)
def no_traffic(monkeypatch):
    nothing = dict.fromkeys(traffic.HOSTS, 0)
    monkeypatch.setattr(traffic, "moved", lambda lab: traffic.Moved(nothing, nothing))
    monkeypatch.setattr(traffic, "downloaded", lambda lab, image: (lab.downloads * 5, lab.downloads))


def run(name, **options):
    bench = Bench(**options)
    row = importlib.import_module(f"rows.{name}").run(bench)
    broken = [check["text"] for check in row.checks if not check["ok"]]
    return bench, row, broken


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    "name", [name for name in program.ORDER if name in ("deploy", "boot", "again", "first_boot")]
)
def test_row_holds_when_all_goes_well(name, quick):
    bench, row, broken = run(name, quick=quick)
    assert broken == [] and not any(timing.failed for timing in row.timings)
    assert bench.lab.left == set()
    assert bool(row.scale) is quick
    assert all(isinstance(timing, Timing) for timing in row.timings)


def test_boot_runs_the_users_ways_once_and_all_with_everything():
    bench, row, _broken = run("boot", quick=False)
    assert bench.plays == [
        ("instances_serial.yml", 20, ()),
        ("instances_async.yml", 20, ()),
        ("instances_forks.yml", 20, ("--forks", "20")),
    ]
    assert [ratio.aim for ratio in row.ratios] == [1.1, 6.0, None, 2.8, None, 1.1]
    bench, row, _broken = run("boot", quick=False, everything=True)
    assert bench.plays[3][1] == 50


def test_a_download_breaks_the_promise():
    _bench, _row, broken = run("first_boot", quick=False, paths=("download",), downloads=3)
    assert [text.split(" (")[0] for text in broken] == [
        "0 downloads of the image",
        "every instance was cloned",
    ]


def test_again_measures_both_sizes_and_an_empty_play():
    bench, row, _broken = run("again", quick=False)
    assert [ratio.aim for ratio in row.ratios] == [1.5, None, 1.5]
    assert sorted({count for _name, count in bench.lab.asked}) == [50, 300]


def test_deploy_begins_with_two_plain_labs():
    bench, row, _broken = run("deploy", quick=False)
    assert [one[0] for one in bench.lab.asked] == [
        "fresh",
        "deploy.yml",
        "deploy.yml",
        "fresh",
        "deploy",
        "deploy",
    ]
    assert [ratio.aim for ratio in row.ratios] == [1.0, 0.8]
    assert bench.lab.enhanced

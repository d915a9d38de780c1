# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the suite: the rows in order, the lab for those that need it, the record in the end."""

from __future__ import annotations

import contextlib
import importlib
import json
import shutil
import tempfile
import time
import traceback
from pathlib import Path

from . import documents, machine, page, playing, text
from .lab import Lab
from .record import Row, as_dict, from_dict, with_earlier

# What bringing the lab up from the caches, a deploy and taking it down take on two quiet cores.
LAB_MINUTES = 1.4


class Bench:
    """What a row is given."""

    def __init__(self, quick, cache, everything=False, say=print):
        self.quick, self.cache, self.everything = quick, cache, everything
        self.collections = str(cache.checkout())
        self.lab = Lab(self)
        self._say, self._began = say, time.monotonic()

    def say(self, line):
        """A line of progress, with the seconds since the beginning."""
        self._say(f"  {time.monotonic() - self._began:6.0f} s  {line}", flush=True)

    def scale_text(self, sentence, scaled):
        """How far a quick run is from full size."""
        return f"scaled down: {sentence}" if scaled else ""

    def play(self, playbook, variables=None, extra=None, **options):
        """Run a playbook with the probes on."""
        return playing.play(playbook, playing.environment(self.collections, extra), variables, **options)

    @contextlib.contextmanager
    def scratch(self):
        folder = tempfile.mkdtemp(prefix="eic-bench-")
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def minutes(self):
        return (time.monotonic() - self._began) / 60


def run(options, cache):
    """Measure, print, write; the exit code."""
    if options.from_json:
        found = from_dict(json.loads(options.from_json.read_text()))
    else:
        found = measure(options, cache)
    print(text.report(found), flush=True)
    code = 0 if all(map(good, found["rows"])) else 1
    options.output.mkdir(parents=True, exist_ok=True)
    name = "quick" if found["quick"] else "full"
    kept = options.output / f"{name}.json"
    if kept.exists() and not options.from_json:
        earlier = from_dict(json.loads(kept.read_text()))
        if machine.same(earlier["machine"], found["machine"]):
            found = with_earlier(found, earlier, options.order)
    (options.output / f"{name}.json").write_text(json.dumps(as_dict(found), indent=1) + "\n")
    (options.output / f"{name}.html").write_text(page.page(found))
    print(f"\nRecord and page: {options.output}/{name}.json, {name}.html")
    if options.write_docs:
        print(f"Written: {documents.write(found)}")
    return code


def good(row):
    """Whether a row ran, ours worked in it, and all its counts hold. A rival that fails is not our fault."""
    ours = [timing for timing in row.timings if timing.ours]
    return not row.failed and not any(one.failed for one in ours) and all(one["ok"] for one in row.checks)


def measure(options, cache):
    bench = Bench(options.quick, cache, options.everything)
    rows = []
    record = {
        "quick": options.quick,
        "machine": machine.facts(),
        "versions": machine.versions(cache),
        "began": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "rows": rows,
    }
    kinds = [(name, importlib.import_module(f"rows.{name}")) for name in options.rows]
    expected = sum(kind.MINUTES[1 if options.quick else 0] for _name, kind in kinds)
    expected += LAB_MINUTES if any(kind.LAB for _name, kind in kinds) else 0
    print(f"{len(kinds)} rows, about {expected:.0f} minutes on two quiet cores", flush=True)
    try:
        for name, kind in kinds:
            minutes = kind.MINUTES[1 if options.quick else 0]
            if options.minutes and bench.minutes + minutes > options.minutes:
                rows.append(Row(name, kind.TITLE, failed=f"left out: it takes {minutes} more minutes"))
                continue
            rows.append(one(bench, name, kind, record["versions"].get("this collection", "")))
    except KeyboardInterrupt:
        print("interrupted; what is measured is kept", flush=True)
    finally:
        bench.lab.leave()
    record["minutes"] = round(bench.minutes, 1)
    record["load"] = machine.load()
    return record


def one(bench, name, kind, commit=""):
    """A row; whatever goes wrong in it, the next one runs."""
    bench.say(f"== {kind.TITLE}")
    when, load = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), machine.load()
    began = time.monotonic()
    try:
        if kind.LAB and kind.MINUTES[1 if bench.quick else 0]:
            bench.lab.need(kind.LAB)
        row = kind.run(bench)
    except Exception as error:
        traceback.print_exc()
        row = Row(name, kind.TITLE, failed=f"{type(error).__name__}: {error}")
    row.seconds = time.monotonic() - began
    row.began, row.load, row.commit = when, load, commit
    for line in text.row_lines(row):
        print(f"            {line}", flush=True)
    return row

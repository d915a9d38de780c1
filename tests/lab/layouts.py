# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layouts of images and volumes, with the collection and the stock driver alone: ``layouts.py [NAME ...]``.

Brings a lab up where none is, deploys, runs the layouts, and writes what was seen beside the lab's run state
(``<lab>-layouts.json``; layouts that do not run this time keep what the last run saw). With --page it writes
the table docs/layouts.md from that.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from labkit import addresses, command, paths, state  # noqa: E402 - found beside us only now
from layoutkit import table  # noqa: E402

LAB = [sys.executable, str(HERE / "lab.py")]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = ", ".join(layout.name for layout in table.LAYOUTS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {names} (default: all)")
    parser.add_argument("--page", action="store_true", help="write docs/layouts.md")
    parser.add_argument("--keep", action="store_true", help="leave the lab up")
    parser.add_argument(
        "--prepared", action="store_true", help="the lab is deployed for these layouts already"
    )
    arguments = parser.parse_args()
    try:
        arguments.layouts = table.chosen(arguments.names)
    except KeyError as error:
        parser.error(f"there is no layout {error}; there are: {names}")
    return arguments


def main() -> int:
    arguments = parse()
    _python, cache = command.make_cache()
    tools = cache.tools / "bin" / "python"
    if Path(sys.prefix).resolve() != cache.tools.resolve():
        os.execv(tools, [str(tools), *sys.argv])
    from layoutkit import check, page  # only the tools' virtualenv has what these need
    from layoutkit.run import Runner

    lab = paths.Lab(paths.lab_root().absolute())
    started = command.the_life().judged()[0] != state.UP
    if started and subprocess.run([*LAB, "up"], check=False).returncode:
        return 1
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds)
    out = lab.root.with_name(lab.root.name + "-layouts.json")
    log = lab.root.with_name(lab.root.name + "-layouts.log")
    try:
        with tempfile.TemporaryDirectory(prefix="eic-layouts-") as folder, log.open("w") as playbooks:
            runner = Runner(lab, cache, addresses.from_environment().net, Path(folder), say, playbooks)
            runner.prepare(arguments.layouts, already=arguments.prepared)
            found = json.loads(out.read_text()) if out.exists() else {}
            for layout in arguments.layouts:
                found[layout.name] = runner.run(layout)
                out.write_text(json.dumps(found, indent=1) + "\n")
    finally:
        if started and not arguments.keep:
            subprocess.run([*LAB, "down"], check=False)
    say(f"\n{out} holds what was seen, {log} what the playbooks said.")
    faults = [
        fault
        for layout in arguments.layouts
        for fault in check.layout_faults(layout, found[layout.name]["sides"])
    ]
    for fault in faults:
        print(f"NOT AS EXPECTED: {fault}", file=sys.stderr)
    if arguments.page:
        there = [found[layout.name] for layout in table.LAYOUTS if layout.name in found]
        (CHECKOUT / "docs" / "layouts.md").write_text(page.page(there, table.LAYOUTS, page.this_machine()))
    return 1 if faults else 0


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())

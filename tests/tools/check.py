# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of this checkout: ``check.py fast``, ``check.py all``, or the names of some of them.

The last line says ``N passed, N failed``; the exit code is 0 only if all held. The lab is brought up for
the checks that need it, and taken down afterwards in any case.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time

import lab_checks
from demokit import plain
from gates import Gates
from places import places
from runner import Check, Runner


def parse(known: dict[str, Check]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME", help=f"fast, all, or of: {', '.join(known)}")
    parser.add_argument("--at-once", type=int, default=2, help="checks at a time (default: %(default)s)")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(known) - {"fast", "all"})
    if unknown:
        parser.error(
            f"there is no check named {', '.join(unknown)}; there are: fast, all, {', '.join(known)}"
        )
    return arguments


def main() -> int:
    here = places()
    gates = {check.name: check for check in Gates(here).all()}
    on_request = {check.name: check for check in Gates(here).on_request()}
    without_lab = {check.name: check for check in lab_checks.without_lab(here)}
    with_lab = {check.name: check for check in lab_checks.with_lab(here)}
    arguments = parse({**gates, **without_lab, **with_lab, **on_request})
    if not (here.tools / "bin").is_dir():
        print("The checks' tools are not installed yet; run 'make setup' first.", file=sys.stderr)
        return 1
    wanted = set(arguments.names)
    if "all" in wanted:
        wanted |= {*gates, *without_lab, *with_lab}
    if "fast" in wanted:
        wanted |= set(gates)

    if wanted & set(with_lab):
        try:
            plain.ours_is_up()
        except plain.SomebodysLab as error:
            print(error, file=sys.stderr)
            return 1

    runner = Runner(here.logs, arguments.at_once)

    def interrupted(number, _frame):
        runner.stop()
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    started = time.monotonic()
    try:
        runner.run(
            [check for name, check in {**gates, **without_lab, **on_request}.items() if name in wanted]
        )
        lab_wanted = [check for name, check in with_lab.items() if name in wanted]
        if lab_wanted:
            with contextlib.suppress(lab_checks.LabFailed), lab_checks.Lab(here, runner):
                for check in lab_wanted:
                    runner.run([check])
    except KeyboardInterrupt as error:
        runner.stop()
        print(f"interrupted{f' by {error}' if str(error) else ''}", file=sys.stderr)
        return 130
    line, ok = runner.summary(time.monotonic() - started)
    print(line)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed, measured side by side: ours and the rivals, in one run on one machine. README.md tells of it.

``bench.py [--quick] [--rows clone,restit] [--write-docs]``. A row that fails is reported and the next one
runs; the exit code is 0 when all rows ran and every count held. Seconds decide nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(CHECKOUT / "tests" / "lab")]

from labkit import command  # noqa: E402 - found beside us only now

ORDER = ("clone", "restit", "offload", "plan", "deploy", "first_boot", "boot", "again")


def parse(words):
    parser = argparse.ArgumentParser(prog="bench.py", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="scaled down to five minutes")
    parser.add_argument("--rows", default="", help=f"of {','.join(ORDER)}; all when left out")
    parser.add_argument("--output", type=Path, default=CHECKOUT / "tests" / "output" / "benchmarks")
    parser.add_argument("--write-docs", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--from-json", type=Path, help="measure nothing; take the record of an earlier run")
    parser.add_argument("--everything", action="store_true", help="also what is left out to save time")
    parser.add_argument("--minutes", type=float, help="begin no row that would end later than this")
    options = parser.parse_args(words)
    options.order = ORDER
    options.rows = [one for one in options.rows.replace(" ", ",").split(",") if one] or list(ORDER)
    unknown = sorted(set(options.rows) - set(ORDER))
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ORDER)}")
    return options


def main(words):
    options = parse(words)
    _python, cache = command.make_cache()
    if Path(sys.prefix).resolve() != cache.tools.resolve():
        python = cache.tools / "bin" / "python"
        if not python.exists():
            sys.exit("The benchmarks' tools are not installed yet; run 'make setup' first.")
        os.execv(python, [str(python), __file__, *words])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    from benchkit import suite  # only the tools' virtualenv has what it needs

    return suite.run(options, cache)


def _interrupted(number, _frame):
    raise KeyboardInterrupt(signal.Signals(number).name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job from nothing: set up, plain lab, deploy, image, six instances, proof, both playbooks again.

``python3 tests/lab/demo.py`` needs only Python and root; what else it needs, it sets up first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from demokit import plain  # noqa: E402 - found beside us only now
from labkit import addresses, command, memory, paths, proc  # noqa: E402

LAB = [sys.executable, str(HERE / "lab.py")]
STARTED = "EIC_DEMO_STARTED"  # when the first of our two processes began


def headline(text: str) -> None:
    bold, normal = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}== {text}{normal}", flush=True)


def lab(*arguments: str) -> None:
    """Call the lab's own command; its sentence is ours when it fails."""
    code = subprocess.run([*LAB, *arguments], stdin=subprocess.DEVNULL, check=False).returncode
    if code:
        sys.exit(code)


def set_up(cache: paths.Cache) -> None:
    """Set up, then go on in the tools' virtualenv, where the SDKs are."""
    os.environ.setdefault(STARTED, str(time.time()))
    headline("Set up (skips what is there)")
    started = time.monotonic()
    lab("setup")
    os.environ["EIC_DEMO_SETUP"] = f"{time.monotonic() - started:.1f}"
    python = str(cache.tools / "bin" / "python")
    os.execv(python, [python, str(HERE / "demo.py")])


def fresh_lab() -> float:
    """A plain lab; one that an earlier demo left is taken down first, anybody else's is left alone."""
    started = time.monotonic()
    try:
        if plain.ours_is_up():
            headline("Take the lab of the last demo down, to begin with a plain one")
            lab("down")
    except plain.SomebodysLab as error:
        sys.exit(str(error))
    headline("Bring the plain lab up")
    lab("up")
    plain.mark()
    return time.monotonic() - started


def main() -> int:
    _python, cache = command.make_cache()
    if Path(sys.prefix).resolve() != cache.tools.resolve():
        set_up(cache)
    from demokit import report  # only the tools' virtualenv has what these need
    from demokit.story import StoryError, Teller

    place = paths.Lab(paths.lab_root().absolute())
    up_seconds = fresh_lab()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(place.clouds)
    teller = Teller(place, cache, addresses.from_environment().net, [*LAB, "exec", "--"], headline)
    try:
        story = teller.tell()
    except StoryError as error:
        print(
            f"\n{error}\nThe lab stays up to look into: make lab-status; 'make lab-down' ends it.",
            file=sys.stderr,
        )
        return 1
    story.seconds = {
        "setup": float(os.environ.get("EIC_DEMO_SETUP", 0)),
        "lab up": up_seconds,
        **story.seconds,
    }
    headline("What was made")
    print(report.table(story))
    headline("Figures")
    total = time.time() - float(os.environ.get(STARTED, time.time()))
    print(report.figures(story, lab_memory(), total))
    faults = report.faults(story)
    for fault in faults:
        print(f"NOT AS PROMISED: {fault}", file=sys.stderr)
    print("\nThe lab stays up to look around; 'make lab-down' ends it." if not faults else "")
    return 1 if faults else 0


def lab_memory() -> int:
    """Bytes that the lab's processes take; what they share counts once."""
    life = command.the_life()
    pids = proc.processes_on(life.lab.overlay)
    return sum(memory.by_program(pids, life.running().pid).values()) * 1024


if __name__ == "__main__":
    sys.exit(main())

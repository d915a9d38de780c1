# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose lab is up? The demo and the checks begin with a plain one, and replace only one that they started."""

from __future__ import annotations

from labkit import command, state
from labkit.life import Life

# Lies in the run state of a lab that the demo or the checks started.
MARK = "begun-by-the-demo"


class SomebodysLab(Exception):
    """A lab is up that is not ours to take down; the text is one sentence."""


def ours_is_up(life: Life | None = None) -> bool:
    """Whether a lab of ours is up; raises SomebodysLab where it is another's."""
    life = life or command.the_life()
    verdict, _known = life.judged()
    if verdict != state.UP:
        return False
    if not (life.lab.root / MARK).exists():
        raise SomebodysLab(
            f"The lab in {life.lab.root} is up, and was started by hand; run 'make lab-down' first, "
            "because this begins with a plain lab."
        )
    return True


def mark(life: Life | None = None) -> None:
    """Note that the lab that has just come up may be taken down by the next run."""
    ((life or command.the_life()).lab.root / MARK).touch()

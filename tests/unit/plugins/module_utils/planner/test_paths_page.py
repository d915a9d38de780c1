# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/paths.md quotes the reasons as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
PAGE = ROOT / "docs" / "paths.md"
SOURCES = [
    ROOT / "plugins" / "module_utils" / folder / f"{name}.py"
    for folder, names in (
        ("planner", ("decision", "nfs_path", "entry_rules", "copy_rules", "locations", "shares")),
        ("usecases", ("homes", "sources", "survey")),
        ("openstack", ("images",)),
    )
    for name in names
]


def quoted():
    """The first code span of the second column of each row in a table whose second column is the reason."""
    rows, told = [], False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            told = False
        elif len(cells) > 1 and cells[1] == "the reason says":
            told = True
        elif told and not set(line) <= set("|-"):
            rows.append(cells[1].strip("`"))
    return rows


def test_there_are_rows():
    assert len(quoted()) > 30


@pytest.mark.parametrize("fragment", quoted())
def test_the_code_says_so(fragment):
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert fragment in re.sub(r'"\n\s*f?"', "", text)

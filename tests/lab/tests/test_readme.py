# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README names what is in the tree, and only that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
THERE = {
    "modules": {file.stem for file in (ROOT / "plugins" / "modules").glob("*.py")},
    "roles": {folder.name for folder in (ROOT / "roles").iterdir() if (folder / "tasks").is_dir()},
    "playbooks": {file.stem for file in (ROOT / "playbooks").glob("*.yml")},
}


def table(heading):
    """The first column of the table whose header begins with *heading*."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-| ]+\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert found, f"The README has no table of {heading}."
    return {row.split("|")[1].strip().strip("`") for row in found.group(1).splitlines()}


@pytest.mark.parametrize(
    ("heading", "kind"), [("module", "modules"), ("role", "roles"), ("playbook", "playbooks")]
)
def test_the_tables_are_complete_and_true(heading, kind):
    assert table(heading) == THERE[kind]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_every_make_target_that_is_named_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = {
        name for line in re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE) for name in line.split()
    }
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= there
    assert named


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", *(f"docs/{f.name}" for f in (ROOT / "docs").glob("*.md"))]
)
def test_every_link_into_the_tree_leads_somewhere(document):
    file = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []

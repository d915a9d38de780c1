# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import goes down only: usecases -> ontap | openstack -> planner -> nothing of ours but the failures."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

MODULE_UTILS = Path(__file__).resolve().parents[4] / "plugins" / "module_utils"
ALLOWED = {
    "planner": {"planner"},
    "ontap": {"ontap", "planner"},
    "openstack": {"openstack", "planner"},
    "usecases": {"usecases", "ontap", "openstack", "planner"},
}
INPUT_OR_OUTPUT = {
    "os",
    "socket",
    "subprocess",
    "requests",
    "openstack",
    "pathlib",
    "urllib.request",
    "http",
    "tempfile",
}


def imports(file):
    """(level, dotted name) of each import in the file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield 0, name.name


def layers_of(file):
    """The layers that the file imports from."""
    for level, name in imports(file):
        if level == 1:
            yield file.parent.name
        elif level == 2:
            first = name.split(".")[0]
            if first in ALLOWED:
                yield first
        elif ".enhanced_instance.plugins.module_utils." in name:
            first = name.split(".plugins.module_utils.")[1].split(".")[0]
            if first in ALLOWED:
                yield first


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_imports_go_down_only(layer):
    wrong = {
        f"{file.name} imports {found}"
        for file in (MODULE_UTILS / layer).glob("*.py")
        for found in layers_of(file)
        if found not in ALLOWED[layer]
    }
    assert not wrong


def test_the_planner_has_no_input_and_no_output():
    wrong = {
        f"{file.name} imports {name}"
        for file in (MODULE_UTILS / "planner").glob("*.py")
        for level, name in imports(file)
        if level == 0 and INPUT_OR_OUTPUT & {name, name.split(".")[0]}
    }
    assert not wrong

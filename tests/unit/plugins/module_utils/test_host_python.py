# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on the hosts of Glance and Cinder runs on Python 3.9, which Red Hat's version 9 systems have."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[4]
MODULES = ("copy_offload_tool", "service_config", "service_config_info")


def needed(file):
    """The file and all of ours that it imports."""
    found, queue = [], [file]
    while queue:
        file = queue.pop()
        if file in found:
            continue
        found.append(file)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                names = [folder.with_suffix(".py"), *(folder / f"{one.name}.py" for one in node.names)]
                queue += [name for name in names if name.is_file()]
    return found


FILES = sorted(
    {file for name in MODULES for file in needed(COLLECTION / "plugins" / "modules" / f"{name}.py")}
    | {*COLLECTION.glob("roles/*/files/*.py"), *COLLECTION.glob("playbooks/files/*.py")}
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_runs_on_python_3_9(file):
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 9))
    newer = [
        f"{file.name}:{node.lineno}: {word.arg} of {ast.unparse(node.func)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if (ast.unparse(node.func), word.arg)
        in (("zip", "strict"), ("dataclass", "slots"), ("dataclass", "kw_only"))
    ]
    assert not newer
    # Without it an annotation such as "str | None" is worked out when the file is read.
    assert " | None" not in text or "from __future__ import annotations" in text


def test_the_walk_finds_what_modules_share():
    names = {file.name for file in FILES}
    assert {"config_files.py", "ini_edit.py", "failures.py", "offload_tool.py", "parse_options.py"} <= names

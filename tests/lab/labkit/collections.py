# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collections we build on, out of the ``ansible`` package, and the tree that shows Ansible ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from .failure import LabError
from .paths import CHECKOUT, REQUIREMENTS
from .progress import step
from .venvs import pip_failure

OURS = "openstack_ontap/enhanced_instance"


def pinned(text=None):
    """{requirement of pip: collections (namespace/name) to take from it} of collections.lock."""
    text = (REQUIREMENTS / "collections.lock").read_text() if text is None else text
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {words[0]: words[1:] for words in lines}


def members(names, taken):
    """The members of the wheel that belong to the collections ``taken``."""
    prefixes = tuple(f"ansible_collections/{name}/" for name in taken)
    return [name for name in names if name.startswith(prefixes)]


def build(folder, tools, log):
    """Fill ``folder``/ansible_collections; it appears whole or not at all."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="collections-new-") as scratch:
        tree = Path(scratch) / "tree"
        for number, (pin, taken) in enumerate(pinned().items()):
            with step(f"collections {', '.join(taken)} from {pin}"):
                _take(pin, taken, tree, Path(scratch) / str(number), tools, log)
        os.rename(tree, folder)


def _take(pin, taken, tree, download, tools, log):
    words = [f"{tools}/bin/python", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    words += [
        "--python-version",
        "3.12",
        "--disable-pip-version-check",
        "--no-input",
        "--dest",
        str(download),
        pin,
    ]
    with log.open("w") as output:
        done = subprocess.run(words, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise LabError(pip_failure(log))
    with zipfile.ZipFile(next(download.glob("*.whl"))) as archive:
        archive.extractall(tree, members(archive.namelist(), taken))
    shutil.rmtree(download)


def link_checkout(tree, collections, checkout=CHECKOUT):
    """``tree``/ansible_collections: links to ``collections`` and, as our own collection, to ``checkout``."""
    targets = {
        name: collections / "ansible_collections" / name for taken in pinned().values() for name in taken
    }
    targets[OURS] = checkout
    for name, target in targets.items():
        link = tree / "ansible_collections" / name
        if link.is_symlink() and os.readlink(link) == str(target):
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)

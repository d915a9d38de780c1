# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the checkout at a path ending in ``ansible_collections/openstack_ontap/enhanced_instance``.

ansible-test accepts no symbolic link there, and two of its commands must not share a tree. What git ignores
is not copied; the collections we depend on stand beside the copy as links.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMESPACE, NAME = "openstack_ontap", "enhanced_instance"
FOLDER = Path("ansible_collections", NAMESPACE, NAME)


def files_of(checkout: Path) -> list[Path]:
    """What belongs to the project: tracked files that still exist, and new ones that git does not ignore."""
    done = subprocess.run(
        [
            "git",
            "-c",
            f"safe.directory={checkout}",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=checkout,
        stdout=subprocess.PIPE,
        check=True,
    )
    names = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    return sorted(Path(name) for name in names if os.path.lexists(checkout / name))


def same(source: Path, target: Path) -> bool:
    """Whether *target* is already the copy of *source*."""
    if not target.exists() or target.is_symlink() != source.is_symlink():
        return False
    ours, theirs = source.stat(), target.stat()
    return (ours.st_size, ours.st_mtime_ns, ours.st_mode) == (
        theirs.st_size,
        theirs.st_mtime_ns,
        theirs.st_mode,
    )


def copy(checkout: Path, root: Path, dependencies: Path) -> Path:
    """Bring the copy under *root* up to date and return its collection folder."""
    collections = root / "ansible_collections"
    target = root / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    wanted = files_of(checkout)
    for name in wanted:
        source, copied = checkout / name, target / name
        if not same(source, copied):
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copied, follow_symlinks=False)
    remove_others(target, set(wanted))
    link_dependencies(collections, dependencies)
    return target


def remove_others(target: Path, wanted: set[Path]) -> None:
    """Remove from the copy what is no longer in the checkout, ansible-test's output of the last run too."""
    for folder, _folders, files in os.walk(target, topdown=False):
        for file in files:
            path = Path(folder, file)
            if path.relative_to(target) not in wanted:
                path.unlink()
        if folder != str(target) and not os.listdir(folder):
            os.rmdir(folder)


def link_dependencies(collections: Path, dependencies: Path) -> None:
    """Put each collection of *dependencies* beside ours."""
    for found in sorted(dependencies.glob("*/*/MANIFEST.json")):
        namespace, name = found.parent.parts[-2:]
        if (namespace, name) == (NAMESPACE, NAME):
            continue
        link = collections / namespace / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not (link.is_symlink() and link.resolve() == found.parent.resolve()):
            link.unlink(missing_ok=True)
            link.symlink_to(found.parent.resolve(), target_is_directory=True)

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests fetch once, into the cache, under the hash of what was asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from labkit.paths import digest

REQUIREMENTS = Path(__file__).parent / "requirements"
WANTED = "ansible_collections/awx/awx/"


def awx_collection(cache):
    """A folder with ansible_collections/awx/awx, as ANSIBLE_COLLECTIONS_PATH wants it."""
    lock = REQUIREMENTS / "awx-collection.lock"
    folder = cache / f"awx-collection-{digest(lock)}"
    if not folder.is_dir():
        pins = [line for line in lock.read_text().splitlines() if not line.startswith("#")]
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="awx-collection-new-") as scratch:
            words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version", "3.12"]
            _pip(sys.executable, [*words, "--dest", scratch, *pins])
            with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
                wheel.extractall(
                    Path(scratch) / "tree", [name for name in wheel.namelist() if name.startswith(WANTED)]
                )
            os.rename(Path(scratch) / "tree", folder)
    return folder


def virtualenv(cache, name, *requirements, mark=""):
    """A virtualenv with exactly these requirements (arguments of pip install), kept under their hash."""
    files = [Path(word) for word in requirements if Path(word).is_file()]
    version = ".".join(map(str, sys.version_info[:2]))
    folder = cache / f"{name}-{digest(version, mark, *requirements, *files)}"
    complete = folder / ".complete"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        _pip(folder / "bin" / "python", ["install", "--quiet", *requirements])
        complete.write_text(f"{name}\n")
    return folder


def _pip(python, words):
    """Runs pip without what a user's environment says about other Pythons."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [str(python), "-m", "pip", words[0], "--disable-pip-version-check", "--no-input", *words[1:]],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"pip {words[0]} failed; it must reach PyPI or the index of your pip.conf: {done.stdout}"
        )

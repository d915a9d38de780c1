# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The capability file on the control host: read it, or put one SVM's record into it.

What is in it, and what follows from it, is planner/capabilities.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile

from .failures import WrongInput
from .planner import capabilities


def load(path):
    """The records; none where there is no file. Raises WrongInput for a file that cannot be understood."""
    try:
        with open(path, encoding="utf-8") as file:
            return capabilities.parse(file.read())
    except FileNotFoundError:
        return []
    except (ValueError, OSError) as error:
        raise WrongInput(
            f"The capability file {path} cannot be read: {error}",
            cure="delete it and run verify again, which writes it",
        ) from error


def keep(path, new):
    """Put a record in place of the one of its SVM; nobody ever reads a half-written file, and two runs at
    once lose nothing."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
        with _locked(folder):
            text = capabilities.render(capabilities.replaced(load(path), new))
            _replace(path, folder, text)
    except OSError as error:
        raise WrongInput(
            f"The capability file {path} cannot be written: {error.strerror or error}",
            cure="name a path that may be written on the control host",
        ) from error


def _replace(path, folder, text):
    """What prevents it, such as a full file system, leaves no temporary file."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".eic-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@contextlib.contextmanager
def _locked(folder):
    """The folder's own lock: it needs no file that would stay."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

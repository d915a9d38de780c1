# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live lines: JSON records appended to a file that an action plugin reads while the module runs.

The file's path comes in the environment. Without it (async, another host, a direct call) nothing is written.
"""

from __future__ import annotations

import json
import os
import threading

ENVIRONMENT = "ENHANCED_INSTANCE_PROGRESS_FILE"


class Progress:
    """Tells ``text`` to whoever watches; never a reason to fail."""

    def __init__(self, path=None):
        self._path = os.environ.get(ENVIRONMENT) if path is None else path
        self._lock = threading.Lock()

    def line(self, text, **more):
        if not self._path:
            return
        record = json.dumps(dict(more, text=text)) + "\n"
        try:
            with self._lock, open(self._path, "a", encoding="utf-8") as handle:
                handle.write(record)
        except OSError:
            self._path = None


def watched():
    """The line() of a Progress when somebody watches, else None."""
    return Progress().line if os.environ.get(ENVIRONMENT) else None

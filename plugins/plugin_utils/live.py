# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action plugin that starts the module of its own name and shows the lines it tells while it runs.

No domain code: the module does everything, this only reads a file beside it. Where the module runs on
another host, or asynchronously, or with no_log, it is started exactly as without this plugin.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

display = Display()

# module_utils/usecases/progress.py reads the same name.
ENVIRONMENT = "ENHANCED_INSTANCE_PROGRESS_FILE"
# Seconds between two looks at the file.
INTERVAL = 0.3


class LiveAction(ActionBase):
    """Starts the module; shows its progress when that can be seen from here."""

    _supports_async = True
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        if self._can_show():
            with tempfile.TemporaryDirectory(prefix="enhanced_instance_") as folder:
                path = os.path.join(folder, "progress")
                with _Tail(path, self._host(task_vars)):
                    result.update(self._start(task_vars, path))
        else:
            result.update(self._start(task_vars))
        return result

    def _can_show(self):
        local = getattr(self._connection, "transport", None) == "local"
        return local and not self._task.async_val and not self._task.no_log

    def _start(self, task_vars, path=None):
        given = self._task.environment
        if path is not None:
            self._task.environment = [*(given or []), {ENVIRONMENT: path}]
        try:
            return self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val)
        finally:
            self._task.environment = given

    @staticmethod
    def _host(task_vars):
        return (task_vars or {}).get("inventory_hostname", "")


class _Tail:
    """Reads whole lines as they come, in a thread, until the module has ended."""

    def __init__(self, path, host):
        self.path, self.host = path, host
        self.read = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.ended.set()
        self.thread.join()
        self._show()

    def _follow(self):
        while not self.ended.wait(INTERVAL):
            self._show()

    def _show(self):
        try:
            with open(self.path, "rb") as handle:
                handle.seek(self.read)
                text = handle.read()
        except OSError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self.read += len(whole)
        for line in whole.splitlines():
            try:
                said = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError):
                continue
            display.display(f"    [{self.host}] {said}")

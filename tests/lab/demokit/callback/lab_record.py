# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback plugin of the lab's demo: writes what a play did into the JSON file that EIC_RECORD names.

The screen keeps Ansible's usual output; the demo reads the file to count what changed and to take the bulk
modules' results. Results that a task hides (no_log) stay hidden, because Ansible has cleaned them before a
callback sees them.
"""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: lab_record
type: notification
short_description: Write what a play did into a file
description:
  - Writes the totals of each host, the tasks that changed something, and the results of our own modules.
  - The file is the one that the environment variable E(EIC_RECORD) names; without it nothing is written.
requirements:
  - enabling in C(callbacks_enabled)
"""

OWN = "openstack_ontap.enhanced_instance."


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "lab_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.changed = []
        self.failed = []
        self.results = []
        self.started = None  # of the running task, seconds since 1970

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.started = time.time()

    def _note(self, result, into=None):
        values = dict(result._result)
        task = result._task
        # The full task name starts with the role's name, which says whose task it is.
        record = {
            "task": task.get_name(),
            "module": task.resolved_action or task.action,
            "host": result._host.name,
        }
        if into is not None:
            into.append({**record, "msg": str(values.get("msg", ""))})
        if record["module"].startswith(OWN):
            times = {"started": self.started, "ended": time.time()}
            self.results.append({**record, **times, "result": values})

    def v2_runner_on_ok(self, result):
        self._note(result, self.changed if result._result.get("changed") else None)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note(result, None if ignore_errors else self.failed)

    def v2_runner_on_unreachable(self, result):
        self._note(result, self.failed)

    def v2_playbook_on_stats(self, stats):
        path = os.environ.get("EIC_RECORD")
        if not path:
            return
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        record = {"hosts": hosts, "changed": self.changed, "failed": self.failed, "results": self.results}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1, default=str)

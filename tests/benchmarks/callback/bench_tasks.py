# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback plugin of the benchmarks: each task with its seconds, and the results of our own modules.

Written into the JSON file that EIC_BENCH_TASKS names.
"""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: bench_tasks
type: notification
short_description: Write how long tasks took into a file
description:
  - Writes each task with module, host, seconds and whether it changed something, and the results of our own
    modules.
  - The file is the one that the environment variable E(EIC_BENCH_TASKS) names; without it nothing is written.
requirements:
  - enabling in C(callbacks_enabled)
"""

OWN = "openstack_ontap.enhanced_instance."


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "bench_tasks"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.begun = {}
        self.tasks = []

    def v2_runner_on_start(self, host, task):
        self.begun[host.name, task._uuid] = time.monotonic()

    def _note(self, result, failed=False, skipped=False):
        task, values = result._task, dict(result._result)
        module = str(task.resolved_action or task.action)
        since = self.begun.pop((result._host.name, task._uuid), None)
        self.tasks.append(
            {
                "task": task.get_name(),
                "module": module,
                "host": result._host.name,
                "seconds": None if since is None else time.monotonic() - since,
                "items": len(values["results"]) if isinstance(values.get("results"), list) else 1,
                "skipped": skipped,
                "changed": bool(values.get("changed")),
                "failed": failed,
                "msg": str(values.get("msg", "")) if failed else "",
                "result": values if module.startswith(OWN) else None,
            }
        )

    def v2_runner_on_ok(self, result):
        self._note(result)

    def v2_runner_on_skipped(self, result):
        self._note(result, skipped=True)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note(result, failed=not ignore_errors)

    def v2_runner_on_unreachable(self, result):
        self._note(result, failed=True)

    def v2_playbook_on_stats(self, stats):
        path = os.environ.get("EIC_BENCH_TASKS")
        if path:
            hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"hosts": hosts, "tasks": self.tasks}, file, default=str)

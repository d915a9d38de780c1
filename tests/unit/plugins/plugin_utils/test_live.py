# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin's base: it starts the module as it is, and shows lines only where it may."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import progress
from ansible_collections.openstack_ontap.enhanced_instance.plugins.plugin_utils import live


class Action(live.LiveAction):
    """The base with a module that writes two lines, the second one without its end."""

    def __init__(self, task, transport):  # the real one wants a whole task executor
        self._task = task
        self._connection = SimpleNamespace(transport=transport)
        self.started_with = None

    def _execute_module(self, task_vars=None, wrap_async=None):
        self.started_with = list(self._task.environment or [])
        paths = [one[live.ENVIRONMENT] for one in self.started_with if live.ENVIRONMENT in one]
        for path in paths:
            with open(path, "a", encoding="utf-8") as handle:
                handle.write('{"text": "first"}\nnot json\n{"text": "half')
        return {"changed": True}


@pytest.fixture(name="shown")
def shown_lines(monkeypatch):
    lines = []
    monkeypatch.setattr(live, "display", SimpleNamespace(display=lines.append))
    monkeypatch.setattr(live.ActionBase, "run", lambda self, tmp, task_vars: {})
    return lines


def task(**changes):
    return SimpleNamespace(**{"environment": [{"A": "b"}], "async_val": 0, "no_log": False, **changes})


def test_lines_are_shown(shown):
    action = Action(task(), "local")
    assert action.run(task_vars={"inventory_hostname": "h"}) == {"changed": True}
    assert shown == ["    [h] first"]
    assert action.started_with[0] == {"A": "b"}
    assert action._task.environment == [{"A": "b"}]


@pytest.mark.parametrize(
    ("transport", "changes"), [("ssh", {}), ("local", {"async_val": 60}), ("local", {"no_log": True})]
)
def test_module_alone(shown, transport, changes):
    action = Action(task(**changes), transport)
    assert action.run(task_vars={}) == {"changed": True}
    assert action.started_with == [{"A": "b"}]
    assert shown == []


def test_both_sides_use_one_name():
    assert live.ENVIRONMENT == progress.ENVIRONMENT

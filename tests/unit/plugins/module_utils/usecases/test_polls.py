# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polls that fail: they go on, and each trouble is told once."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import Refused
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.flow import Flow


class Clock:
    now = 0.0

    def __call__(self):
        self.now += 60.0
        return self.now


def test_a_trouble_is_told_once_until_it_is_over():
    answers = ["broken", "broken", "slow", None, "slow", "slow"]
    told = []

    def volumes(unused_waiting):
        said = answers.pop(0)
        if said:
            raise Refused(f"Nova is {said}", cure="wait")
        return ()

    progress = SimpleNamespace(line=lambda text, **more: told.append(text))
    flow = Flow(None, None, None, SimpleNamespace(), progress, clock=Clock(), sleep=None)
    flow._watch = SimpleNamespace(volumes=volumes, servers=lambda waiting: ())
    flow._waiting = []
    while answers:
        flow._poll()
    assert [text.partition(": ")[2].partition(";")[0] for text in told] == [
        "Nova is broken",
        "Nova is slow",
        "Nova is slow",
    ]

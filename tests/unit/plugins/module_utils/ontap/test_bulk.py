# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounded work: order, failures, and how many are under way."""

from __future__ import annotations

import threading

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import Refused
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import bulk


def test_order_and_failures():
    def work(number):
        if number % 3 == 0:
            raise Refused(f"number {number}")
        return number

    results = bulk.run_bounded(range(10), work, 4)
    assert [r for r in results if isinstance(r, int)] == [1, 2, 4, 5, 7, 8]
    assert [r.what for r in results if isinstance(r, Refused)] == [f"number {n}" for n in (0, 3, 6, 9)]


def test_never_more_than_the_limit():
    lock = threading.Lock()
    active, highest = [0], [0]

    def work(_number):
        with lock:
            active[0] += 1
            highest[0] = max(highest[0], active[0])
        threading.Event().wait(0.002)
        with lock:
            active[0] -= 1

    bulk.run_bounded(range(40), work, 3)
    assert highest[0] <= 3


def test_ramp_rises_by_success_and_falls_by_busy():
    ramp = bulk.Ramp(8)
    assert ramp.allowed == bulk.START
    for _number in range(20):
        with ramp:
            pass
    assert ramp.allowed == 8
    ramp.busy()
    assert ramp.allowed == 4
    for _number in range(5):
        ramp.busy()
    assert ramp.allowed == 1


def test_long_work_does_not_hold_up_the_others():
    """Twelve copies that all take long are all under way before the first one has ended."""
    everybody = threading.Barrier(12, timeout=30)
    assert bulk.run_bounded(range(12), lambda number: everybody.wait() >= 0, 16) == [True] * 12


def test_doubles_once_in_a_while_and_not_after_a_busy_answer():
    moment = [0.0]
    ramp = bulk.Ramp(50, clock=lambda: moment[0])
    for allowed in (8, 16, 32):
        moment[0] += bulk.PATIENCE
        with ramp._changed:
            ramp.grow()
            ramp.grow()
        assert ramp.allowed == allowed
    ramp.busy()
    moment[0] += 10 * bulk.PATIENCE
    with ramp._changed:
        ramp.grow()
    assert ramp.allowed == 16


def test_busy_hook_is_given_back():
    class Client:
        """A client with a hook."""

        on_busy = None

    client = Client()

    def work(_number):
        client.on_busy("busy")

    bulk.run_bounded(range(3), work, 2, [client])
    assert client.on_busy is None

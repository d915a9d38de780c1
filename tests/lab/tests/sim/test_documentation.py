# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of docs/simulator.md are what the code and the judges say."""

from __future__ import annotations

import os

from ontap_sim import coverage
from ontap_sim.resources import ALL
from ontap_sim.switches import SWITCHES

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENT = os.path.join(HERE, *[os.pardir] * 4, "docs", "simulator.md")


def test_tables_are_current():
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    assert coverage.render(text) == text, (
        "run: PYTHONPATH=tests/lab python -m ontap_sim.coverage docs/simulator.md"
    )


def test_every_endpoint_has_a_judge():
    judged = {endpoint for judge in coverage.judged().values() for endpoint in judge}
    paths = {item["path"] for item in coverage.endpoints() if item["endpoint"] in judged}
    assert {resource.path for resource in ALL} - paths == set()


def test_every_switch_is_tested():
    texts = []
    for name in os.listdir(HERE):
        if name.startswith("test_"):
            with open(os.path.join(HERE, name), encoding="utf-8") as file:
                texts.append(file.read())
    assert [name for name in SWITCHES if not any(f"{name}=" in text for text in texts)] == []

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live lines: whole records, and silence when nobody watches."""

from __future__ import annotations

import json

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.progress import (
    ENVIRONMENT,
    Progress,
)


def test_lines(tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "lines"))
    told = Progress()
    told.line("one")
    told.line("two", name="x")
    assert [json.loads(line) for line in (tmp_path / "lines").read_text().splitlines()] == [
        {"text": "one"},
        {"text": "two", "name": "x"},
    ]


def test_nobody_watches(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    Progress().line("unheard")


def test_no_reason_to_fail(tmp_path):
    Progress(str(tmp_path / "no" / "such" / "folder")).line("unheard")

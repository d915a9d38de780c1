# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter.log_sentences import log_sentences


def test_a_secret_is_hidden_as_it_is_written_and_as_it_is_read():
    lines = [f"2026-01-31 12:00:00.1 1 ERROR cinder.x Login failed with {one}" for one in ("p$$w", "p$w")]
    found = log_sentences(lines, secrets={"b": {"netapp_password": "p$$w"}})
    assert "p$" not in found
    assert "********" in found

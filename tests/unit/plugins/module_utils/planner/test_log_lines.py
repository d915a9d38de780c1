# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import log_lines

OLD = "2026-01-31 11:59:59.999 7 ERROR cinder.volume.manager [-] Failed: old error"
LOGIN = "NetApp API failed. Reason - 6691623:User is not authorized"
CINDER = [
    "2026-01-31 12:00:01.000 7 INFO cinder.service [-] Starting cinder-volume, no error",
    f"2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager [None req-1 - - -] Failed to initialize: {LOGIN}",
    "2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager Traceback (most recent call last):",
    '2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager   File "/manager.py", line 1, in error',
    "2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager     raise exception.Error()",
    f"2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager {LOGIN}.",
    f"2026-01-31 12:00:02.000 7 ERROR cinder.volume.manager [None req-2 - - -] Failed to initialize: {LOGIN}",
    "2026-01-31 12:00:09.000 7 ERROR cinder.service [-] Manager for service is reporting problems, error",
]
UWSGI = [
    "2026-01-31T12:00:01 - *** Starting uWSGI 2.0 ***",
    "2026-01-31T12:00:01 - probably another instance of uWSGI is running on the same address.",
    "2026-01-31T12:00:01 - bind(): Address already in use [core/socket.c line 769]",
]
RESERVED = "RuntimeError: 'os_glance_' prefix should not be used in enabled_backends"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ""),
        ([OLD], ""),
        ([OLD, "a line without a time, error: old"], ""),
        ([OLD, *CINDER], f"cinder.volume.manager Failed to initialize: {LOGIN}"),
        (UWSGI, "bind(): Address already in use [core/socket.c line 769]"),
        (
            [f"2026-01-31 12:00:02.311 7 CRITICAL glance [-] Unhandled error: {RESERVED}"],
            f"glance Unhandled error: {RESERVED}",
        ),
        (
            [
                "2026-01-31 12:00:06.360 7 CRITICAL glance [-] Unhandled error: KeyboardInterrupt",
                "2026-01-31 12:00:06.360 7 ERROR glance KeyboardInterrupt",
            ],
            "",
        ),
        (
            ["Jan 31 12:00:02 one glance-api[7]: 2026-01-31 12:00:02.3 7 ERROR glance [-] Login failed"],
            "glance Login failed",
        ),
        (["2026-01-31T12:00:01 - up", "ImportError: No module named x"], "ImportError: No module named x"),
    ],
)
def test_what_is_said(lines, expected):
    assert log_lines.sentences(lines, "2026-01-31 12:00:00") == expected


def test_without_a_time_all_lines_count():
    assert log_lines.sentences([OLD]) == "cinder.volume.manager Failed: old error"


def test_the_last_ones_are_shown_and_no_secret():
    lines = [f"2026-01-31 12:00:0{n}.0 7 ERROR a [-] login failed with hidden-0: {n}" for n in range(9)]
    found = log_lines.sentences(lines, "2026-01-31T12:00:00", ["hidden-0", ""])
    assert found.split(" // ") == [f"a login failed with ********: {n}" for n in range(3, 9)]


def test_a_long_sentence_is_cut():
    assert len(log_lines.sentences([f"2026-01-31 12:00:01 7 ERROR a [-] error {'x' * 999}"])) == 300

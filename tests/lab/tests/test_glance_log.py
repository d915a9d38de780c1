# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof by Glance's request log counts what it should, and only that."""

from __future__ import annotations

import pytest
from demokit.glance_log import Traffic, traffic

IMAGE = "6f1c8e1a-0b5a-4f4f-9a71-0c6a55a1b2c3"
OTHER = "11111111-2222-3333-4444-555555555555"


def line(request: str, size: int, status: int = 200) -> str:
    return f"2026-11-23T12:00:00 request {request} status={status} bytes={size} ms=12"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], Traffic(0, 0, 0)),
        ([line(f"PUT /v2/images/{IMAGE}/file", 0, 204)], Traffic(1, 0, 0)),
        ([line(f"GET /v2/images/{IMAGE}/file", 120, 403)], Traffic(0, 0, 0)),
        ([line(f"GET /v2/images/{IMAGE}/file", 4096, 206)], Traffic(0, 1, 4096)),
        ([line(f"GET /v2/images/{IMAGE}/file", 1073741824)], Traffic(0, 1, 1073741824)),
        (
            [line(f"GET /v2/images/{IMAGE}/file", 10), line(f"GET /v2/images/{IMAGE}/file", 5)],
            Traffic(0, 2, 15),
        ),
        ([line(f"GET /v2/images/{OTHER}/file", 10)], Traffic(0, 0, 0)),
        ([line(f"GET /v2/images/{IMAGE}", 900)], Traffic(0, 0, 0)),
        ([line(f"GET /v2/images/{IMAGE}/locations", 300)], Traffic(0, 0, 0)),
        (["GET /v2/images is mentioned, but this is no request line"], Traffic(0, 0, 0)),
    ],
)
def test_traffic(lines, expected):
    assert traffic(lines, IMAGE) == expected

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many bytes of an image Glance handed out, by the request log of its web server (uwsgi)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_REQUEST = re.compile(
    r" request (?P<method>[A-Z]+) /v2/images/(?P<image>[0-9a-f-]{36})/(?P<what>file|stage)(?:\?\S*)? "
    r"status=2\d\d bytes=(?P<bytes>\d+) "
)


@dataclass(frozen=True)
class Traffic:
    """What the log says of one image."""

    uploads: int  # requests that brought data in; one at least shows that this log is the right one
    downloads: int  # requests that were given data
    bytes_out: int  # how much in all


def traffic(lines: Iterable[str], image_id: str) -> Traffic:
    """Count the requests for the data of *image_id* that Glance granted."""
    uploads = downloads = bytes_out = 0
    for line in lines:
        found = _REQUEST.search(line)
        if not found or found["image"] != image_id:
            continue
        if found["method"] == "GET":
            downloads += 1
            bytes_out += int(found["bytes"])
        else:
            uploads += 1
    return Traffic(uploads, downloads, bytes_out)

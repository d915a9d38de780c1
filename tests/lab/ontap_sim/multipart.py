# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of multipart/form-data that file data needs (facts B3): one part in, one part out."""

from __future__ import annotations

import os
import re

from .errors import ApiError


def file_part(data, content_type):
    """The bytes of the part named ``data`` (the official library) or ``file`` (the documentation)."""
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if not match:
        raise ApiError(400, 262199, "The multipart body has no boundary.")
    boundary = b"--" + match.group(1).encode()
    for part in data.split(boundary)[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if separator and re.search(rb'name="?(data|file)"?', head):
            return content[:-2] if content.endswith(b"\r\n") else content
    raise ApiError(400, 262212, 'The multipart body lacks the part "data".', "data")


def form(data):
    """(body, content type) with one part ``data``."""
    boundary = "ontap-" + os.urandom(12).hex()
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="data"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + data
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return body, f"multipart/form-data; boundary={boundary}"

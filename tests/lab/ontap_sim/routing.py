# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the raw request path to a route (facts A1).

ONTAP clients rely on the raw path: an encoded slash or dot belongs to a file's path, a plain one to the URL.
"""

from __future__ import annotations

from urllib.parse import unquote


def segments(raw_path):
    """Split at plain slashes, drop empty parts, remove plain dot segments (RFC 3986 5.2.4), then decode."""
    result = []
    for part in raw_path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if result:
                result.pop()
            continue
        result.append(part)
    return [unquote(part) for part in result]


class Routes:
    """A tree of path templates; ``{name}`` matches one segment."""

    def __init__(self):
        self._root = {}

    def add(self, template, target):
        node = self._root
        for part in template.strip("/").split("/"):
            key = "{}" if part.startswith("{") else part
            node = node.setdefault(key, {})
            if key == "{}":
                node.setdefault("names", {})[template] = part[1:-1]
        node["target"] = (template, target)

    def find(self, parts):
        """(target, parameters) or (None, None)."""
        values = []
        node = self._root
        for part in parts:
            if part in node and part not in ("names", "target", "{}"):
                node = node[part]
            elif "{}" in node:
                node = node["{}"]
                values.append(part)
            else:
                return None, None
        if "target" not in node:
            return None, None
        template, target = node["target"]
        names = [part[1:-1] for part in template.split("/") if part.startswith("{")]
        return target, dict(zip(names, values))

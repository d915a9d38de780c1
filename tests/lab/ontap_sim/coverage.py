# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints and methods are covered, and by which judge: the tables of docs/simulator.md.

``python -m ontap_sim.coverage docs/simulator.md`` writes the tables between their markers.
"""

from __future__ import annotations

import json
import os
import sys

from .behaviours import BEHAVIOURS
from .resources import ALL
from .switches import SWITCHES

JUDGED = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "sim", "judged.json"
)
JUDGES = {"cinder": "Cinder driver", "ansible": "netapp.ontap", "library": "netapp-ontap"}


def methods_of(resource, kind):
    if kind == "instance":
        found = getattr(resource, "instance_methods", None)
        found = [name for name in resource.methods if name != "POST"] if found is None else found
    elif hasattr(resource, "handle") or resource.by_query:
        found = resource.methods
    else:
        found = [name for name in resource.methods if name not in ("PATCH", "DELETE")]
    return sorted(found)


def endpoints():
    """[{path, endpoint, methods, since, fields}]: one for each collection and each kind of single record."""
    result = []
    for resource in sorted(ALL, key=lambda item: item.path):
        keys = "".join("/{" + name + "}" for name, _field in resource.keys)
        for kind, template in (("collection", resource.path), ("instance", resource.path + keys)):
            if kind == "instance" and not keys:
                continue
            result.append(
                {
                    "path": resource.path,
                    "endpoint": template,
                    "methods": methods_of(resource, kind),
                    "since": ".".join(str(number) for number in resource.since)
                    if any(resource.since)
                    else "",
                    "fields": len(resource.schema.fields) if resource.schema else 0,
                }
            )
    return result


def judged():
    """{judge: {endpoint: [methods]}} as the judges' own tests have recorded it."""
    with open(JUDGED, encoding="utf-8") as file:
        return json.load(file)


def endpoint_table():
    record = judged()
    lines = [
        "| endpoint | methods | fields | " + " | ".join(JUDGES.values()) + " |",
        "|---|---|---|" + "---|" * len(JUDGES),
    ]
    for item in endpoints():
        cells = [", ".join(record[judge].get(item["endpoint"], [])) or "-" for judge in JUDGES]
        since = f" (from {item['since']})" if item["since"] else ""
        lines.append(
            f"| `{item['endpoint']}`{since} | {', '.join(item['methods'])} | {item['fields']} | "
            + " | ".join(cells)
            + " |"
        )
    return lines


def behaviour_table():
    lines = ["| behaviour | standing | facts |", "|---|---|---|"]
    return lines + [f"| {text} | {standing} | {fact} |" for text, standing, fact in BEHAVIOURS]


def switch_table():
    lines = ["| switch | default | others | meaning | facts |", "|---|---|---|---|---|"]
    for name, switch in sorted(SWITCHES.items()):
        others = (
            ", ".join(f"`{json.dumps(value)}`" for value in switch.choices if value != switch.default)
            or "a number"
        )
        lines.append(
            f"| `{name}` | `{json.dumps(switch.default)}` | {others} | {switch.meaning} | {switch.fact} |"
        )
    return lines


TABLES = {"endpoints": endpoint_table, "behaviours": behaviour_table, "switches": switch_table}


def render(text):
    """The document with its tables as they are now."""
    for name, table in TABLES.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        head, _dummy, rest = text.partition(begin)
        _dummy, _dummy, tail = rest.partition(end)
        text = head + begin + "\n" + "\n".join(table()) + "\n" + end + tail
    return text


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as document:
        written = document.read()
    with open(sys.argv[1], "w", encoding="utf-8") as document:
        document.write(render(written))

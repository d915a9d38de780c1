# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo says at its end: the table, the figures, and any promise that was not kept."""

from __future__ import annotations

from .story import NAMES, Story

MIB = 1024 * 1024
FAST_PATHS = ("cache_clone", "image_clone", "copy_offload")
STEPS = {
    "setup": "set up",
    "lab up": "lab up",
    "deploy": "deploy",
    "upload": "image built and uploaded",
    "provision_instance": "provision_instance",
    "boot": "boot under QEMU",
    "deploy_again": "deploy again",
    "provision_again": "provision_instance again",
}


def table(story: Story) -> str:
    """The table of the first run, as the module ``instances`` made it."""
    return "\n".join(story.provisioned.get("table", []))


def figures(story: Story, memory: int, total: float) -> str:
    """Seconds, bytes, requests: what the project wants stated."""
    lines = [f"{STEPS.get(name, name):<36}{seconds:8.1f} s" for name, seconds in story.seconds.items()]
    lines.append(f"{'in all':<36}{total:8.1f} s")
    if story.traffic:
        sent, asked = story.traffic.bytes_out, story.traffic.downloads
        lines.append(f"{'bytes read from Glance':<36}{sent:8d}  ({asked} requests)")
    for share, boot in story.boots.items():
        verdict = f"{boot.seconds:8.1f} s" if boot.found else f"  {boot.why}"
        lines.append(f"{'boot from ' + share:<36}{verdict}")
    lines += requests(story)
    lines.append(f"{'memory of the lab':<36}{memory / MIB:8.0f} MiB")
    changed = {name: play.total_changed for name, play in story.plays.items()}
    lines.append(f"{'changed tasks':<36}{', '.join(f'{name} {count}' for name, count in changed.items())}")
    return "\n".join(lines)


def requests(story: Story) -> list[str]:
    """Requests that our own modules made for the instances, in all and for each."""
    totals = {"ontap": 0, "openstack": 0}
    lines = []
    for module in ("image_path_info", "image_cache", "instances"):
        for result in story.plays["provision_instance"].results_of(module):
            made = result.get("requests") or {}
            for side in totals:
                totals[side] += int(made.get(side, 0))
    count = max(1, len(story.instances))
    for side, number in totals.items():
        lines.append(f"{f'requests to {side}':<36}{number:8d}  ({number / count:.1f} for each instance)")
    return lines


def faults(story: Story) -> list[str]:
    """Each promise that the run did not keep, as a sentence."""
    found = [
        *instance_faults(story),
        *path_faults(story),
        *glance_faults(story),
        *[boot.why for boot in story.boots.values() if not boot.found],
    ]
    if not story.boots:
        found.append("No volume was booted.")
    for name in ("deploy_again", "provision_again"):
        if story.plays[name].total_changed:
            tasks = ", ".join(f"'{task['task']}' on {task['host']}" for task in story.plays[name].changed)
            found.append(f"The second run changed something ({name}): {tasks}.")
    return found


def instance_faults(story: Story) -> list[str]:
    found = []
    seen = {instance.name: instance for instance in story.instances}
    for name in NAMES:
        if name not in seen:
            found.append(f"Instance {name} has no server or no volume.")
        elif seen[name].status != "ACTIVE":
            found.append(f"Instance {name} is {seen[name].status}.")
    return found


def path_faults(story: Story) -> list[str]:
    found = []
    for record in story.provisioned.get("instances", []):
        if record.get("path") not in FAST_PATHS:
            found.append(
                f"Instance {record.get('name')} took the path {record.get('path')}: {record.get('why')}"
            )
    entries = {
        entry.get("path")
        for result in story.plays["provision_instance"].results_of("image_cache")
        for entry in result.get("entries", [])
    }
    for path in ("image_clone", "copy_offload"):
        if path not in entries:
            found.append(f"No cache entry was made by {path}.")
    return found


def glance_faults(story: Story) -> list[str]:
    if not story.traffic or not story.traffic.uploads:
        return ["Glance's request log does not show the image's upload, so it proves nothing."]
    if story.traffic.downloads or story.traffic.bytes_out:
        asked, sent = story.traffic.downloads, story.traffic.bytes_out
        return [f"Glance answered {asked} requests for the image's data with {sent} bytes."]
    return []

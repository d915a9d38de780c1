# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6 makes of a launch: the variables of the job, and its share of the inventory."""

from __future__ import annotations

import json

import yaml

from awx_lab import rules
from awx_lab.kinds import PROMPTS
from awx_lab.rules import Refusal


def one(store, kind, **wanted):
    """The one stored object with these values."""
    found = [
        item
        for item in store.objects[kind].values()
        if all(item.get(key) == value for key, value in wanted.items())
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} {kind} have {wanted}, expected one")
    return found[0]


def prompted(template, **prompts):
    """The template with what was said at launch. AWX ignores what it does not ask for; this refuses it."""
    given = {name: value for name, value in prompts.items() if value is not None}
    for name in given:
        if not template.get(PROMPTS[name]):
            raise Refusal({name: ["Field is not configured to prompt on launch."]})
    return {**template, **given}


def variables(store, template, answers, artifacts=None):
    """(all variables, the template's own ones): from the template, then survey defaults, then the launch.

    ``artifacts`` are what nodes before this one in a workflow handed on: no survey has to know them.
    """
    own = json.loads(template["extra_vars"] or "{}")
    spec = store.surveys.get(("job_templates", template["id"]), {}) if template["survey_enabled"] else {}
    errors = rules.survey_answers(spec, answers)
    strangers = set(answers) - {question["variable"] for question in spec.get("spec", [])}
    if strangers and not template["ask_variables_on_launch"]:
        errors.append(f"Variables {', '.join(sorted(strangers))} are not allowed on launch.")
    if errors:
        raise Refusal({"variables_needed_to_start": errors})
    found = dict(own)
    for question in spec.get("spec", []):
        default = {question["variable"]: question["default"]} if "default" in question else {}
        # A default that the question itself refuses, such as "" where one letter is the least, is not used.
        if not rules.survey_answers({"spec": [question]}, default, required=False):
            found |= default
    return {**found, **(artifacts or {}), **answers}, own


def ui_answers(answers):
    """What the user interface sends of a filled-in survey: fields that were left empty are not sent."""
    return {name: value for name, value in answers.items() if value != "" and value is not None}


class _AllUnsafe(yaml.SafeDumper):
    def represent_data(self, data):
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def dump(values, trusted=None):
    """Variables as a job's file has them: texts are marked unsafe, except for the template's own ones."""
    trusted = trusted or {}
    parts = []
    for key, value in values.items():
        dumper = yaml.SafeDumper if key in trusted and trusted[key] == value else _AllUnsafe
        parts.append(yaml.dump({key: value}, Dumper=dumper, default_flow_style=False))
    return "".join(parts)


def inventory(store, number, share=(1, 1)):
    """What the inventory script of a job prints; ``share`` (2, 3) is the second of three slices."""
    which, of = share
    hosts = sorted(
        (host for host in store.objects["hosts"].values() if host["inventory"] == number and host["enabled"]),
        key=lambda host: host["name"],
    )[which - 1 :: of]
    names = {host["id"]: host["name"] for host in hosts}
    groups = [group for group in store.objects["groups"].values() if group["inventory"] == number]
    data = {"all": {"children": [group["name"] for group in groups]}}
    settings = store.objects["inventories"][number]["variables"]
    if settings:
        data["all"]["vars"] = json.loads(settings)
    grouped = set()
    for group in groups:
        members = [one for one in store.linked("groups", group["id"], "hosts") if one in names]
        grouped.update(members)
        info = {"hosts": [names[one] for one in members]}
        if group["variables"]:
            info["vars"] = json.loads(group["variables"])
        data[group["name"]] = info
    data["all"]["hosts"] = [name for number, name in names.items() if number not in grouped]
    hostvars = {host["name"]: json.loads(host["variables"] or "{}") for host in hosts}
    data["_meta"] = {"hostvars": hostvars}
    return data

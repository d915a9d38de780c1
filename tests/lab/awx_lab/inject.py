# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How AWX 24.6 gives a job its credentials: files in the job's private folder, variables, environment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from awx_lab.launch import dump


def inject(kind, credential, folder, environment, arguments):
    """Adds the credential to a job whose private folder is ``folder``."""
    if kind["managed"]:
        if kind["name"] == "OpenStack":
            environment["OS_CLIENT_CONFIG_FILE"] = _file(
                folder, yaml.safe_dump(_openstack(credential["inputs"]))
            )
        return
    fields = kind["inputs"].get("fields", [])
    # Only what has a value is known to the templates; a boolean without one is false, whatever its default.
    space = {key: value for key, value in credential["inputs"].items() if value not in ("", None)}
    for field in fields:
        if field["type"] == "boolean":
            space.setdefault(field["id"], False)
    tower = space["tower"] = SimpleNamespace()
    jinja = ImmutableSandboxedEnvironment()

    def render(node):
        if isinstance(node, dict):
            return {render(key): render(value) for key, value in node.items()}
        if isinstance(node, list):
            return [render(value) for value in node]
        return jinja.from_string(node).render(**space)

    injectors = kind["injectors"]
    # PostgreSQL keeps the keys of a JSON object by length, then by name: files are written in this order.
    for label in sorted(injectors.get("file", {}), key=lambda text: (len(text), text)):
        path = _file(folder, render(injectors["file"][label]))
        _template, _dot, name = label.partition(".")
        if not name:
            tower.filename = path
        else:
            tower.filename = getattr(tower, "filename", None) or SimpleNamespace()
            setattr(tower.filename, name, path)
    environment.update(render(injectors.get("env", {})))
    extra = render(injectors.get("extra_vars", {}))
    if extra:
        arguments += ["-e", f"@{_file(folder, dump(extra))}"]


def _openstack(inputs):
    """The clouds.yaml of AWX's own OpenStack type."""
    auth = {
        "auth_url": inputs.get("host", ""),
        "username": inputs.get("username", ""),
        "password": inputs.get("password", ""),
        "project_name": inputs.get("project", ""),
    }
    if inputs.get("project_domain_name"):
        auth["project_domain_name"] = inputs["project_domain_name"]
    if inputs.get("domain"):
        auth["domain_name"] = inputs["domain"]
    cloud = {"auth": auth, "verify": inputs.get("verify_ssl", True)}
    if inputs.get("region"):
        cloud["region_name"] = inputs["region"]
    return {"clouds": {"devstack": cloud}}


def _file(folder, text):
    handle, path = tempfile.mkstemp(dir=Path(folder) / "env")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return path

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job of a template, laid out in a private data folder as AWX does it, and run by ansible-runner."""

from __future__ import annotations

import json
import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import ansible_runner

from awx_lab.inject import inject
from awx_lab.launch import dump, inventory, one, prompted, variables


@dataclass
class Job:
    """One job, ready to run or done. ``environment`` is what the runner stores with the job."""

    folder: Path
    playbook: str
    number: int
    environment: dict
    variables: dict
    inventory: dict
    arguments: list
    events: list = field(default_factory=list)
    status: str = ""
    stats: dict = field(default_factory=dict)
    artifacts: dict = field(default_factory=dict)

    def run(self, **surroundings):
        """Runs it; ``surroundings`` is what the execution environment has, such as collections' path."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {"PATH": path, **self.environment, **surroundings}
        (self.folder / "env" / "envvars").write_text(json.dumps(environment))
        result = ansible_runner.run(
            private_data_dir=str(self.folder),
            playbook=self.playbook,
            ident=str(self.number),
            quiet=True,
            event_handler=self._keep,
        )
        self.status, self.stats = result.status, result.stats or {}
        return self

    def _keep(self, event):
        """Called while the job runs, so the order of ``events`` is the order in which a user sees them."""
        self.events.append(event)
        if event["event"] == "playbook_on_stats":
            self.artifacts = event["event_data"].get("artifact_data", {})
        return True

    @property
    def changed(self):
        return sum(self.stats.get("changed", {}).values())

    @property
    def output(self):
        return "\n".join(event.get("stdout", "") for event in self.events)

    def leaks(self, *planted):
        """Planted secrets in what the runner keeps, hands out as an event, or stores about the job."""
        kept = [path for path in (self.folder / "artifacts").rglob("*") if path.is_file()]
        texts = {str(path.relative_to(self.folder)): path.read_text(errors="replace") for path in kept}
        texts["events"] = json.dumps(self.events, default=str)
        texts["environment"] = json.dumps(self.environment)
        texts["arguments"] = shlex.join(self.arguments)
        return sorted(
            {(place, secret) for place, text in texts.items() for secret in planted if secret in text}
        )


def lay_out(
    store,
    name,
    folder,
    project,
    answers=None,
    artifacts=None,
    share=(1, 1),
    number=1,
    inventory_name=None,
    **prompts,
):
    """The private data folder of a job of template ``name``, from what is stored in AWX.

    ``answers`` to the survey; ``artifacts`` of earlier nodes; ``share`` (which, of) of the hosts for a slice;
    ``prompts`` what else is said at launch. Raises Refusal where AWX would not start the job.
    """
    chosen = one(store, "inventories", name=inventory_name)["id"] if inventory_name else None
    slices = share[1] if share[1] > 1 else None
    template = one(store, "job_templates", name=name)
    template = prompted(template, inventory=chosen, job_slice_count=slices, **prompts)
    for part in ("env", "inventory"):
        (folder / part).mkdir(parents=True)
    (folder / "project").symlink_to(project)
    values, trusted = variables(store, template, answers or {}, artifacts)
    meta = {f"{word}_job_id": number for word in ("awx", "tower")}
    (folder / "env" / "extravars").write_text(dump(values | meta, trusted))
    hosts = inventory(store, template["inventory"], share)
    script = folder / "inventory" / "hosts"
    script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(hosts)!r})\n")
    script.chmod(0o700)
    arguments = ["-u", "root"]
    arguments += ["--check"] if template["job_type"] == "check" else []
    arguments += ["--diff"] if template["diff_mode"] else []
    arguments += ["-l", template["limit"]] if template["limit"] else []
    arguments += ["-t", template["job_tags"]] if template["job_tags"] else []
    arguments += ["-" + "v" * template["verbosity"]] if template["verbosity"] else []
    environment = {
        "JOB_ID": str(number),
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "AWX_PRIVATE_DATA_DIR": str(folder),
    }
    for link in store.linked("job_templates", template["id"], "credentials"):
        credential = store.get("credentials", link)
        kind = store.get("credential_types", credential["credential_type"])
        inject(kind, credential, folder, environment, arguments)
    (folder / "env" / "cmdline").write_text(shlex.join(arguments))
    (folder / "env" / "settings").write_text(json.dumps({"suppress_ansible_output": True}))
    return Job(folder, template["playbook"], number, environment, values, hosts, arguments)

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects of AWX 24.6 that awx.awx meets here: fields, defaults, keys and links."""

from __future__ import annotations

from dataclasses import dataclass, field

ASK = (
    "ask_diff_mode_on_launch",
    "ask_variables_on_launch",
    "ask_limit_on_launch",
    "ask_tags_on_launch",
    "ask_skip_tags_on_launch",
    "ask_job_type_on_launch",
    "ask_verbosity_on_launch",
    "ask_inventory_on_launch",
    "ask_credential_on_launch",
    "ask_execution_environment_on_launch",
    "ask_forks_on_launch",
    "ask_instance_groups_on_launch",
    "ask_job_slice_count_on_launch",
    "ask_labels_on_launch",
    "ask_timeout_on_launch",
    "ask_scm_branch_on_launch",
)
# What a node or a schedule may say at launch, and the field of the template that allows it.
PROMPTS = {
    "job_type": "ask_job_type_on_launch",
    "limit": "ask_limit_on_launch",
    "job_tags": "ask_tags_on_launch",
    "skip_tags": "ask_skip_tags_on_launch",
    "diff_mode": "ask_diff_mode_on_launch",
    "verbosity": "ask_verbosity_on_launch",
    "inventory": "ask_inventory_on_launch",
    "forks": "ask_forks_on_launch",
    "job_slice_count": "ask_job_slice_count_on_launch",
    "timeout": "ask_timeout_on_launch",
    "scm_branch": "ask_scm_branch_on_launch",
    "execution_environment": "ask_execution_environment_on_launch",
}
NOTIFICATIONS = {
    f"notification_templates_{when}": "notification_templates" for when in ("started", "success", "error")
}
PATHS = ("success_nodes", "failure_nodes", "always_nodes")
LAUNCH = {"extra_data": {}, **dict.fromkeys(PROMPTS)}


@dataclass(frozen=True)
class Kind:
    """One kind of object. ``fields`` gives every writable field its default; null in a text becomes empty."""

    type: str
    fields: dict
    required: tuple = ("name",)
    keys: dict = field(default_factory=dict)
    unique: tuple = ("name",)
    links: dict = field(default_factory=dict)
    survey: bool = False
    unified: bool = False


KINDS = {
    "organizations": Kind(
        "organization",
        {"name": "", "description": "", "max_hosts": 0, "default_environment": None},
        keys={"default_environment": "execution_environments"},
        links={"galaxy_credentials": "credentials", "instance_groups": "instance_groups", **NOTIFICATIONS},
    ),
    "execution_environments": Kind(
        "execution_environment",
        {
            "name": "",
            "description": "",
            "image": "",
            "pull": "",
            "organization": None,
            "credential": None,
            "managed": False,
        },
        required=("name", "image"),
        keys={"organization": "organizations", "credential": "credentials"},
    ),
    "credential_types": Kind(
        "credential_type",
        {"name": "", "description": "", "kind": "", "managed": False, "inputs": {}, "injectors": {}},
        required=("name", "kind"),
        unique=("name", "kind"),
    ),
    "credentials": Kind(
        "credential",
        {"name": "", "description": "", "organization": None, "credential_type": None, "inputs": {}},
        required=("name", "credential_type"),
        keys={"organization": "organizations", "credential_type": "credential_types"},
        unique=("organization", "name", "credential_type"),
    ),
    "projects": Kind(
        "project",
        {
            "name": "",
            "description": "",
            "organization": None,
            "scm_revision": "",
            "scm_type": "",
            "scm_url": "",
            "scm_branch": "",
            "scm_refspec": "",
            "local_path": "",
            "credential": None,
            "scm_clean": False,
            "scm_delete_on_update": False,
            "scm_update_on_launch": False,
            "scm_update_cache_timeout": 0,
            "allow_override": False,
            "timeout": 0,
        },
        keys={"organization": "organizations", "credential": "credentials"},
        unique=("organization", "name"),
        links=NOTIFICATIONS,
        unified=True,
    ),
    "inventories": Kind(
        "inventory",
        {
            "name": "",
            "description": "",
            "organization": None,
            "kind": "",
            "host_filter": None,
            "variables": "",
            "prevent_instance_group_fallback": False,
        },
        required=("name", "organization"),
        keys={"organization": "organizations"},
        unique=("name", "organization"),
    ),
    "hosts": Kind(
        "host",
        {"name": "", "description": "", "inventory": None, "enabled": True, "variables": ""},
        required=("name", "inventory"),
        keys={"inventory": "inventories"},
        unique=("name", "inventory"),
    ),
    "groups": Kind(
        "group",
        {"name": "", "description": "", "inventory": None, "variables": ""},
        required=("name", "inventory"),
        keys={"inventory": "inventories"},
        unique=("name", "inventory"),
        links={"hosts": "hosts", "children": "groups"},
    ),
    "job_templates": Kind(
        "job_template",
        {
            "name": "",
            "description": "",
            "job_type": "run",
            "inventory": None,
            "project": None,
            "playbook": "",
            "execution_environment": None,
            "scm_branch": "",
            "forks": 0,
            "limit": "",
            "verbosity": 0,
            "extra_vars": "",
            "job_tags": "",
            "skip_tags": "",
            "start_at_task": "",
            "timeout": 0,
            "use_fact_cache": False,
            "force_handlers": False,
            "become_enabled": False,
            "diff_mode": False,
            "allow_simultaneous": False,
            "job_slice_count": 1,
            "survey_enabled": False,
            **dict.fromkeys(ASK, False),
        },
        keys={
            "inventory": "inventories",
            "project": "projects",
            "execution_environment": "execution_environments",
        },
        unique=("organization", "name"),
        links={"credentials": "credentials", "labels": "labels", **NOTIFICATIONS},
        survey=True,
        unified=True,
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {
            "name": "",
            "description": "",
            "organization": None,
            "inventory": None,
            "extra_vars": "",
            "limit": None,
            "scm_branch": None,
            "allow_simultaneous": False,
            "survey_enabled": False,
            **dict.fromkeys(ASK, False),
        },
        keys={"organization": "organizations", "inventory": "inventories"},
        unique=("organization", "name"),
        links={
            "labels": "labels",
            **NOTIFICATIONS,
            "notification_templates_approvals": "notification_templates",
        },
        survey=True,
        unified=True,
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {
            "identifier": "",
            "workflow_job_template": None,
            "unified_job_template": None,
            "all_parents_must_converge": False,
            **LAUNCH,
        },
        required=("workflow_job_template",),
        keys={
            "workflow_job_template": "workflow_job_templates",
            "unified_job_template": "unified_job_templates",
            "inventory": "inventories",
            "execution_environment": "execution_environments",
        },
        unique=("identifier", "workflow_job_template"),
        links={
            **dict.fromkeys(
                ("success_nodes", "failure_nodes", "always_nodes"), "workflow_job_template_nodes"
            ),
            "credentials": "credentials",
            "labels": "labels",
            "instance_groups": "instance_groups",
        },
    ),
    "workflow_approval_templates": Kind(
        "workflow_approval_template",
        {"name": "", "description": "", "timeout": 0},
        unique=(),
        unified=True,
    ),
    "schedules": Kind(
        "schedule",
        {
            "name": "",
            "description": "",
            "rrule": "",
            "enabled": True,
            "unified_job_template": None,
            **LAUNCH,
        },
        required=("name", "rrule", "unified_job_template"),
        keys={
            "unified_job_template": "unified_job_templates",
            "inventory": "inventories",
            "execution_environment": "execution_environments",
        },
        unique=("unified_job_template", "name"),
        links={"credentials": "credentials", "labels": "labels", "instance_groups": "instance_groups"},
    ),
    "labels": Kind(
        "label",
        {"name": "", "organization": None},
        required=("name", "organization"),
        keys={"organization": "organizations"},
        unique=("name", "organization"),
    ),
    "notification_templates": Kind("notification_template", {"name": "", "organization": None}),
    "instance_groups": Kind("instance_group", {"name": ""}),
}

# The built-in types that matter here, with the inputs AWX documents for them.
OPENSTACK_FIELDS = ("username", "password", "host", "project", "project_domain_name", "domain", "region")
BUILT_IN_TYPES = (
    {
        "name": "OpenStack",
        "kind": "cloud",
        "inputs": {
            "fields": [
                *(
                    {
                        "id": name,
                        "label": name,
                        "type": "string",
                        **({"secret": True} if name == "password" else {}),
                    }
                    for name in OPENSTACK_FIELDS
                ),
                {"id": "verify_ssl", "label": "Verify SSL", "type": "boolean", "default": True},
            ],
            "required": ["username", "password", "host", "project"],
        },
    },
    {
        "name": "Machine",
        "kind": "ssh",
        "inputs": {
            "fields": [
                {"id": "username", "label": "Username", "type": "string"},
                {"id": "password", "label": "Password", "type": "string", "secret": True},
                {"id": "ssh_key_data", "label": "SSH Private Key", "type": "string", "secret": True},
            ]
        },
    },
    {
        "name": "Ansible Galaxy/Automation Hub API Token",
        "kind": "galaxy",
        "inputs": {"fields": [{"id": "url", "label": "Galaxy Server URL", "type": "string"}]},
    },
)

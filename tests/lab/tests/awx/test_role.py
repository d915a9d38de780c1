# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role awx_templates and awx.awx 24.6.1 against an API that answers as AWX 24.6, from an empty AWX.

The tests tell one story and run in the order of the file.
"""

from __future__ import annotations

import json

import pytest
from awx_lab import operator
from awx_lab.launch import one
from awx_lab.planted import HOSTS, PLANTED, SECRET

GIVEN = {**PLANTED, **HOSTS}
TEMPLATES = {"deploy", "prime-cache", "provision-instance", "remove-instance", "verify", "teardown"}
TEMPLATES.add("report-failure")
# Objects that the role makes, without links between them and without log-in.
MADE = {
    "organizations": 1,
    "execution_environments": 1,
    "credential_types": 2,
    "credentials": 3,
    "projects": 1,
    "inventories": 2,
    "hosts": 7,
    "groups": 3,
    "job_templates": 7,
    "schedules": 1,
    "workflow_job_templates": 1,
    "workflow_job_template_nodes": 8,
    "workflow_approval_templates": 1,
}


def counts(store):
    return {kind: len(store.objects[kind]) for kind in MADE}


@pytest.fixture(scope="module")
def empty(awx):
    return counts(awx.store)


def test_check_mode_on_an_empty_awx_names_every_object_and_writes_nothing(awx, collections, empty):
    done = operator.run(awx, collections, "--check", **GIVEN)
    assert done.code == 0, done.output
    assert done.writes == []
    assert counts(awx.store) == empty
    assert done.items("changed", "Organizations") == ["Enhanced instances"]
    announced = done.output.split("All objects that a real run would create")[1]
    for name in TEMPLATES:
        assert f'"template {name}"' in announced
    assert '"node of enhanced-instances approve-deploy"' in announced
    assert SECRET not in done.output


def test_the_first_run_makes_everything(awx, collections, empty):
    done = operator.run(awx, collections, **GIVEN)
    assert done.code == 0, done.output
    assert counts(awx.store) == {kind: empty[kind] + number for kind, number in MADE.items()}
    assert SECRET not in done.output


def test_the_second_run_changes_nothing_and_sends_nothing(awx, collections):
    done = operator.run(awx, collections, **GIVEN)
    assert (done.code, done.changed, done.writes) == (0, 0, []), done.output


def test_deploy_ships_as_a_check_job_that_asks(awx):
    deploy = one(awx.store, "job_templates", name="deploy")
    assert deploy["job_type"] == "check"
    assert not deploy["allow_simultaneous"]
    for prompt in ("job_type", "diff_mode", "limit", "tags"):
        assert deploy[f"ask_{prompt}_on_launch"], prompt
    assert one(awx.store, "job_templates", name="provision-instance")["allow_simultaneous"]


def test_secrets_are_stored_as_they_were_given(awx):
    ontap = one(awx.store, "credentials", name="ontap")
    assert ontap["inputs"]["password"] == PLANTED["awx_templates_ontap_inputs"]["password"]
    # What was left empty is no input, so that the injectors can tell.
    assert "certificate" not in ontap["inputs"]


def test_no_survey_asks_for_a_secret(awx):
    kinds = [question["type"] for spec in awx.store.surveys.values() for question in spec.get("spec", [])]
    assert kinds
    assert "password" not in kinds


def test_no_credential_type_puts_a_value_into_the_environment(awx):
    types = [kind for kind in awx.store.objects["credential_types"].values() if not kind["managed"]]
    values = [value for kind in types for value in kind["injectors"].get("env", {}).values()]
    assert values == ["{{ tower.filename.clouds }}"]


def test_the_workflow_leads_from_a_check_over_an_approval_to_instances(awx):
    nodes = awx.store.objects["workflow_job_template_nodes"]
    paths = {
        (node["identifier"], path, nodes[child]["identifier"])
        for node in nodes.values()
        for path in ("success_nodes", "failure_nodes", "always_nodes")
        for child in awx.store.linked("workflow_job_template_nodes", node["id"], path)
    }
    assert paths == {
        ("deploy-check", "success_nodes", "approve-deploy"),
        ("approve-deploy", "success_nodes", "deploy"),
        ("deploy", "success_nodes", "prime-cache"),
        ("deploy", "failure_nodes", "verify-after-failure"),
        ("prime-cache", "success_nodes", "provision-instance"),
        ("prime-cache", "failure_nodes", "verify-after-failure"),
        ("provision-instance", "success_nodes", "verify"),
        ("provision-instance", "failure_nodes", "verify-after-failure"),
        ("verify-after-failure", "always_nodes", "report-failure"),
    }
    kinds = {node["identifier"]: node["job_type"] for node in nodes.values()}
    assert (kinds["deploy-check"], kinds["deploy"]) == ("check", "run")


def drift(store):
    """Somebody's hands: a prompt gone, a question gone, a credential swapped, a link cut, a rule eased."""
    deploy = one(store, "job_templates", name="deploy")
    deploy.update(job_type="run", ask_limit_on_launch=False)
    prime = one(store, "job_templates", name="prime-cache")
    store.surveys["job_templates", prime["id"]]["spec"].pop()
    verify = one(store, "job_templates", name="verify")
    store.linked("job_templates", verify["id"], "credentials").pop()
    deploy_node = one(store, "workflow_job_template_nodes", identifier="deploy")
    store.linked("workflow_job_template_nodes", deploy_node["id"], "failure_nodes").clear()
    one(store, "schedules", name="verify every night")["enabled"] = False
    one(store, "hosts", name="web-3")["variables"] = json.dumps({"odd": True})


def test_check_mode_tells_exactly_what_drifted(awx, collections):
    drift(awx.store)
    done = operator.run(awx, collections, "--check", **GIVEN)
    assert done.code == 0, done.output
    assert done.writes == []
    assert done.items("changed", "Job templates") == ["deploy", "prime-cache", "verify"]
    assert done.items("changed", "Links between the nodes") == ["deploy"]
    assert done.items("changed", "Schedules") == ["verify every night"]
    assert done.changed == 3


def test_drift_is_mended_and_no_more(awx, collections):
    done = operator.run(awx, collections, **GIVEN)
    assert done.code == 0, done.output
    assert sorted(method for method, _path in done.writes) == ["PATCH", "PATCH", "POST", "POST", "POST"]
    deploy = one(awx.store, "job_templates", name="deploy")
    assert (deploy["job_type"], deploy["ask_limit_on_launch"]) == ("check", True)
    again = operator.run(awx, collections, "--check", **GIVEN)
    assert (again.code, again.changed) == (0, 0), again.output


def test_a_new_secret_is_written_on_request_only(awx, collections):
    new = {"awx_templates_ontap_inputs": {**PLANTED["awx_templates_ontap_inputs"], "password": "planted-new"}}
    rest = {**GIVEN, **new, "awx_templates_job_templates": [], "awx_templates_schedules": []}
    rest["awx_templates_workflows"] = []
    assert operator.run(awx, collections, **rest).writes == []
    done = operator.run(awx, collections, awx_templates_update_secrets=True, **rest)
    assert done.code == 0, done.output
    assert one(awx.store, "credentials", name="ontap")["inputs"]["password"] == "planted-new"
    assert SECRET not in done.output


WRONG = {
    "a secret in the environment": (
        {
            "awx_templates_credential_types": [
                {
                    "name": "bad",
                    "inputs": {
                        "fields": [{"id": "token", "label": "Token", "type": "string", "secret": True}]
                    },
                    "injectors": {"env": {"TOKEN": "{{ token }}"}},
                }
            ]
        },
        "Credential type bad puts TOKEN into the environment",
    ),
    "a survey that asks for a secret": (
        {
            "awx_templates_job_templates": [
                {
                    "name": "t",
                    "playbook": "playbooks/deploy.yml",
                    "survey": [{"type": "password", "variable": "x"}],
                }
            ]
        },
        "The survey of t asks for a password",
    ),
    "a link to no node": (
        {
            "awx_templates_workflows": [
                {
                    "name": "w",
                    "nodes": [{"identifier": "a", "unified_job_template": "deploy", "success_nodes": ["b"]}],
                }
            ]
        },
        "Workflow w has links to b, but no node of that name",
    ),
    "a template without a playbook": (
        {"awx_templates_job_templates": [{"name": "t"}]},
        "missing required arguments: playbook",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_refused_before_anything_is_written(awx, collections, case):
    variables, message = WRONG[case]
    done = operator.run(awx, collections, **variables)
    assert done.code != 0
    assert message in " ".join(done.output.split()), done.output
    assert done.requests == ()


def test_a_wrong_password_is_told(awx, collections):
    done = operator.run(awx, collections, password="planted-wrong")
    assert done.code != 0
    assert "Failed to get token" in done.output
    assert SECRET not in done.output


def test_what_awx_refuses_reaches_the_operator(awx, collections):
    template = {"name": "odd", "playbook": "playbooks/no_such.yml"}
    rest = {"awx_templates_schedules": [], "awx_templates_workflows": []}
    done = operator.run(awx, collections, **{**GIVEN, **rest, "awx_templates_job_templates": [template]})
    assert done.code != 0
    assert "Playbook not found for project." in done.output

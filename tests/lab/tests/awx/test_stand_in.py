# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for AWX refuses what AWX 24.6 refuses, so that the role cannot pass with less."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request

import pytest
from awx_lab import rules
from awx_lab.rules import Refusal
from awx_lab.server import AwxServer
from awx_lab.store import Store

QUESTION = {"question_name": "Name", "variable": "name", "type": "text", "required": False}
FIELDS = [{"id": "token", "label": "Token", "type": "string", "secret": True}]


def spec(**changes):
    return {"name": "", "description": "", "spec": [{**QUESTION, **changes}]}


@pytest.mark.parametrize(
    ("survey", "message"),
    [
        ({"name": "", "spec": [QUESTION]}, "'description' is missing"),
        ({"name": "", "description": "", "spec": []}, "doesn't contain any items"),
        (spec(type="secret"), "not one of the allowed"),
        (spec(required="yes"), "wrong type"),
        (spec(type="integer", default="10"), "expected to be integer"),
        (spec(min="1"), "min limit"),
        (spec(type="multiplechoice"), "must specify choices"),
        (spec(type="multiplechoice", choices=["a"], default="b"), "must be answered from the choices"),
        ({"name": "", "description": "", "spec": [QUESTION, QUESTION]}, "duplicated"),
    ],
)
def test_a_survey_that_awx_refuses(survey, message):
    with pytest.raises(Refusal, match=message):
        rules.survey_spec(survey)


@pytest.mark.parametrize(
    ("inputs", "injectors", "message"),
    [
        ({"fields": [{"id": "tower", "label": "x"}]}, {}, "Schema"),
        ({"fields": [{"id": "a b", "label": "x"}]}, {}, "Schema"),
        ({"fields": [{"id": "a", "label": "x", "type": "boolean", "secret": True}]}, {}, "not allowed"),
        ({"fields": FIELDS}, {"env": {"ANSIBLE_X": "{{ token }}"}}, "Ansible configuration"),
        ({"fields": FIELDS}, {"extra_vars": {"x": "{{ other }}"}}, "undefined field"),
        ({"fields": FIELDS}, {"extra_vars": {"x": True}}, "not of type 'string'"),
        ({"fields": FIELDS}, {"extra_vars": {"x": "{{ tower.filename.ca }}"}}, "undefined field"),
        ({"fields": FIELDS}, {"file": {"template": "", "template.a": ""}}, "multi-file"),
        ({"fields": FIELDS}, {"file": {"ca": ""}}, "Schema"),
    ],
)
def test_a_credential_type_that_awx_refuses(inputs, injectors, message):
    with pytest.raises(Refusal, match=message):
        rules.credential_type(inputs, injectors)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("RRULE:FREQ=DAILY;INTERVAL=1", "DTSTART required"),
        ("DTSTART:20260101T020000 RRULE:FREQ=DAILY;INTERVAL=1", "naive"),
        ("DTSTART:20260101T020000Z RRULE:FREQ=DAILY", "INTERVAL required"),
        ("DTSTART:20260101T020000Z", "rule required"),
    ],
)
def test_a_schedule_that_awx_refuses(rule, message):
    with pytest.raises(Refusal, match=message):
        rules.rrule(rule)


@pytest.fixture
def store():
    """An AWX with one project that has been synced, and one template in it."""
    found = Store(["a.yml"])
    organization = found.create("organizations", {"name": "o"})["id"]
    project = found.create("projects", {"name": "p", "organization": organization, "scm_type": "git"})
    found.project_update(max(found.updates))
    inventory = found.create("inventories", {"name": "i", "organization": organization})["id"]
    found.create(
        "job_templates", {"name": "t", "project": project["id"], "inventory": inventory, "playbook": "a.yml"}
    )
    found.create("workflow_job_templates", {"name": "w", "organization": organization})
    return found


def only(store, kind):
    return list(store.objects[kind])[-1]


def test_a_template_needs_a_playbook_of_its_project(store):
    template = {"project": only(store, "projects"), "inventory": only(store, "inventories")}
    with pytest.raises(Refusal, match="Playbook not found"):
        store.create("job_templates", {**template, "name": "u", "playbook": "b.yml"})


def test_names_are_taken_once(store):
    with pytest.raises(Refusal, match="already exists"):
        store.create("organizations", {"name": "o"})


def test_null_in_a_text_becomes_an_empty_text(store):
    number = only(store, "inventories")
    assert store.change("inventories", number, {"kind": None})["kind"] == ""


def test_secrets_are_hidden_and_kept(store):
    kind = store.create("credential_types", {"name": "k", "kind": "cloud", "inputs": {"fields": FIELDS}})[
        "id"
    ]
    given = {"name": "c", "credential_type": kind, "organization": only(store, "organizations")}
    made = store.create("credentials", {**given, "inputs": {"token": "planted"}})
    assert store.show("credentials", made)["inputs"] == {"token": "$encrypted$"}
    store.change("credentials", made["id"], {"inputs": {"token": "$encrypted$"}})
    assert made["inputs"] == {"token": "planted"}
    with pytest.raises(Refusal, match="in use"):
        store.change("credential_types", kind, {"inputs": {"fields": []}})
    with pytest.raises(Refusal, match="unexpected"):
        store.change("credentials", made["id"], {"inputs": {"other": "x"}})


def test_a_node_says_only_what_its_template_asks_for(store):
    node = {"workflow_job_template": only(store, "workflow_job_templates"), "identifier": "n"}
    node["unified_job_template"] = only(store, "job_templates")
    with pytest.raises(Refusal, match="not configured to prompt"):
        store.create("workflow_job_template_nodes", {**node, "job_type": "check"})
    with pytest.raises(Refusal, match="not allowed on launch"):
        store.create("workflow_job_template_nodes", {**node, "extra_data": {"x": 1}})


def test_nodes_lead_forward_and_by_one_path(store):
    workflow = only(store, "workflow_job_templates")
    kind = "workflow_job_template_nodes"
    first, second = (
        store.create(kind, {"workflow_job_template": workflow, "identifier": name})["id"] for name in "ab"
    )
    store.link(kind, first, "success_nodes", {"id": second})
    with pytest.raises(Refusal, match="Cycle detected"):
        store.link(kind, second, "always_nodes", {"id": first})
    with pytest.raises(Refusal, match="Relationship not allowed"):
        store.link(kind, first, "failure_nodes", {"id": second})


def test_a_template_takes_one_credential_of_a_type(store):
    kind = store.find("credential_types", {"name": "OpenStack"})[0]["id"]
    organization, template = only(store, "organizations"), only(store, "job_templates")
    for name in "ab":
        values = {"name": name, "credential_type": kind, "organization": organization}
        number = store.create("credentials", values)["id"]
        if name == "a":
            store.link("job_templates", template, "credentials", {"id": number})
    with pytest.raises(Refusal, match="Cannot assign multiple OpenStack"):
        store.link("job_templates", template, "credentials", {"id": number})


def ask(server, path, method="GET", data=None, **headers):
    """(status, body) of a request."""
    body = json.dumps(data).encode() if data is not None else None
    request = urllib.request.Request(server.url + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_http_wants_a_token_and_pages_lists():
    with AwxServer([]) as server:
        assert ask(server, "/api/v2/ping/")[0] == 200
        assert ask(server, "/api/v2/organizations/")[0] == 401
        assert ask(server, "/api/v2/tokens/", "POST", {}, Authorization="Basic eDp5")[0] == 401
        login = base64.b64encode(f"{server.username}:{server.password}".encode()).decode()
        status, token = ask(server, "/api/v2/tokens/", "POST", {}, Authorization=f"Basic {login}")
        assert status == 201
        bearer = {"Authorization": f"Bearer {token['token']}"}
        for number in range(30):
            assert ask(server, "/api/v2/organizations/", "POST", {"name": f"o{number}"}, **bearer)[0] == 201
        _status, page = ask(server, "/api/v2/organizations/", **bearer)
        assert (page["count"], len(page["results"])) == (31, 25)
        _status, rest = ask(server, page["next"], **bearer)
        assert (len(rest["results"]), rest["next"]) == (6, None)
        assert ask(server, "/api/v2/organizations/?colour=red", **bearer)[0] == 400
        assert ask(server, "/api/v2/organizations/4711/", **bearer)[0] == 404
        assert ask(server, "/api/v2/bananas/", **bearer)[0] == 404

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job of each template gets, when it is laid out as AWX does it and ansible-runner runs it.

The templates come from the stand-in that the role filled. The playbooks only look, or are ours that refuse.
"""

from __future__ import annotations

import stat
from pathlib import Path

import openstack
import pytest
from awx_lab import launch, probe
from awx_lab.job import lay_out
from awx_lab.planted import PLANTED, SECRET
from awx_lab.rules import Refusal
from labkit.paths import CHECKOUT

ANSWERS = {
    "enhanced_instance_image": "debian",
    "enhanced_instance_flavor": "m1.tiny",
    "enhanced_instance_network": "private",
    "enhanced_instance_names": "web-1\nweb-2",
    "enhanced_instance_download": "refuse",
}
PRIME = {name: ANSWERS[f"enhanced_instance_{name}"] for name in ("image", "download")}
PRIME = {f"enhanced_instance_{name}": value for name, value in PRIME.items()}
TEARDOWN = {"enhanced_instance_confirm": "teardown"}
JOBS = {
    "deploy": {},
    "prime-cache": {"answers": PRIME},
    "provision-instance": {"answers": ANSWERS},
    "remove-instance": {"answers": {"enhanced_instance_names": "web-1\nweb-2"}},
    "verify": {},
    "teardown": {"answers": TEARDOWN},
}


@pytest.fixture
def look(filled, collections, tmp_path):
    """Runs a job of a template with the looking playbooks; returns (job, what it saw)."""
    folder, seen = probe.project(tmp_path, filled)

    def run(name, **launched):
        job = lay_out(filled, name, tmp_path / "job", folder, **launched)
        job.run(ANSIBLE_COLLECTIONS_PATH=collections)
        assert job.status == "successful", job.output
        return job, seen()

    return run


@pytest.mark.parametrize("name", JOBS)
def test_a_job_gets_its_credentials_and_leaks_none(look, name):
    job, seen = look(name, **JOBS[name])
    given = PLANTED["awx_templates_ontap_inputs"]
    (connection,) = seen["ontap"]
    assert connection["hostname"] == given["hostname"]
    assert connection["vserver"] == given["vserver"]
    # ansible-core 2.19 would read this as a number, were it among the extra variables.
    assert connection["username"] == "0123"
    # An expression inside a password stays a text.
    assert connection["password"] == given["password"]
    assert connection["validate_certs"] is True
    assert set(connection) == {
        "hostname",
        "vserver",
        "username",
        "password",
        "key_filepath",
        "validate_certs",
    }
    key = Path(connection["key_filepath"])
    assert key.read_text() == given["key"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert seen["admin_cloud"] == "admin"
    assert seen["locations_password"] == "planted-locations"
    assert job.leaks(SECRET) == []


def test_provision_knows_the_tenants_cloud_and_the_administrators(look, monkeypatch):
    _job, seen = look("provision-instance", answers=ANSWERS)
    assert seen["cloud"] == "devstack"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", seen["clouds"])
    monkeypatch.setenv("OS_CLIENT_SECURE_FILE", seen["secure"])
    tenant = openstack.connect(cloud=seen["cloud"]).config.config["auth"]
    admin = openstack.connect(cloud=seen["admin_cloud"]).config.config["auth"]
    assert (tenant["username"], tenant["password"]) == ("tenant", "planted-tenant")
    assert tenant["user_domain_name"] == "Default"
    assert (admin["username"], admin["project_name"]) == ("admin", "admin")
    assert admin["password"] == PLANTED["awx_templates_openstack_admin_inputs"]["password"]


def test_deploy_knows_the_administrators_cloud_alone(look, monkeypatch):
    _job, seen = look("deploy")
    assert (seen["cloud"], seen["clouds"]) == (None, "")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("OS_CLIENT_SECURE_FILE", seen["secure"])
    assert openstack.connect(cloud="admin").config.config["auth"]["username"] == "admin"


def test_deploy_is_a_check_job_unless_run_is_chosen(look):
    _job, seen = look("deploy")
    assert (seen["check"], seen["diff"]) == (True, True)


def test_deploy_runs_when_run_is_chosen(look):
    _job, seen = look("deploy", job_type="run", diff_mode=False)
    assert (seen["check"], seen["diff"]) == (False, False)


def test_answers_that_were_left_empty_are_not_given(look):
    empty = {**ANSWERS, "enhanced_instance_names": "", "enhanced_instance_volume_size": ""}
    empty["enhanced_instance_count"] = 3
    job, seen = look("provision-instance", answers=launch.ui_answers(empty))
    # Numbers are not there at all; texts have the survey's default, an empty text, which ansible-core 2.19
    # reads as null because of the way AWX marks it.
    assert job.variables["enhanced_instance_names"] == job.variables["enhanced_instance_volume_type"] == ""
    assert "enhanced_instance_volume_size" not in job.variables
    assert not seen["names"] and not seen["volume_type"]
    assert seen["count"] == 3


@pytest.mark.parametrize(
    ("name", "answers", "message"),
    [
        (
            "provision-instance",
            {"enhanced_instance_flavor": "m1.tiny"},
            "instance_image' value missing",
        ),
        ("provision-instance", {**ANSWERS, "enhanced_instance_count": 0}, "too small"),
        ("provision-instance", {**ANSWERS, "enhanced_instance_count": "3"}, "expected to be an integer"),
        ("provision-instance", {**ANSWERS, "enhanced_instance_download": "maybe"}, "expected to be one of"),
        ("provision-instance", {**ANSWERS, "enhanced_instance_ontap": []}, "not allowed on launch"),
        ("teardown", {}, "'enhanced_instance_confirm' value missing"),
        ("teardown", {"enhanced_instance_confirm": "yes"}, "too small"),
        ("verify", {"enhanced_instance_ontap": []}, "not allowed on launch"),
    ],
)
def test_awx_refuses_to_start(filled, tmp_path, name, answers, message):
    with pytest.raises(Refusal, match=message):
        lay_out(filled, name, tmp_path, CHECKOUT, answers=answers)


def test_prompts_that_a_template_does_not_ask_for_are_refused(filled, tmp_path):
    with pytest.raises(Refusal, match="not configured to prompt"):
        lay_out(filled, "verify", tmp_path, CHECKOUT, limit="cinder-1")


def test_slices_share_the_instances(look, filled, collections, tmp_path):
    job, seen = look("provision-instance", answers=ANSWERS, inventory_name="instances", share=(1, 2))
    assert seen["hosts"] == ["web-1", "web-3", "web-5"]
    assert job.artifacts == {"enhanced_instance_summary": {"total": 3}}
    second = lay_out(
        filled,
        "provision-instance",
        tmp_path / "second",
        tmp_path / "project",
        answers=ANSWERS,
        inventory_name="instances",
        share=(2, 2),
        number=2,
    ).run(ANSIBLE_COLLECTIONS_PATH=collections)
    assert second.artifacts == {"enhanced_instance_summary": {"total": 2}}


def test_artifacts_reach_the_next_node_although_no_survey_knows_them(filled, tmp_path):
    job = lay_out(filled, "verify", tmp_path, CHECKOUT, artifacts={"enhanced_instance_summary": {"total": 3}})
    assert job.variables["enhanced_instance_summary"] == {"total": 3}


def test_a_failure_branch_ends_red(filled, collections, tmp_path):
    job = lay_out(filled, "report-failure", tmp_path, CHECKOUT).run(ANSIBLE_COLLECTIONS_PATH=collections)
    assert job.status == "failed"
    assert "A step of the workflow" in job.output


def test_provision_says_what_is_missing(filled, collections, tmp_path):
    """The real playbook, launched by the survey with neither names nor a number."""
    answers = {**ANSWERS, "enhanced_instance_names": ""}
    job = lay_out(filled, "provision-instance", tmp_path, CHECKOUT, answers=answers)
    job.run(ANSIBLE_COLLECTIONS_PATH=collections)
    assert job.status == "failed"
    assert "enhanced_instance_names or enhanced_instance_count" in " ".join(job.output.split())
    assert job.leaks(SECRET) == []


def test_remove_says_what_is_missing(filled, collections, tmp_path):
    job = lay_out(filled, "remove-instance", tmp_path, CHECKOUT, answers={"enhanced_instance_names": " "})
    job.run(ANSIBLE_COLLECTIONS_PATH=collections)
    assert job.status == "failed"
    assert "Nothing was removed" in job.output
    assert job.leaks(SECRET) == []


def test_teardown_refuses_another_word(filled, collections, tmp_path):
    answers = {"enhanced_instance_confirm": "tearDown"}
    job = lay_out(filled, "teardown", tmp_path, CHECKOUT, answers=answers)
    job.run(ANSIBLE_COLLECTIONS_PATH=collections)
    assert job.status == "failed"
    assert "enhanced_instance_confirm" in job.output
    assert job.changed == 0
    assert job.leaks(SECRET) == []

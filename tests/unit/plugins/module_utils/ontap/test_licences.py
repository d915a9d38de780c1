# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexClone's licence: what lacks, when it is asked for, and what goes on without an answer."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    clones,
    errors,
    licences,
    lun_clones,
)

from .fake_ontap import Answer, FakeOntap, error

PATH = "/cluster/licensing/licenses"
NFS = {"name": "nfs", "state": "compliant"}
NONE = {"active": False, "compliance": {"state": "unlicensed"}}
GOOD = {"active": True, "compliance": {"state": "compliant"}}


def flexclone(state, *installed):
    """A record of the package."""
    return {"name": "flexclone", "state": state, "licenses": list(installed)}


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ([], None),
        ([NFS], "unlicensed"),
        ([NFS, flexclone("compliant", GOOD)], None),
        ([{"name": "FlexClone", "state": "compliant"}], None),
        ([flexclone("unknown")], None),
        ([{"name": "flexclone"}], None),
        ([flexclone("unlicensed", NONE)], "unlicensed"),
        ([flexclone("noncompliant")], "noncompliant"),
        ([flexclone("noncompliant", NONE, {"active": False})], "noncompliant"),
        ([flexclone("noncompliant", NONE, GOOD)], None),
        ([flexclone("noncompliant", NONE, {"compliance": {"state": "compliant"}})], None),
    ],
)
def test_lacking(packages, expected):
    assert licences.lacking(packages) == expected


def files_task(ontap, *pairs, **more):
    """ontap_file_clone of pairs in a FlexVol with the files one and there."""
    return clones.perform(ontap.client(), "svm_a", "vol", list(pairs), **more)[0]


def luns_task(ontap, *pairs, **more):
    """ontap_lun_clone of pairs in a FlexVol with the LUNs one and there, beside the FlexVol other."""
    named = [(f"/vol/vol/{source}", f"/vol/{'' if '/' in path else 'vol/'}{path}") for source, path in pairs]
    return lun_clones.perform(ontap.client(), "svm_a", named, **more)[0]


@pytest.fixture(name="ontap")
def fixture_ontap():
    ontap = FakeOntap()
    for name in ("vol", "other"):
        ontap.add_volume("svm_a", name)
    for name in ("one", "there"):
        ontap.add_file("vol", name)
        ontap.add_lun(f"/vol/vol/{name}")
    return ontap


TASKS = pytest.mark.parametrize("task", [files_task, luns_task])


@TASKS
@pytest.mark.parametrize("check", [False, True])
def test_without_licence_nothing_is_changed(ontap, task, check):
    ontap.licences = [NFS]
    with pytest.raises(failures.Unsupported) as caught:
        task(ontap, ("one", "new"), ("one", "there"), check=check)
    assert caught.value.sentence == (
        "Cloning needs ONTAP's licence 'flexclone', and its state is unlicensed (fake); install a licence "
        "that contains FlexClone, such as ONTAP One, on the nodes of the cluster."
    )
    assert ontap.count("POST") == 0


@TASKS
@pytest.mark.parametrize(
    "answer",
    [
        error(403, 6, "not authorized for that command"),
        error(404, 3, "API not found"),
        error(404, 4, "entry doesn't exist"),
        Answer(200, {"records": [], "num_records": 0}),
    ],
)
def test_without_an_answer_it_goes_on(ontap, task, answer):
    ontap.script = [("GET", PATH, answer)]
    assert task(ontap, ("one", "new"))[0]["changed"]


@TASKS
@pytest.mark.parametrize(
    ("pairs", "asked"),
    [
        ([("one", "there")], 0),
        ([("nowhere", "new"), ("one", "other")], 0),
        ([("one", "new")], 1),
        ([("one", "new"), ("one", "second"), ("one", "third")], 1),
    ],
)
def test_asked_once_and_only_before_a_clone(ontap, task, pairs, asked):
    task(ontap, *pairs)
    assert ontap.count("GET", PATH) == asked


def test_copied_luns_need_no_licence(ontap):
    ontap.licences = [NFS]
    assert luns_task(ontap, ("one", "other/copy"))[0]["changed"]
    assert ontap.count("GET", PATH) == 0


def test_refusal_while_cloning_has_the_same_cure(ontap):
    refusal = error(400, errors.UNLICENSED, "FlexClone is not licensed on this cluster.")
    ontap.script = [
        ("GET", PATH, error(403, 6, "not authorized for that command")),
        ("POST", "/storage/file/clone", refusal),
    ]
    failure = files_task(ontap, ("one", "new"))[0]["failure"]
    assert (failure["status"], failure["code"]) == (400, "14956")
    assert "ONTAP One" in failure["cure"]

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge 2: netapp.ontap's own modules: create, unchanged, modify, delete, each in check mode too."""

from __future__ import annotations

import pytest
from ontap_sim.harness import Simulator

from . import ansible_judge

pytestmark = pytest.mark.slow
TASKS = list(ansible_judge.tasks())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, tools_python, collections):
    from .conftest import Api

    with Simulator(svms=("svm1", "svm2")) as own:
        body = {"name": "vol", "svm.name": "svm1", "aggregates": ["aggr1"], "size": "1GB", "nas.path": "/vol"}
        Api(own).post("/storage/volumes", body)
        results = ansible_judge.run(
            tools_python,
            collections,
            str(tmp_path_factory.mktemp("ansible")),
            connection=own,
            variables={"svm": "svm1", "other_svm": "svm2", "volume": "vol"},
        )
        return results, own.control.audit_summary()["uncovered"], own.control.audit()


@pytest.mark.parametrize("name, changed", [(name, changed) for name, changed, _task in TASKS])
def test_module(outcome, name, changed):
    result = outcome[0][name]
    assert not result.get("failed"), result.get("msg")
    assert result.get("changed") is changed


def test_nothing_uncovered_was_asked(outcome):
    assert outcome[1] == {}


def test_which_endpoints_it_judged(outcome, record_judgement):
    record_judgement("ansible", [entry for entry in outcome[2] if entry["time"] > 0])


def test_rest_info_follows_pages(outcome):
    info = outcome[0]["na_ontap_rest_info: subsets"]["ontap_info"]
    assert info["security_roles"]["num_records"] == 11, "read two by two"
    assert info["cluster_nodes"]["num_records"] == 2 and info["storage_luns"]["num_records"] == 0

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences, and clones without FlexClone's."""

from __future__ import annotations

import pytest

PATH = "/cluster/licensing/licenses"


def test_licensed_as_delivered(api):
    states = {record["name"]: record["state"] for record in api.records(PATH + "?fields=state")}
    assert {"nfs", "iscsi", "flexclone"} <= set(states)
    assert set(states.values()) == {"compliant"}
    package = api.get(PATH + "/flexclone")
    assert [licence["owner"] for licence in package["licenses"]] == ["sim-01", "sim-02"]
    assert all(licence["active"] for licence in package["licenses"])


@pytest.mark.parametrize(
    ("switch", "state", "active"),
    [
        ("one_node", "noncompliant", [True, False]),
        ("expired", "noncompliant", [False, False]),
        ("unlicensed", "unlicensed", [False, False]),
    ],
)
def test_states(api, sim, write, switch, state, active):
    sim.control.set(flexclone_licence=switch)
    (record,) = api.records(f"{PATH}?name=flexclone&state={state}&fields=*")
    assert [licence["active"] for licence in record["licenses"]] == active
    shown = "flexclone" in [record["name"] for record in api.records(PATH)]
    assert shown == (state != "unlicensed")
    if not shown:
        assert api.error("GET", PATH + "/flexclone")[:2] == (404, "4")
    write("src")
    uuid = api.volume("vol1")["uuid"]
    body = {"volume": {"uuid": uuid, "name": "vol1"}, "source_path": "src", "destination_path": "new"}
    if any(active):
        api.post("/storage/file/clone", body)
        return
    assert api.error("POST", "/storage/file/clone", body)[:2] == (400, "14956")
    command = {
        "vserver": "svm1",
        "volume": "vol1",
        "source-path": "src",
        "destination-path": "new",
    }
    assert api.error("POST", "/private/cli/volume/file/clone", command)[:2] == (400, "14956")


def test_lun_clones_are_refused_and_copies_are_not(api, sim):
    lun = {"svm.name": "svm1", "name": "/vol/vol1/src", "os_type": "linux", "space.size": "1MB"}
    api.post("/storage/luns", lun)
    sim.control.set(flexclone_licence="unlicensed")
    wanted = {"svm.name": "svm1", "name": "/vol/vol1/new", "clone.source.name": "/vol/vol1/src"}
    assert api.error("POST", "/storage/luns", wanted)[:2] == (400, "14956")
    copy = {"svm.name": "svm1", "name": "/vol/vol2/new", "copy.source.name": "/vol/vol1/src"}
    api.post("/storage/luns", copy)
    api.delete("/storage/luns?svm.name=svm1")


def test_not_for_accounts_of_an_svm(sim, make_api):
    vsadmin = make_api(sim, "vsadmin", host=sim.svm_host("svm1"))
    assert vsadmin.error("GET", PATH)[:2] == (403, "6")
    assert vsadmin.error("GET", PATH + "/flexclone")[:2] == (403, "6")

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge 1: the upstream Cinder driver, unmodified, in REST mode with and without ZAPI fallback.

It works with the least rights that role ontap_svm gives its account, and these are held to what it asks for.
"""

from __future__ import annotations

import os

import observed_rights
import pytest
from ontap_sim.harness import Simulator

from . import cinder_judge

pytestmark = pytest.mark.slow
COMMON = [
    "start",
    "stats",
    "create",
    "clone",
    "snapshot",
    "volume from snapshot",
    "revert to snapshot",
    "extend",
]
DIRECT = ["file usage", "clone from a snapshot of the FlexVol", "file copy", "QoS"]
STEPS = {
    "nfs": [*COMMON, "manage", "image, cold cache", "image, warm cache", *DIRECT, "delete"],
    "iscsi": [*COMMON, "connect", "disconnect", "manage", "LUN copy", "delete"],
}
PROBE = "return_records=false?max_records=10000"  # the driver's malformed query (facts A3)


@pytest.fixture(scope="module")
def own():
    with Simulator() as simulator:
        simulator.prepare_nfs(volumes=("vol1", "vol2"), size="20GB")
        for protocol in STEPS:
            purpose = f"cinder_{protocol}"
            observed_rights.account(simulator, purpose, [purpose], applications=("http", "ontapi"))
        yield simulator


@pytest.fixture(scope="module")
def entries():
    """Everything that the driver asked, over all four runs."""
    return []


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "image.raw"
    path.write_bytes(os.urandom(4 << 20))
    return str(path)


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("protocol", ["nfs", "iscsi"])
def test_driver(own, make_api, tmp_path, openstack_python, image, protocol, fallback, entries):
    api = make_api(own)
    address = own.svms["svm1"]["svm1_a"]
    pools = [f"{address}:/vol1", f"{address}:/vol2"] if protocol == "nfs" else ["vol1", "vol2"]
    if protocol == "iscsi":
        api.call("POST", "/protocols/san/iscsi/services", {"svm.name": "svm1"})
        body = {"svm.name": "svm1", "name": "/vol/vol1/foreign", "os_type": "linux", "space.size": "1GB"}
        api.post("/storage/luns", body)
    before = len(own.control.audit())
    login = (f"cinder_{protocol}", observed_rights.PASSWORD)
    outcome = cinder_judge.run(
        openstack_python, tmp_path, own, "svm1", protocol, fallback, pools, image, login
    )
    assert list(outcome) == STEPS[protocol]
    assert not {name: text for name, text in outcome.items() if str(text).startswith("FAILED")}
    asked = own.control.audit()[before:]
    entries += asked
    assert not [entry for entry in asked if entry.get("uncovered")], (
        "the driver asked for what is not covered"
    )
    refused = [entry for entry in asked if entry["status"] >= 400 and entry["query"] != PROBE]
    assert not refused
    calls = [entry["zapi"] for entry in asked if "zapi" in entry]
    assert calls == (
        ["system-get-ontapi-version", "system-get-version", "system-node-get-iter"] if fallback else []
    )
    leftover = [name for name in os.listdir(own.volume_root("vol1")) if not name.startswith("img-cache-")]
    assert leftover == [] and api.records("/storage/luns") == []


def test_which_endpoints_it_judged(entries, record_judgement):
    record_judgement("cinder", entries)


@pytest.mark.parametrize("protocol", ["nfs", "iscsi"])
def test_its_rights_are_those_that_it_uses(entries, protocol):
    observed_rights.hold(f"cinder_{protocol}", entries, f"cinder_{protocol}")

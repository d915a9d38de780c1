# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan through the real ONTAP client against the simulator: layouts, accounts, requests; and that
image_cache then does what was planned.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ontap_sim.harness import PASSWORD, Simulator

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    arrays,
    cache,
    plan,
    pools,
    progress,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .layouts import IMAGE, SIZE, Cloud, lif, location, login, send

ENTRY = f"img-cache-{IMAGE}"
CONTENT = os.urandom(SIZE)
FILE_COPY = ["snapmirror", "file_copy"]


@pytest.fixture(scope="module", name="sim")
def simulator():
    if os.geteuid() != 0:
        pytest.skip("the simulator's file systems need root")
    with Simulator(svms=("svm1", "svm2")) as sim:
        sim.prepare_nfs("svm1", volumes=("vol1", "vol2"))
        sim.prepare_nfs("svm2", volumes=("images",))
        nested = {
            "name": "nested",
            "svm": {"name": "svm1"},
            "aggregates": [{"name": "aggr1"}],
            "size": "1GB",
            "nas.path": "/vol1/inner",
            "guarantee.type": "none",
        }
        send(sim, "POST", "/storage/volumes?return_timeout=60", nested)
        qtree = {"name": "q1", "svm": {"name": "svm1"}, "volume": {"name": "vol1"}}
        send(sim, "POST", "/storage/qtrees?return_timeout=60", qtree)
        yield sim


@pytest.fixture(name="roots")
def the_roots(sim):
    """{volume: root} without files."""
    roots = {name: Path(sim.volume_root(name)) for name in ("vol1", "vol2", "images", "nested")}
    for root in roots.values():
        for file in root.rglob("*-*"):
            if file.is_file():
                file.unlink()
    sim.control.reset()
    return roots


@pytest.fixture(name="shares")
def the_shares(sim):
    address = lif(sim, "svm1")
    return [f"{address}:/vol1", f"{address}:/vol1/inner", f"{lif(sim, 'svm1', 'b')}:/vol2"]


def put(folder, content=CONTENT):
    folder.mkdir(exist_ok=True)
    (folder / IMAGE).write_bytes(content)


def planned(sim, cloud, *logins):
    """(scene, {last part of the share: Decision}, requests sent to ONTAP)."""
    opened = arrays.Arrays(logins or [login(sim)])
    try:
        scene = plan.read(cloud, opened, plan.Question((IMAGE,), "enhanced", wanted=Wanted()))
        found = {pool.share.rpartition("/")[2]: scene.decision(scene.images[0], pool) for pool in scene.pools}
        return scene, found, opened.requests
    finally:
        opened.close()


def primed(sim, cloud, *logins):
    opened = arrays.Arrays(logins or [login(sim)])
    try:
        scene = plan.read(cloud, opened, plan.Question((IMAGE,), "enhanced", wanted=Wanted()))
        return cache.prime(scene, Context(cloud, opened, Options(), progress.Progress()))
    finally:
        opened.close()


def paths(found):
    return {name: decision.path for name, decision in found.items()}


def test_glance_in_a_qtree(sim, roots, shares):
    put(roots["vol1"] / "q1")
    cloud = Cloud(shares, location(f"nfs://{lif(sim, 'svm1')}/vol1/q1", f"file:///mnt/{IMAGE}"))
    _scene, found, requests = planned(sim, cloud)
    assert paths(found) == {"vol1": "image_clone", "inner": "copy_offload", "vol2": "copy_offload"}
    assert "qtree q1" in " ".join(found["vol1"].reasons)
    # five of a survey and the SVMs' peering, the file, its first bytes, qtrees, one listing a FlexVol
    assert requests == 6 + 3 + 3
    assert primed(sim, cloud)["summary"]["failed"] == 0
    assert all((roots[name] / ENTRY).read_bytes() == CONTENT for name in ("vol1", "vol2", "nested"))
    _scene, found, again = planned(sim, cloud)
    assert set(paths(found).values()) == {"cache_clone"} and again == requests


def test_glance_on_a_nested_junction(sim, roots, shares):
    put(roots["nested"] / "glance")
    cloud = Cloud(
        shares, location(f"nfs://{lif(sim, 'svm1', 'b')}/vol1", f"file:///mnt/inner/glance/{IMAGE}")
    )
    _scene, found, _requests = planned(sim, cloud)
    assert paths(found) == {"vol1": "copy_offload", "inner": "image_clone", "vol2": "copy_offload"}
    assert primed(sim, cloud)["summary"]["failed"] == 0
    assert (roots["vol1"] / ENTRY).read_bytes() == CONTENT


def test_a_directory_is_no_pool(sim, roots):
    put(roots["vol1"] / "glance")
    cloud = Cloud(
        [f"{lif(sim, 'svm1')}:/vol1/q1"],
        location(f"nfs://{lif(sim, 'svm1')}/vol1", f"file:///mnt/glance/{IMAGE}"),
    )
    _scene, found, _requests = planned(sim, cloud)
    assert found["q1"].path == "download"
    assert "directory q1 in FlexVol vol1" in found["q1"].reasons[0]


def test_glance_in_another_svm(sim, roots, shares):
    put(roots["images"] / "glance")
    cloud = Cloud(shares[2:], location(f"nfs://{lif(sim, 'svm2')}/images", f"file:///mnt/glance/{IMAGE}"))
    _scene, found, _requests = planned(sim, cloud)
    assert found["vol2"].path == "download"
    assert "7013361" in found["vol2"].reasons[-1] and "vserver peer create" in found["vol2"].cures[-1]
    peer = {"svm": {"name": "svm1"}, "peer": {"svm": {"name": "svm2"}}, "applications": ["snapmirror"]}
    send(sim, "POST", "/svm/peers?return_timeout=60", peer)
    uuid = send(sim, "GET", "/svm/peers?svm.name=svm1")["records"][0]["uuid"]
    try:
        _scene, found, _requests = planned(sim, cloud)
        assert found["vol2"].path == "download"
        assert "7013360" in found["vol2"].reasons[-1] and "vserver peer modify" in found["vol2"].cures[-1]
        send(sim, "PATCH", f"/svm/peers/{uuid}", {"applications": FILE_COPY})
        each = [login(sim, svm, "vsadmin", PASSWORD) for svm in ("svm1", "svm2")]
        for logins in ((), each):  # the cluster's account, and one account of each SVM
            (roots["vol2"] / ENTRY).unlink(missing_ok=True)
            _scene, found, _requests = planned(sim, cloud, *logins)
            assert found["vol2"].path == "copy_offload", found["vol2"].reasons
            result = primed(sim, cloud, *logins)
            assert result["summary"]["failed"] == 0, result
            assert (roots["vol2"] / ENTRY).read_bytes() == CONTENT
    finally:
        send(sim, "DELETE", f"/svm/peers/{uuid}")


def test_one_svms_account_alone(sim, roots, shares):
    put(roots["vol1"] / "glance")
    cloud = Cloud(shares, location(f"nfs://{lif(sim, 'svm1')}/vol1", f"file:///mnt/glance/{IMAGE}"))
    _scene, found, _requests = planned(sim, cloud, login(sim, "svm1", "vsadmin", PASSWORD))
    assert paths(found) == {"vol1": "image_clone", "inner": "copy_offload", "vol2": "copy_offload"}
    put(roots["images"] / "glance")
    elsewhere = Cloud(shares, location(f"nfs://{lif(sim, 'svm2')}/images", f"file:///mnt/glance/{IMAGE}"))
    _scene, found, _requests = planned(sim, elsewhere, login(sim, "svm1", "vsadmin", PASSWORD))
    assert set(paths(found).values()) == {"download"}
    assert "no LIF of the given ONTAP connections" in found["vol2"].reasons[0]


def test_accounts_that_see_little(sim, roots, shares):
    """Roles without cluster and peers: still a plan, which says what it does not know."""
    put(roots["images"] / "glance")
    cloud = Cloud(shares[2:], location(f"nfs://{lif(sim, 'svm2')}/images", f"file:///mnt/glance/{IMAGE}"))
    logins = []
    for svm in ("svm1", "svm2"):
        privileges = [
            {"path": "/api/storage", "access": "all"},
            {"path": "/api/network", "access": "readonly"},
            {"path": "/api/protocols", "access": "readonly"},
        ]
        send(
            sim, "POST", "/security/roles", {"name": "few", "owner": {"name": svm}, "privileges": privileges}
        )
        account = {
            "name": "few",
            "owner": {"name": svm},
            "role": {"name": "few"},
            "password": PASSWORD,
            "applications": [{"application": "http", "authentication_methods": ["password"]}],
        }
        send(sim, "POST", "/security/accounts", account)
        logins.append(login(sim, svm, "few", PASSWORD))
    _scene, found, _requests = planned(sim, cloud, *logins)
    assert found["vol2"].path == "download"
    assert "may not read which cluster it is on" in found["vol2"].reasons[-1]
    assert "/api/cluster" in found["vol2"].cures[-1]


def test_a_mislabelled_image_is_not_cloned(sim, roots, shares):
    put(roots["vol1"] / "glance", b"QFI\xfb" + CONTENT[4:])
    cloud = Cloud(shares, location(f"nfs://{lif(sim, 'svm1')}/vol1", f"file:///mnt/glance/{IMAGE}"))
    scene, found, _requests = planned(sim, cloud)
    assert scene.images[0].content_format == "qcow2"
    assert set(paths(found).values()) == {"download"}
    assert "begins like qcow2" in found["vol1"].reasons[0]
    assert primed(sim, cloud)["changed"] is False
    # an entry that somebody made of it is not trusted either
    (roots["vol2"] / ENTRY).write_bytes(b"QFI\xfb" + CONTENT[4:])
    _scene, found, _requests = planned(sim, cloud)
    assert set(paths(found).values()) == {"download"}


def test_takeover(sim, roots, shares):
    put(roots["vol1"] / "glance")
    cloud = Cloud(shares, location(f"nfs://{lif(sim, 'svm1')}/vol1", f"file:///mnt/glance/{IMAGE}"))
    sim.control.takeover(60)
    _scene, found, _requests = planned(sim, cloud)
    assert paths(found) == {"vol1": "image_clone", "inner": "download", "vol2": "download"}
    assert "during takeover and giveback" in found["vol2"].reasons[-1]
    sim.control.reset()
    _scene, found, _requests = planned(sim, cloud)
    assert paths(found) == {"vol1": "image_clone", "inner": "copy_offload", "vol2": "copy_offload"}


def test_several_locations(sim, roots, shares):
    put(roots["vol2"] / "glance")
    put(roots["images"] / "glance")
    cloud = Cloud(
        shares,
        {"url": "https://example.com/x", "metadata": {"store": "web"}},
        location(f"nfs://{lif(sim, 'svm2')}/images", f"file:///mnt/glance/{IMAGE}"),
        location(f"nfs://{lif(sim, 'svm1')}/vol2", f"file:///mnt/glance/{IMAGE}"),
    )
    _scene, found, _requests = planned(sim, cloud)
    assert paths(found) == {"vol1": "copy_offload", "inner": "copy_offload", "vol2": "image_clone"}
    said = " ".join(found["vol2"].reasons)
    assert "is https (store web)" in said and "also at glance/" in said and "SVM svm2" in said


def test_pools_with_what_is_behind_them(sim, roots, shares):
    (roots["vol2"] / ENTRY).write_bytes(b"x" * 7)
    opened = arrays.Arrays([login(sim)])
    before = len(sim.control.audit())
    try:
        found = pools.report(Cloud(shares), opened, plan.Question((), pool_query="@"))
    finally:
        opened.close()
    told = {one["share"].rpartition("/")[2]: one for one in found}
    assert {name: one["flexvol"] for name, one in told.items()} == {
        "vol1": "vol1",
        "inner": "nested",
        "vol2": "vol2",
    }
    assert {name: one["junction_is_name"] for name, one in told.items()} == {
        "vol1": True,
        "inner": False,
        "vol2": True,
    }
    assert [(one["name"], one["size"]) for one in told["vol2"]["entries"]] == [(ENTRY, 7)]
    # what is where, and one listing a FlexVol; the simulator counts the same
    assert opened.requests == 3 + 3 == len(sim.control.audit()) - before

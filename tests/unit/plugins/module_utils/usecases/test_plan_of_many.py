# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan over clusters of any size: how many requests it costs, and what several SVMs change."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import arrays, plan

from .fakes import IMAGE_ID, FakeCloud, image
from .stub_ontap import StubClient

ENTRY = f"img-cache-{IMAGE_ID}"
TAKEN_OVER = [{"name": "n1", "state": "up"}, {"name": "n2", "state": "waiting_for_giveback"}]


def cloud_over(stub, directory="glance"):
    """A cloud with a pool for each FlexVol of the stub, and its image in the first one."""
    cloud = FakeCloud()
    cloud.pools = [
        {"name": f"h@b#10.0.0.{number}:/vol{one}", "capabilities": {"storage_protocol": "nfs"}}
        for number in range(1, len(stub.svms) + 1)
        for one in range(1, stub.each + 1)
    ]
    cloud.types = [{"id": "t1", "name": "enhanced", "extra_specs": {}}]
    metadata = {"type": "nfs", "share_location": "nfs://10.0.0.1/vol1", "mountpoint": "/mnt"}
    cloud.locations = [{"url": f"file:///mnt/{directory}/{IMAGE_ID}", "metadata": metadata}]
    return cloud


def arrays_of(*connections):
    made = arrays.Arrays([])
    made.clients = list(connections)
    return made


def read(stub, cloud=None, connections=None, images=("debian",)):
    cloud = cloud or cloud_over(stub)
    made = arrays_of(*(connections or [(stub, None)]))
    scene = plan.read(cloud, made, plan.Question(images, "enhanced"))
    return cloud, scene, Counter(one["path"] for one in plan.paths(scene))


@pytest.mark.parametrize("svms", [1, 2])
@pytest.mark.parametrize("pools", [1, 100, 1000])
def test_requests(pools, svms):
    stub = StubClient(svms, max(1, pools // svms), peers=[("svm1", "svm2", "peered", ["file_copy"])])
    cloud, scene, paths = read(stub)
    number = len(scene.pools)
    assert cloud.requests == 5  # image, locations, pools, type, encryption
    assert stub.asked == {
        "/cluster": 1,
        "/storage/volumes": 1,
        "/network/ip/interfaces": 1,
        "/protocols/nfs/services": 1,
        "/cluster/nodes": 1,
        **({"/svm/peers": 1} if svms == 2 else {}),
        "/storage/qtrees": 1,
        "first bytes": 1,
        "look at a file": 1,
        "/storage/volumes/{uuid}/files": number,  # a listing a FlexVol
    }
    assert paths == Counter(image_clone=1, copy_offload=number - 1)


def test_requests_of_many_images():
    ids = [f"{number:08d}-1111-1111-1111-111111111111" for number in range(100)]
    stub = StubClient(1, 10)
    cloud = cloud_over(stub)
    cloud.images = [image(id=one, name=one) for one in ids]
    _cloud, scene, _paths = read(stub, cloud, images=tuple(ids))
    assert len(scene.decisions) == 1000
    assert cloud.calls["GET /images"] == 1
    # The images lie in one directory, which is listed once; and one listing a FlexVol.
    assert stub.asked["/storage/volumes/{uuid}/files"] <= 1 + 10 + 1


def test_two_connections_to_one_cluster():
    stub = StubClient(2, 2, peers=[("svm2", "svm1", "peered", ["file_copy", "snapmirror"])])
    _cloud, _scene, paths = read(stub, connections=[(stub, "svm1"), (stub, "svm2")])
    assert paths == Counter(image_clone=1, copy_offload=3)


@pytest.mark.parametrize(
    ("peers", "path", "said"),
    [
        ([], "download", "7013361"),
        ([("svm1", "svm2", "peered", ["snapmirror"])], "download", "7013360"),
        ([("svm1", "svm2", "pending", ["file_copy"])], "download", "is pending (code 7012362)"),
        ([("svm1", "svm2", "peered", ["file_copy"])], "copy_offload", "copies it inside"),
    ],
)
def test_peering(peers, path, said):
    stub = StubClient(2, 1, peers=peers)
    _cloud, scene, _paths = read(stub)
    found = scene.decision(scene.images[0], scene.pools[1])
    assert found.path == path and said in " ".join(found.reasons)


def test_an_account_that_may_not_read_peers():
    stub = StubClient(2, 1, refused=("/svm/peers", "/cluster/nodes", "/storage/qtrees"))
    _cloud, scene, _paths = read(stub)
    found = scene.decision(scene.images[0], scene.pools[1])
    assert found.path == "copy_offload" and "may not read SVM peers" in found.reasons[-1]
    assert "/api/svm/peers" in found.cures[-1]


def test_accounts_that_may_not_read_the_cluster():
    one, two = StubClient(2, 1, refused=("/cluster",)), StubClient(2, 1, refused=("/cluster",))
    two.host = "other"
    _cloud, scene, _paths = read(one, connections=[(one, "svm1"), (two, "svm2")])
    found = scene.decision(scene.images[0], scene.pools[1])
    assert found.path == "download" and "may not read which cluster it is on" in found.reasons[-1]


def test_takeover_holds_up_the_copies_of_its_node():
    stub = StubClient(1, 3, nodes=TAKEN_OVER)  # vol1 and vol3 are on aggr2, which is n2's
    _cloud, scene, paths = read(stub)
    assert paths == Counter(image_clone=1, download=2)
    found = scene.decision(scene.images[0], scene.pools[1])
    assert "Node n2 of FlexVol vol1 is taken over" in found.reasons[-1]
    assert stub.asked["/storage/aggregates"] == 1


def test_takeover_without_a_look_at_the_aggregates():
    stub = StubClient(1, 3, nodes=TAKEN_OVER, refused=("/storage/aggregates",))
    _cloud, _scene, paths = read(stub)
    assert paths == Counter(image_clone=1, download=2)


def test_one_address_of_two_svms():
    stub = StubClient(2, 1)
    cloud = cloud_over(stub)
    stub._network_ip_interfaces = lambda query: [
        {"ip": {"address": "10.0.0.1"}, "name": svm, "svm": {"name": svm}, "state": "up"} for svm in stub.svms
    ]
    _cloud, scene, _paths = read(stub, cloud)
    assert "may be any of the FlexVols svm1:vol1, svm2:vol1" in scene.pools[0].why_no_flexvol


@pytest.mark.parametrize(
    ("share", "said"),
    [
        ("10.9.9.9:/vol1", "No given ONTAP connection has a LIF"),
        ("10.0.0.1:/none", "has no volume at junction /none"),
        ("10.0.0.1:/vol1/deep/down", "is the directory deep/down in FlexVol vol1"),
        ("10.0.0.2:/vol1", "no given connection shows FlexVols of it"),
    ],
)
def test_pools_without_a_flexvol(share, said):
    stub = StubClient(2, 1)
    cloud = cloud_over(stub)
    cloud.pools = [{"name": f"h@b#{share}", "capabilities": {"storage_protocol": "nfs"}}]
    _cloud, scene, paths = read(stub, cloud, [(stub, "svm1")])
    assert paths == Counter(download=1) and said in scene.decision(scene.images[0], scene.pools[0]).reasons[0]


def test_names_are_resolved_once():
    stub, asked = StubClient(1, 50), []
    cloud = cloud_over(stub)
    for one in cloud.pools:
        one["name"] = one["name"].replace("10.0.0.1", "nfs.example.com")
    made = arrays.Arrays([], resolve=lambda host: asked.append(host) or ["10.0.0.1"])
    made.clients = [(stub, None)]
    scene = plan.read(cloud, made, plan.Question(("debian",), "enhanced"))
    assert all(pool.flexvol for pool in scene.pools) and asked == ["nfs.example.com"]


@pytest.mark.parametrize("host", ["[fd00::11]", "[fd00:0:0:0::11]", "nas.example.com", "NAS"])
def test_hosts_by_ipv6_and_by_name(host):
    stub = StubClient(1, 1)
    stub._network_ip_interfaces = lambda query: [
        {"ip": {"address": "fd00:0:0:0:0:0:0:11"}, "name": "a", "svm": {"name": "svm1"}, "state": "up"}
    ]
    cloud = cloud_over(stub)
    cloud.pools[0]["name"] = f"h@b#{host}:/vol1"
    cloud.locations[0]["metadata"]["share_location"] = f"nfs://{host}/vol1/"
    made = arrays.Arrays([], resolve=lambda name: ["10.1.1.1", "fd00::11"])
    made.clients = [(stub, None)]
    scene = plan.read(cloud, made, plan.Question(("debian",), "enhanced"))
    assert [one["path"] for one in plan.paths(scene)] == ["image_clone"]


def test_junctions_that_are_not_the_name_are_told_once():
    stub = StubClient(1, 3)
    records = stub._storage_volumes({})
    for record in records:
        record["nas"]["path"] = f"/j/{record['name']}"
    stub._storage_volumes = lambda query: records
    cloud = cloud_over(stub)
    cloud.pools = [dict(one, name=one["name"].replace(":/vol", ":/j/vol")) for one in cloud.pools]
    cloud.locations[0]["metadata"]["share_location"] = "nfs://10.0.0.1/j/vol1"
    _cloud, scene, paths = read(stub, cloud)
    assert paths == Counter(image_clone=1, copy_offload=2)
    (said,) = plan.junction_warnings(scene.pools)
    assert "svm1:vol1 at /j/vol1, svm1:vol2 at /j/vol2, svm1:vol3 at /j/vol3" in said

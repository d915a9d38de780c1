# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    cinder_reach,
)


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([], {}),
        (["one"], {"nfs": ["1", "2"]}),
        (["two"], {"nfs": ["3"], "iscsi": ["4"]}),
        (["one", "shared"], {"nfs": ["1", "2"], "iscsi": ["6"]}),
        (["on"], {}),
    ],
)
def test_volumes_that_would_be_stranded(hosts, expected):
    places = ["one@nfs#a", "one@nfs", "two@nfs#b", "two@iscsi#c", "one@nfs_other#d", "shared@iscsi#e", None]
    volumes = [{"id": str(number), "host": host} for number, host in enumerate(places, 1)]
    assert cinder_reach.stranded(volumes, hosts, ["nfs", "iscsi"]) == expected


def test_volumes_of_a_cluster_are_found_by_its_name():
    volumes = [
        {"id": "1", "host": "one@nfs#a", "cluster_name": "together@nfs#a"},
        {"id": "2", "host": "one@nfs#a", "cluster_name": None},
        {"id": "3", "host": "two@iscsi#b", "cluster_name": "together@iscsi#b"},
    ]
    assert cinder_reach.stranded(volumes, ["one"], ["nfs"]) == {"nfs": ["2"]}
    assert cinder_reach.stranded(volumes, ["one", "together"], ["nfs"]) == {"nfs": ["1", "2"]}
    assert cinder_reach.stranded(volumes, ["one"], [], {"iscsi": {"name": "together"}}) == {"iscsi": ["3"]}
    assert cinder_reach.stranded(volumes, ["one"], [], {"iscsi": {"name": "two"}}) == {}


ABANDON = ", or list it in cinder_netapp_abandoned_backends"
GONE = "which cinder_netapp_backends no longer names; without a backend Cinder cannot reach its volumes"
KNOWN = "which Cinder knows as one and would look for under another name (shared)"
OTHER_HOST = {"name": "one", "new": "shared", "cluster": False}
UPDATE = "cinder-manage volume update_host --currenthost one@nfs#{0} --newhost shared@nfs#{0}"


@pytest.mark.parametrize(
    ("volumes", "leaving", "renamed", "parts"),
    [
        ([], ["nfs"], {"san": OTHER_HOST}, []),
        (None, [], {}, []),
        (None, ["nfs"], {}, ["No cinder_netapp_admin_cloud is given", f"on backend nfs, {GONE}.", ABANDON]),
        (
            ["one@nfs#a"],
            ["nfs"],
            {},
            ["1 volumes (0) are on backend nfs, ", GONE, "delete the volumes", ABANDON],
        ),
        (["one@nfs#a"] * 6, ["nfs"], {}, ["6 volumes (0, 1, 2, 3, 4, ...) are on backend nfs, "]),
        (
            ["one@nfs#a"],
            [],
            {"nfs": OTHER_HOST},
            ["1 volumes (0)", f"nfs, {KNOWN}.", f"first ({UPDATE.format('a')})", ABANDON],
        ),
        (
            ["one@nfs#b", "one@nfs#a", "two@nfs#c", "one@nfs#b"],
            [],
            {"nfs": OTHER_HOST},
            ["3 volumes (0, 1, 3)", f"first ({UPDATE.format('b')}; {UPDATE.format('a')})"],
        ),
        (None, [], {"nfs": OTHER_HOST}, ["No cinder_netapp_admin_cloud", f"first ({UPDATE.format('POOL')})"]),
        (
            ["one@nfs#a", "one@san#b"],
            ["nfs"],
            {"san": OTHER_HOST},
            [
                "2 volumes (0, 1)",
                f"nfs, {GONE} and san, {KNOWN}",
                "name it again, ",
                "keep that name, ",
                ABANDON,
            ],
        ),
    ],
)
def test_why_a_backend_must_not_leave(volumes, leaving, renamed, parts):
    records = [{"id": str(number), "host": host} for number, host in enumerate(volumes or [])]
    found = cinder_reach.why_not(None if volumes is None else records, ["one"], leaving, renamed)
    assert bool(found) == bool(parts)
    assert [part for part in parts if part not in found] == []


@pytest.mark.parametrize(
    ("new", "shown", "word"), [("", "(each host's own)", '""'), ("other", "(other)", "other")]
)
def test_volumes_of_a_cluster_get_another_name_all_at_once(new, shown, word):
    records = [
        {"id": pool, "host": f"one@nfs#{pool}", "cluster_name": f"together@nfs#{pool}"} for pool in "ab"
    ]
    of_cluster = {"nfs": {"name": "together", "new": new, "cluster": True}}
    found = cinder_reach.why_not(records, ["one", "together"], [], of_cluster)
    assert f"knows as together and would look for under another name {shown}. " in found
    assert f"first (cinder-manage cluster rename together {word}), " in found


CLUSTER, BACKEND_HOST = "DEFAULT/cluster", "nfs/backend_host"


@pytest.mark.parametrize(
    ("ours", "others", "wanted", "expected"),
    [
        ({}, {}, {}, {}),
        # Into its first cluster Cinder takes the volumes of a host itself.
        ({}, {}, {"cluster": "together"}, {}),
        ({CLUSTER: ["together"]}, {}, {"cluster": "together"}, {}),
        ({CLUSTER: ["together"]}, {}, {"cluster": "other"}, {"nfs": ("together", "other", True)}),
        ({CLUSTER: ["together"]}, {}, {}, {"nfs": ("together", "", True)}),
        # An operator's own, in the main file, stays.
        ({}, {CLUSTER: ["together"]}, {}, {}),
        ({CLUSTER: ["together"]}, {CLUSTER: ["together"]}, {}, {}),
        ({}, {}, {"backend_host": "shared"}, {"nfs": ("one", "shared", False)}),
        ({}, {}, {"backend_host": "one"}, {}),
        ({BACKEND_HOST: ["shared"]}, {}, {"backend_host": "shared"}, {}),
        ({BACKEND_HOST: ["shared"]}, {}, {}, {"nfs": ("shared", "one", False)}),
        ({BACKEND_HOST: ["shared"]}, {}, {"cluster": "together"}, {"nfs": ("shared", "one", False)}),
        ({}, {BACKEND_HOST: ["shared"]}, {}, {}),
        ({}, {BACKEND_HOST: ["shared"]}, {"cluster": "together"}, {}),
    ],
)
def test_backends_that_get_another_name(ours, others, wanted, expected):
    deployed = {
        "options": {"DEFAULT/host": ["one"], **others},
        "ignored_options": ours,
        "sections": ["DEFAULT", "plain"],
        "ignored_sections": ["DEFAULT", "nfs"],
        "hostname": "one.example.org",
    }
    backends = [{"name": "nfs"}, {"name": "new"}]
    found = cinder_reach.renamed(backends, deployed, wanted)
    assert {name: (one["name"], one["new"], one["cluster"]) for name, one in found.items()} == expected


def test_a_host_without_the_option_goes_by_its_own_name_and_a_backend_may_have_one():
    deployed = {
        "options": {},
        "ignored_options": {},
        "sections": ["nfs", "iscsi"],
        "ignored_sections": [],
        "hostname": "one",
    }
    backends = [{"name": "nfs"}, {"name": "iscsi", "options": {"backend_host": "shared"}}]
    found = cinder_reach.renamed(backends, deployed, {"cluster": "", "backend_host": ""})
    assert found == {"iscsi": OTHER_HOST}


@pytest.mark.parametrize(
    ("cluster", "name", "named"),
    [
        ("together@nfs", "together", True),
        ("together@nfs", "", False),
        ("other@nfs", "together", False),
        (None, "together", False),
        (None, "one", False),
    ],
)
def test_a_cluster_that_cinders_records_do_not_leave(cluster, name, named):
    renamed = {"nfs": {"name": name}} if name else {}
    services = [{"host": "one@nfs", "cluster": cluster}, {"host": "two@nfs", "cluster": "together@nfs"}]
    found = cinder_reach.still_in_cluster(services, "one", renamed)
    assert bool(found) == named
    assert ("cinder-manage service remove cinder-volume one@nfs" in found) == named
    assert "two@nfs" not in found


@pytest.mark.parametrize(
    ("places", "hosts", "told"),
    [
        ([("one@nfs#a", None)], ["one"], ""),
        (
            [("one@nfs#b", None), ("one@nfs#b", None)],
            ["one"],
            "2 volumes (0, 1) are in nfs#b, which the backend no",
        ),
        ([("one@nfs#b", None)] * 6, ["one"], "6 volumes (0, 1, 2, 3, 4, ...) are in nfs#b, "),
        ([("one@nfs#b", None), ("one@nfs#c", None)], ["one"], "2 volumes (0, 1) are in nfs#b and nfs#c, "),
        # Another host's, another backend's, one that is not placed yet.
        ([("two@nfs#b", None), ("one@san#b", None), ("one@nfs", None), (None, None)], ["one"], ""),
        ([("two@nfs#b", "together@nfs#b")], ["one", "together"], "1 volumes (0) are in nfs#b, "),
    ],
)
def test_volumes_whose_pool_would_leave(places, hosts, told):
    volumes = [
        {"id": str(number), "host": host, "cluster_name": cluster}
        for number, (host, cluster) in enumerate(places)
    ]
    found = cinder_reach.cut_off(volumes, hosts, ["nfs"], ["nfs#a"])
    assert found.startswith(told)
    assert bool(found) == bool(told)
    assert not found or found.endswith("or list the backend in cinder_netapp_abandoned_backends")

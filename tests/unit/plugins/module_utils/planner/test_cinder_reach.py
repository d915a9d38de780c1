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
    assert cinder_reach.stranded(volumes, ["one"], [], {"iscsi": "together"}) == {"iscsi": ["3"]}
    assert cinder_reach.stranded(volumes, ["one"], [], {"iscsi": "two"}) == {}


ABANDON = ", or list it in cinder_netapp_abandoned_backends"
GONE = "which cinder_netapp_backends no longer names; without a backend Cinder cannot reach its volumes"
KNOWN = "which Cinder knows as one and would look for under the name that"


@pytest.mark.parametrize(
    ("volumes", "leaving", "renamed", "parts"),
    [
        ([], ["nfs"], {"san": "one"}, []),
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
            {"nfs": "one"},
            ["1 volumes (0)", f"nfs, {KNOWN}", "cinder-manage volume", ABANDON],
        ),
        (
            ["one@nfs#a", "one@san#b"],
            ["nfs"],
            {"san": "one"},
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


CLUSTER, BACKEND_HOST = "DEFAULT/cluster", "nfs/backend_host"


@pytest.mark.parametrize(
    ("ours", "others", "wanted", "expected"),
    [
        ({}, {}, {}, {}),
        # Into its first cluster Cinder takes the volumes of a host itself.
        ({}, {}, {"cluster": "together"}, {}),
        ({CLUSTER: ["together"]}, {}, {"cluster": "together"}, {}),
        ({CLUSTER: ["together"]}, {}, {"cluster": "other"}, {"nfs": "together"}),
        ({CLUSTER: ["together"]}, {}, {}, {"nfs": "together"}),
        # An operator's own, in the main file, stays.
        ({}, {CLUSTER: ["together"]}, {}, {}),
        ({CLUSTER: ["together"]}, {CLUSTER: ["together"]}, {}, {}),
        ({}, {}, {"backend_host": "shared"}, {"nfs": "one"}),
        ({}, {}, {"backend_host": "one"}, {}),
        ({BACKEND_HOST: ["shared"]}, {}, {"backend_host": "shared"}, {}),
        ({BACKEND_HOST: ["shared"]}, {}, {}, {"nfs": "shared"}),
        ({BACKEND_HOST: ["shared"]}, {}, {"cluster": "together"}, {"nfs": "shared"}),
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
    assert cinder_reach.renamed(backends, deployed, wanted) == expected


def test_a_host_without_the_option_goes_by_its_own_name_and_a_backend_may_have_one():
    deployed = {
        "options": {},
        "ignored_options": {},
        "sections": ["nfs", "iscsi"],
        "ignored_sections": [],
        "hostname": "one",
    }
    backends = [{"name": "nfs"}, {"name": "iscsi", "options": {"backend_host": "shared"}}]
    assert cinder_reach.renamed(backends, deployed, {"cluster": "", "backend_host": ""}) == {"iscsi": "one"}


@pytest.mark.parametrize(
    ("cluster", "renamed", "named"),
    [
        ("together@nfs", {"nfs": "together"}, True),
        ("together@nfs", {}, False),
        ("other@nfs", {"nfs": "together"}, False),
        (None, {"nfs": "together"}, False),
        (None, {"nfs": "one"}, False),
    ],
)
def test_a_cluster_that_cinders_records_do_not_leave(cluster, renamed, named):
    services = [{"host": "one@nfs", "cluster": cluster}, {"host": "two@nfs", "cluster": "together@nfs"}]
    found = cinder_reach.still_in_cluster(services, "one", renamed)
    assert bool(found) == named
    assert ("cinder-manage service remove cinder-volume one@nfs" in found) == named
    assert "two@nfs" not in found

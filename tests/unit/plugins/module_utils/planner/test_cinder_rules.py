# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    cinder_files,
    cinder_rules,
)

CONNECTION = {"hostname": "h", "username": "u", "password": "p", "vserver": "s"}
BACKEND = {"name": "nfs", "connection": CONNECTION, "shares": ["192.0.2.11:/a"]}
TOOL = {"netapp_copyoffload_tool_path": "/opt/na_copyoffload_64"}


def backend(**changes):
    return {**BACKEND, **changes}


@pytest.mark.parametrize(
    ("backends", "options", "sentence"),
    [
        ([], {}, "cinder_netapp_backends is empty"),
        ([BACKEND], {"target": "kolla"}, "name the folder in cinder_netapp_output_dir"),
        ([backend(connection={"hostname": "h"})], {}, "neither a user name with a password nor a client"),
        ([backend(connection={**CONNECTION, "cert_filepath": "/c"})], {}, "cert_filepath and key_filepath"),
        ([backend(shares=[])], {}, "backend nfs has no shares"),
        ([backend(protocol="iscsi")], {}, "backend nfs has no flexvols"),
        ([backend(shares=["a"])], {}, "share a of backend nfs is not of the form LIF:/junction"),
        ([BACKEND, backend(name="other")], {}, "share 192.0.2.11:/a is in the backends nfs and other"),
        ([backend(name="DEFAULT")], {}, "backend DEFAULT has the name of another section"),
        ([backend(name="Service_User")], {}, "backend Service_User has the name of another section"),
        ([backend(name="a,b")], {}, "backend 'a,b' has a name that Cinder cannot take"),
        ([backend(name="a@b")], {}, "backend 'a@b' has a name that Cinder cannot take"),
        ([BACKEND, backend(name="NFS", shares=["h:/b"])], {}, "two backends are called nfs; give each"),
        ([backend(options={"x": ["a"]})], {}, "option x of section nfs is a list; give it as text"),
        ([backend(options={"x": "a\nb"})], {}, "option x of section nfs holds a line break"),
        (
            [backend(connection={**CONNECTION, "password": "hidden\n"})],
            {},
            "the password of backend nfs holds a line break, which a file of options cannot hold",
        ),
        (
            [backend(connection={**CONNECTION, "password": r"hidden\$"})],
            {},
            r"the password of backend nfs holds \$, which oslo.config cannot read; choose another",
        ),
        ([backend(options=TOOL)], {}, "set netapp_allow_zapi_fallback: true in its options as well"),
        (
            [
                backend(connection={"cert_filepath": c, "key_filepath": "k"}, name=c, shares=[f"h:/{c}"])
                for c in "ab"
            ],
            {},
            "the backends name 2 client certificates",
        ),
    ],
)
def test_what_cannot_work(backends, options, sentence):
    found = cinder_rules.problems(backends, **options)
    assert len(found) == 1
    assert sentence in found[0]
    assert "hidden" not in found[0]


@pytest.mark.parametrize(
    "one",
    [
        BACKEND,
        backend(options={**TOOL, "netapp_allow_zapi_fallback": True}),
        backend(protocol="iscsi", shares=[], flexvols=["a"]),
        backend(connection={"hostname": "h", "cert_filepath": "/c", "key_filepath": "/k"}),
        backend(shares=["[2001:db8::1]:/a"]),
    ],
)
def test_what_works(one):
    assert cinder_rules.problems([one]) == []


ETCD = "etcd3+http://user:hidden@192.0.2.5:2379"


def host(*pools, **more):
    return {"pools": list(pools), **more}


@pytest.mark.parametrize(
    ("one", "two", "sentence"),
    [
        (host("nfs#a", backend_host="x"), host("nfs#a", backend_host="x"), None),
        (
            host("nfs#a", cluster="x", coordination=ETCD),
            host("nfs#a", cluster="x", coordination=ETCD),
            None,
        ),
        (
            host("nfs#a", cluster="x", coordination=ETCD),
            host("nfs#a", cluster="x"),
            "hosts one, two are one cluster x, but their locks ([coordination] backend_url) are kept by file",
        ),
        (
            host("nfs#a", cluster="x", coordination=ETCD),
            host("nfs#a", cluster="x", coordination=f"{ETCD}0"),
            "have different [coordination] backend_url; give them one cinder_netapp_coordination_url",
        ),
        (host("nfs#a"), host("nfs#b"), None),
        (host("nfs#a"), host("other#a"), None),
        (host("nfs#a"), host("nfs#a"), "both serve a of backend nfs, so Cinder would count its space twice"),
        (host("nfs#a", cluster="x"), host("nfs#a", cluster="y"), "count its space twice"),
        (
            host("nfs#a", "nfs#b", backend_host="x"),
            host("nfs#a", backend_host="x"),
            "hosts one and two serve backend nfs as one, but only one of them has b",
        ),
        (
            host("nfs#a", backend_host="x", running=True),
            host("nfs#a", backend_host="x", running=False),
            None,
        ),
        (
            host("nfs#a", backend_host="x", running=True),
            host("nfs#a", backend_host="x", running=True),
            "cinder-volume runs on hosts one, two, and of hosts with the cinder_netapp_backend_host x one at",
        ),
        (
            host("nfs#a", backend_host="x"),
            host("nfs#a", backend_host="x", cluster_option="y"),
            "host two has cinder_netapp_backend_host, and in its own options the cluster y, into which",
        ),
        (host("nfs#a", cluster_option="y"), host("nfs#b"), None),
        (
            host("nfs#a", backend_host="x", running=True),
            host("nfs#b", backend_host="y", running=True),
            None,
        ),
        (
            host("nfs#a", backend_host="x", cluster="y"),
            host("nfs#b", backend_host="x", cluster="y"),
            "host one has cinder_netapp_backend_host and cinder_netapp_cluster",
        ),
    ],
)
def test_hosts_that_serve_the_same_backend(one, two, sentence):
    found = cinder_rules.problems([BACKEND], hosts={"one": one, "two": two})
    assert (found == []) if sentence is None else (sentence in found[0])
    assert "hidden" not in " ".join(found)
    assert cinder_rules.problems([BACKEND], "folder", "/out", {"one": one, "two": two}) == []


def test_files_that_the_options_name():
    defaults = {
        "shares_folder": "/etc/cinder",
        "ca_file": "/etc/cinder/ca.pem",
        "client_certificate": "/etc/cinder/c.pem",
        "client_key": "/etc/cinder/c.key",
    }
    one = backend(connection={"ca_path": "ca1", "cert_filepath": "cert", "key_filepath": "key"})
    two = backend(name="san", protocol="iscsi", connection={"ca_path": "ca2"})
    assert cinder_files.sources([one, two]) == ["ca1", "cert", "key", "ca2"]
    texts = {"ca1": "first", "ca2": "second\n", "cert": "c", "key": "k"}
    found = cinder_files.files([one, two], defaults, texts)
    assert {file["path"]: file["content"] for file in found["files"]} == {
        "/etc/cinder/nfs_shares_nfs": "192.0.2.11:/a\n",
        "/etc/cinder/ca.pem": "first\nsecond\n",
        "/etc/cinder/c.pem": "c\n",
    }
    assert [file["path"] for file in found["secret_files"]] == ["/etc/cinder/c.key"]

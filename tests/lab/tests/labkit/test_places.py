# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, paths, templates and accounts: what the lab is made of, without a lab."""

from __future__ import annotations

import pytest
from labkit import accounts, addresses, paths, render, seed
from labkit.failure import LabError


@pytest.mark.parametrize("net", ["127.10", "127.1", "127.254"])
def test_a_loopback_net_is_taken(net):
    assert addresses.Addresses(net).api == f"{net}.0.1"


@pytest.mark.parametrize("net", ["10.1", "127", "127.0", "127.255", "127.10.1", "127.x", ""])
def test_another_net_is_refused_with_the_value_the_rule_and_the_cure(net):
    with pytest.raises(LabError) as caught:
        addresses.Addresses(net)
    assert repr(net) in str(caught.value)
    assert "loopback only" in str(caught.value)
    assert "127.N" in str(caught.value)


@pytest.mark.parametrize(
    ("target", "client"),
    [
        ("/var/lib/glance", "127.10.2.1"),
        ("/var/lib/glance/netapp", "127.10.2.1"),
        ("/var/lib/cinder/mnt/149ec7", "127.10.2.2"),
        ("/var/lib/nova/mnt/149ec7", "127.10.2.3"),
        ("/var/lib/glance-other", "127.10.2.9"),
        ("/mnt", "127.10.2.9"),
    ],
)
def test_the_client_follows_from_what_is_mounted(target, client):
    assert addresses.Addresses("127.10").client_for(target) == client


def test_two_labs_share_no_address_and_no_port_of_localhost():
    one, two = (set(addresses.Addresses(net).listeners()) for net in ("127.10", "127.11"))
    assert not one & two
    assert len({(host, port) for _who, host, port in one}) == len(one)


def test_the_simulator_alone_needs_its_three_addresses_only():
    found = addresses.Addresses("127.10").listeners(only_ontap=True)
    assert [host for _who, host, _port in found] == ["127.10.1.1", "127.10.1.10", "127.10.1.30"]


def test_digest_depends_on_content_and_order_only(tmp_path):
    file = tmp_path / "lock"
    file.write_text("a")
    assert paths.digest(file) == paths.digest("a") == paths.digest(b"a")
    assert paths.digest("a", "b") != paths.digest("b", "a")
    assert paths.digest("a", "b") != paths.digest("ab")


def test_names_in_the_cache_follow_the_lock_the_python_and_the_net(tmp_path):
    one, two = paths.Cache(tmp_path, "3.11"), paths.Cache(tmp_path, "3.12")
    assert one.tools == paths.Cache(tmp_path, "3.11").tools
    assert len({one.tools, one.openstack, one.importer, two.tools}) == 4
    assert one.collections == two.collections
    assert one.prepared("127.10") != one.prepared("127.11")
    assert one.checkout(tmp_path / "a") != one.checkout(tmp_path / "b")


def test_the_environment_moves_the_cache_and_the_lab(monkeypatch, tmp_path):
    for name in ("EIC_CACHE", "EIC_LAB", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    assert str(paths.lab_root()) == "/home/me/.cache/openstack_ontap/lab"
    monkeypatch.setenv("XDG_CACHE_HOME", "/big")
    assert str(paths.cache_root()) == "/big/openstack_ontap"
    monkeypatch.setenv("EIC_CACHE", str(tmp_path))
    assert paths.lab_root() == tmp_path / "lab"
    monkeypatch.setenv("EIC_LAB", str(tmp_path / "mine"))
    assert paths.lab_root() == tmp_path / "mine"


def known(tmp_path):
    lab = paths.Lab(tmp_path)
    lab.secrets.mkdir()
    (lab.secrets / "rabbit").write_text("word\n")
    return render.values(addresses.Addresses("127.10"), lab, "/tools", "/source")


def test_a_template_is_filled(tmp_path):
    text = "rabbit://me:@secret:rabbit@@@api@:@port:rabbitmq@/ @url:glance@ @lab@"
    assert render.fill(text, known(tmp_path)) == (
        f"rabbit://me:word@127.10.0.1:25672/ http://127.10.0.1:29292 {tmp_path}"
    )


@pytest.mark.parametrize("text", ["@unknown@", "@port@", "@api:glance@"])
def test_a_wrong_placeholder_is_named(tmp_path, text):
    with pytest.raises(LabError, match=text):
        render.fill(text, known(tmp_path))


def test_every_template_can_be_filled(tmp_path):
    values = known(tmp_path) | {"secret": lambda name: f"<{name}>"}
    templates = [path for path in (paths.LAB_SOURCE / "openstack/etc").rglob("*") if path.is_file()]
    assert len(templates) > 8
    for template in templates:
        assert "@secret" not in render.fill(template.read_text(), values)


def test_users_replace_their_namesakes_and_keep_the_others():
    text = accounts.passwd("root:x:0:0::/root:/bin/sh\nglance:x:7:7::/:/bin/sh\n")
    assert text.startswith("root:x:0:0::/root:/bin/sh\n")
    assert [line for line in text.splitlines() if line.startswith("glance:")] == [
        "glance:x:42415:42415::/var/lib/glance:/usr/sbin/nologin"
    ]


def test_qemu_is_in_cinders_group_and_nowhere_else():
    lines = accounts.group("root:x:0:\n").splitlines()
    assert "cinder:x:42407:qemu" in lines
    assert [line for line in lines if line.endswith(":qemu")] == ["cinder:x:42407:qemu"]


def test_the_simulators_seed_names_password_files_and_no_password():
    content = seed.content(addresses.Addresses("127.10"), lambda name: f"/secrets/{name}")
    assert content["accounts"] == [{"name": "admin", "password_file": "/secrets/ontap_admin"}]
    assert [lif["address"] for lif in content["svms"][0]["lifs"]] == [
        "127.10.1.10",
        "127.10.1.11",
        "127.10.1.12",
        "127.10.1.13",
        "127.10.1.14",
        "127.10.1.21",
        "127.10.1.22",
    ]


def test_the_seed_has_a_second_svm_with_lifs_of_its_own():
    content = seed.content(addresses.Addresses("127.10"), str)
    assert [svm["name"] for svm in content["svms"]] == ["svm_openstack", "svm_images"]
    assert [lif["address"] for lif in content["svms"][1]["lifs"]] == [
        "127.10.1.30",
        "127.10.1.31",
        "127.10.1.32",
    ]

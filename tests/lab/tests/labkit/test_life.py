# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Up, down or broken; whose processes; what a newcomer is told: all without a lab."""

from __future__ import annotations

import os
import socket
import stat
from collections import namedtuple

import pytest
from labkit import apt, checks, collections, memory, prepared, proc, secret, state, supervisor, venvs
from labkit.failure import LabError
from labkit.paths import Lab

COMPLETE = state.State(pid=1, ticks=1, space="mnt:[1]", net="127.10", complete=True)
BEGUN = state.State(pid=1, ticks=1, space="mnt:[1]", net="127.10")


@pytest.mark.parametrize(
    ("known", "alive", "leftovers", "there", "verdict"),
    [
        (None, False, [], False, state.DOWN),
        (COMPLETE, True, [7], True, state.UP),
        # supervisord was killed
        (COMPLETE, False, [], True, state.BROKEN),
        # `up` was killed before it was through
        (BEGUN, True, [7], True, state.BROKEN),
        # killed before it wrote anything down
        (None, False, [7], False, state.BROKEN),
        (None, False, ["/dev/loop7"], False, state.BROKEN),
        (None, False, [], True, state.BROKEN),
    ],
)
def test_the_verdict(known, alive, leftovers, there, verdict):
    assert state.judge(known, alive, leftovers, there) == verdict


def test_a_state_is_read_as_written_and_private(tmp_path):
    file = tmp_path / "state.json"
    state.write(file, COMPLETE)
    assert state.read(file) == COMPLETE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"unknown": 1}'])
def test_an_unreadable_state_is_none(tmp_path, text):
    file = tmp_path / "state.json"
    file.write_text(text)
    assert state.read(file) is None
    assert state.read(tmp_path / "absent") is None


def test_only_a_lab_may_be_removed(tmp_path):
    assert not state.ours(tmp_path / "absent")
    assert not state.ours(tmp_path)
    (tmp_path / "letters").write_text("dear")
    with pytest.raises(LabError, match="holds other files"):
        state.ours(tmp_path)
    state.mark(tmp_path)
    assert state.ours(tmp_path)


def test_this_process_is_no_other(tmp_path):
    mine = proc.start_ticks(os.getpid())
    assert mine
    recorded = state.State(os.getpid(), mine, proc.namespace(os.getpid()), "127.10")
    assert recorded.alive()
    assert not state.State(os.getpid(), mine + 1, recorded.space, "127.10").alive()
    assert not state.State(os.getpid(), mine, "mnt:[0]", "127.10").alive()
    assert proc.start_ticks(2**22 + 1) is None


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("36 35 0:40 / /etc rw - overlay lab rw,lowerdir=/etc,upperdir=/c/lab/overlay/etc/upper", True),
        ("36 35 0:40 / /etc rw - overlay lab rw,lowerdir=/etc,upperdir=/c/lab2/overlay/etc/upper", False),
        ("36 35 0:40 / /c/lab/overlay rw - ext4 /dev/sda rw", False),
        ("36 35 0:40 / /x rw - overlay o rw,upperdir=/c/lab/overlay2/upper", False),
    ],
)
def test_whose_namespace_it_is_tells_the_overlay(line, ours):
    assert proc.mentions_overlay(line, "/c/lab/overlay") is ours


def test_memory_goes_to_the_program_above():
    records = {
        100: (1, 50, 10),
        101: (7, 100, 20),
        102: (8, 101, 30),
        103: (9, 100, 5),
    }
    assert memory.sum_by_program(records, 100) == {1: 10, 7: 50, 9: 5}


class _Scripted(supervisor.Supervisor):
    def __init__(self, *answers):
        self.answers_left = list(answers)

    def programs(self):
        found = self.answers_left.pop(0) if len(self.answers_left) > 1 else self.answers_left[0]
        return {name: {"statename": word, "start": start} for name, (word, start) in found.items()}


def waited(scripted, names, ready=lambda name: True, seconds=5):
    return list(scripted.wait(names, ready, seconds, lambda name: f"{name}.log"))


def test_programs_come_as_they_are_ready(monkeypatch):
    monkeypatch.setattr(supervisor.time, "sleep", lambda seconds: None)
    scripted = _Scripted(
        {"a": ("STARTING", 1), "b": ("RUNNING", 1)}, {"a": ("RUNNING", 1), "b": ("RUNNING", 1)}
    )
    assert waited(scripted, ["a", "b"]) == ["b", "a"]


@pytest.mark.parametrize(
    "answers",
    [
        [{"a": ("FATAL", 1)}],
        [{"a": ("RUNNING", 1)}, {"a": ("EXITED", 3)}, {"a": ("RUNNING", 6)}, {"a": ("BACKOFF", 9)}],
    ],
)
def test_a_program_that_ends_again_and_again_is_named_with_its_log(monkeypatch, answers):
    monkeypatch.setattr(supervisor.time, "sleep", lambda seconds: None)
    with pytest.raises(LabError, match="a ends again and again; its log a.log"):
        waited(_Scripted(*answers), ["a"], ready=lambda name: False)


def test_waiting_has_an_end(monkeypatch):
    monkeypatch.setattr(supervisor.time, "sleep", lambda seconds: None)
    with pytest.raises(LabError, match="a did not become ready in 0 s"):
        waited(_Scripted({"a": ("RUNNING", 1)}), ["a"], ready=lambda name: False, seconds=0)


def sentence(function, *words, **options):
    with pytest.raises(LabError) as caught:
        function(*words, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_a_newcomer_is_told():
    assert "not root" in sentence(checks.root, 1000)
    assert "3.10" in sentence(checks.python, (3, 10, 1))
    assert "no apt-get" in sentence(checks.debian_like, lambda name: None)
    usage = namedtuple("usage", "free")(checks.GIB)
    told = sentence(checks.disk, "/absent/folder", 5, "a running lab", usage=lambda path: usage)
    assert "1.0 GiB free" in told
    assert "5 GiB" in told
    assert "EIC_CACHE" in told


@pytest.mark.parametrize(
    "path", ["/etc/lab", "/var/lib/lab", "/usr/sbin", "/tmp/a b", "/tmp/a,b", "/tmp/100%"]
)
def test_places_the_lab_cannot_have(path):
    assert "EIC_LAB" in sentence(checks.place, path)


def test_a_place_like_any_other():
    checks.place("/root/.cache/openstack_ontap/lab")


def test_a_port_in_use_is_named_with_its_owner():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = sentence(checks.ports, [("keystone", "127.0.0.1", port)])
    assert f"Port {port}" in told
    assert f"pid {os.getpid()}" in told
    assert "EIC_NET" in told
    checks.ports([("keystone", "127.0.0.1", port)])


def test_packages_that_are_there():
    assert apt.installed("sudo installed\nsyslinux not-installed\nmtools config-files\n") == {"sudo"}
    assert apt.wanted("# why\nsudo\n\n mtools \n") == ["sudo", "mtools"]


def test_no_daemon_starts_while_packages_are_installed(tmp_path):
    policy = tmp_path / "policy-rc.d"
    with apt.no_daemons(policy):
        assert "exit 101" in policy.read_text()
        assert os.access(policy, os.X_OK)
    assert not policy.exists()


def test_the_machines_own_policy_stays(tmp_path):
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    with apt.no_daemons(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.exists()


def test_a_policy_left_by_a_killed_setup_is_removed(tmp_path):
    policy = tmp_path / "policy-rc.d"
    with apt.no_daemons(policy):
        left = policy.read_text()
    policy.write_text(left)
    with apt.no_daemons(policy):
        pass
    assert not policy.exists()


def test_scripts_name_the_place_they_are_used_at(tmp_path):
    (tmp_path / "cinder-volume").write_bytes(b"#!/cache/venv/bin/python3\nprint()\n")
    (tmp_path / "tool").write_bytes(b"\x7fELF")
    (tmp_path / "python").symlink_to("/usr/bin/python3")
    assert venvs.relocate_scripts(tmp_path, "/cache/venv", "/var/lib/openstack") == 1
    assert (tmp_path / "cinder-volume").read_bytes() == b"#!/var/lib/openstack/bin/python3\nprint()\n"


def test_collections_taken_from_the_wheel():
    pins = collections.pinned("# why\nansible==1 a/b c/d\n\nansible==2 e/f\n")
    assert pins == {"ansible==1": ["a/b", "c/d"], "ansible==2": ["e/f"]}
    names = ["ansible_collections/a/b/x.py", "ansible_collections/a/bb/x.py", "ansible_collections/e/f/x.py"]
    assert collections.members(names, ["a/b"]) == ["ansible_collections/a/b/x.py"]


def test_the_checkout_is_shown_as_a_collection_and_links_are_mended(tmp_path):
    tree = tmp_path / "tree"
    collections.link_checkout(tree, tmp_path / "old", tmp_path / "checkout")
    collections.link_checkout(tree, tmp_path / "new", tmp_path / "checkout")
    links = tree / "ansible_collections"
    assert os.readlink(links / "openstack_ontap/enhanced_instance") == str(tmp_path / "checkout")
    assert os.readlink(links / "netapp/ontap") == str(tmp_path / "new/ansible_collections/netapp/ontap")


def test_secrets_are_made_once_private_and_different(tmp_path):
    folder = tmp_path / "secrets"
    secret.make_missing(folder)
    first = {file.name: file.read_text() for file in folder.iterdir()}
    assert set(first) == set(secret.NAMES)
    assert len(set(first.values())) == len(first)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    (folder / "rabbit").unlink()
    secret.make_missing(folder)
    second = {file.name: file.read_text() for file in folder.iterdir()}
    assert {name for name in first if first[name] != second[name]} == {"rabbit"}


def test_the_prepared_copy_comes_back_without_the_simulators_passwords(tmp_path):
    lab, copy = Lab(tmp_path / "lab"), tmp_path / "cache"
    for part in ("data/mysql", "data/keystone"):
        (lab.root / part).mkdir(parents=True)
    (lab.data / "mysql" / "table").write_text("rows")
    secret.make_missing(lab.secrets)
    word = lab.secret("rabbit")
    assert not prepared.exists(copy)
    prepared.save(lab, copy)
    assert prepared.exists(copy)
    assert stat.S_IMODE((copy / prepared.ARCHIVE).stat().st_mode) == 0o600
    other = Lab(tmp_path / "other")
    other.root.mkdir()
    assert prepared.restore(other, copy)
    assert (other.data / "mysql" / "table").read_text() == "rows"
    assert other.secret("rabbit") == word
    assert not (other.secrets / "ontap_admin").exists()


def test_a_damaged_copy_is_thrown_away(tmp_path):
    lab, copy = Lab(tmp_path / "lab"), tmp_path / "cache"
    lab.root.mkdir()
    copy.mkdir()
    (copy / prepared.ARCHIVE).write_bytes(b"half")
    assert not prepared.restore(lab, copy)
    assert not prepared.exists(copy)

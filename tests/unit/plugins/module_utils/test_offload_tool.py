# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy-offload binary: what is checked before and after it runs."""

from __future__ import annotations

import hashlib
import os
import pathlib
import pwd
import tempfile

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures, offload_tool

CONTENT = bytes(range(256)) * 64


@pytest.fixture(name="mount")
def fixture_mount():
    """Two junctions as this host sees them, with a source; others than we may enter."""
    with tempfile.TemporaryDirectory() as folder:
        mount = pathlib.Path(folder)
        for path in (mount, mount / "a", mount / "b"):
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        (mount / "a" / "image").write_bytes(CONTENT)
        yield mount


def tool(mount, script):
    """A stand-in for the binary: a shell script that sees the junctions under $M."""
    path = mount / "tool"
    path.write_text(f"#!/bin/sh\nM={mount}\n{script}\n")
    path.chmod(0o755)
    return str(path)


def request(mount, script='cp "$M$3" "$M$4"', **more):
    """A copy of /a/image to /b/copy."""
    given = {
        "tool": tool(mount, script),
        "source_address": "192.0.2.1",
        "destination_address": "192.0.2.2",
        "source_path": "/a/image",
        "destination_path": "/b/copy",
        "destination_file": str(mount / "b" / "copy"),
        "source_file": str(mount / "a" / "image"),
    }
    return offload_tool.Request(**{**given, **more})


def ourselves():
    """The account that runs the tests: nothing to switch to."""
    entry = pwd.getpwuid(os.geteuid())
    return offload_tool.Account(entry.pw_name, entry.pw_uid, entry.pw_gid, (), False)


def copy(one, timeout=10):
    """copy() with a clock that runs fast."""
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds * 60

    return offload_tool.copy(one, ourselves(), len(CONTENT), timeout, sleep=sleep, clock=lambda: now[0])


def names(mount):
    """What the destination holds."""
    return sorted(os.listdir(mount / "b"))


def test_copied_and_published(mount):
    script = 'echo "$1 $2 $3 $4" > $M/words; cp "$M$3" "$M$4"'
    one = request(mount, script)
    (mount / "b" / one.temporary_name).write_bytes(b"of a killed run")
    copy(one)
    assert (mount / "b" / "copy").read_bytes() == CONTENT
    assert names(mount) == ["copy"]
    words = (mount / "words").read_text().split()
    assert words[:3] == ["192.0.2.1", "192.0.2.2", "/a/image"]
    assert words[3].startswith("/b/eic-copy-")
    assert offload_tool.existing(one) == len(CONTENT)


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ("echo no such export; exit 3", failures.Refused, "exit code 3 and said: no such export"),
        ("exit 1", failures.Refused, "said nothing"),
        ("exit 0", failures.Refused, "did not appear"),
        ('head -c 100 "$M$3" > "$M$4"', failures.Refused, "has 100 bytes, not 16384"),
        (
            'cp "$M$3" "$M$4"; printf x | dd of="$M$4" conv=notrunc 2>/dev/null',
            failures.Refused,
            "differs at byte 0",
        ),
        ('cp "$M$3" "$M$4"; echo mine > "$M/b/copy"', failures.AlreadyExists, "somebody else"),
        ("exec sleep 20", failures.TimedOut, "has not ended within 1 seconds"),
    ],
)
def test_nothing_wrong_is_published(mount, script, kind, words):
    with pytest.raises(kind) as caught:
        copy(request(mount, script), timeout=1 if kind is failures.TimedOut else 10)
    assert words in caught.value.sentence
    if kind is failures.AlreadyExists:
        assert (mount / "b" / "copy").read_text() == "mine\n"
    else:
        assert names(mount) == []


def test_without_the_source_the_size_is_checked(mount):
    one = request(mount, source_file=None, size=len(CONTENT))
    assert offload_tool.check_request(one) == len(CONTENT)
    copy(one)
    assert names(mount) == ["copy"]


@pytest.mark.parametrize(
    ("mode", "digest", "words"),
    [
        (0o755, "0" * 64, "has SHA-256"),
        (0o755, "abc", "64 hexadecimal digits"),
        (0o644, None, "no run bit"),
        (0o775, None, "others can change it"),
        (0o757, None, "others can change it"),
    ],
)
def test_wrong_tool(mount, mode, digest, words):
    path = tool(mount, "exit 0")
    os.chmod(path, mode)
    with open(path, "rb") as handle:
        digest = digest or hashlib.sha256(handle.read()).hexdigest()
    with pytest.raises(failures.WrongInput) as caught:
        offload_tool.check_tool(path, digest)
    assert words in caught.value.sentence


def test_right_and_missing_tool(mount):
    path = tool(mount, "exit 0")
    with open(path, "rb") as handle:
        digest = hashlib.sha256(handle.read()).hexdigest()
    offload_tool.check_tool(path, digest.upper())
    with pytest.raises(failures.NotFound, match="put the binary"):
        offload_tool.check_tool(f"{path}-not", digest)
    with pytest.raises(failures.WrongInput, match="is not a file"):
        offload_tool.check_tool(str(mount / "a"), digest)


def test_never_as_root():
    with pytest.raises(failures.WrongInput, match="never run as root"):
        offload_tool.checked_account("root")
    with pytest.raises(failures.WrongInput, match="does not exist"):
        offload_tool.checked_account("no-such-user-of-ours")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_runs_as_the_service_user(mount):
    account = offload_tool.checked_account("nobody")
    one = request(mount, 'id -u > $M/b/uid; env | sort > $M/b/env; cp "$M$3" "$M$4"')
    os.chown(mount / "b", account.uid, account.gid)
    offload_tool.copy(one, account, len(CONTENT), 10)
    assert (mount / "b" / "uid").read_text().strip() == str(account.uid)
    assert os.stat(mount / "b" / "copy").st_uid == account.uid
    assert "LC_ALL=C" in (mount / "b" / "env").read_text()
    assert "HOME" not in (mount / "b" / "env").read_text()


@pytest.mark.parametrize("path", ["file", "/junction", "/a/../b", "//a/b", "/a//b", "/a/./b", "/a/"])
def test_wrong_export_path(path):
    with pytest.raises(failures.WrongInput, match="/junction/file"):
        offload_tool.check_export_path(path, "source_path")


def test_wrong_requests(mount):
    with pytest.raises(failures.WrongInput, match="different names"):
        offload_tool.check_request(request(mount, destination_file=str(mount / "b" / "other")))
    with pytest.raises(failures.NotFound, match="mount the export of the destination"):
        offload_tool.check_request(request(mount, destination_file=str(mount / "c" / "copy")))
    with pytest.raises(failures.NotFound, match="or give size"):
        offload_tool.check_request(request(mount, source_file=str(mount / "a" / "no")))
    with pytest.raises(failures.WrongInput, match="and size says 1"):
        offload_tool.check_request(request(mount, size=1))
    with pytest.raises(failures.WrongInput, match="is not an IP address"):
        offload_tool.check_address("filer", "source_address")
    assert offload_tool.check_address("[fd00::0:1]", "source_address") == "fd00::1"
    (mount / "b" / "copy").mkdir()
    with pytest.raises(failures.WrongInput, match="is not a file"):
        offload_tool.existing(request(mount))


@pytest.mark.parametrize(
    ("below", "words"),
    [("tool/copy", "Not a directory"), ("b/" + "x" * 300, "File name too long"), ("b/copy", None)],
)
def test_a_destination_that_cannot_be_looked_at(mount, below, words):
    one = request(mount, destination_file=str(mount / below))
    if words is None:
        assert offload_tool.existing(one) is None
    else:
        with pytest.raises(failures.NotFound, match=f"cannot be looked at \\({words}\\); mount the export"):
            offload_tool.existing(one)


def test_a_leftover_that_cannot_be_removed(mount):
    one = request(mount)
    os.mkdir(one.temporary_file)
    with pytest.raises(failures.Refused, match="cannot be handled by"):
        copy(one)
    assert names(mount) == [os.path.basename(one.temporary_file)]


@pytest.mark.parametrize(
    ("value", "least", "fine"), [(None, 1, True), (1, 1, True), (0, 1, False), (-1, 0, False)]
)
def test_numbers(value, least, fine):
    if fine:
        assert offload_tool.check_number(value, "timeout", least) == value
    else:
        with pytest.raises(failures.WrongInput, match=f"timeout is {value}; give {least} or more"):
            offload_tool.check_number(value, "timeout", least)

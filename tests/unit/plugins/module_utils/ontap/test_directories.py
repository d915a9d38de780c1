# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories: parents, content, and other things under the name."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    directories,
    volumes,
)

from .fake_ontap import Answer, FakeOntap, error


@pytest.fixture(name="ontap")
def fixture_ontap():
    """A FlexVol with a file in a directory."""
    ontap = FakeOntap()
    ontap.add_volume("svm_a", "vol")
    ontap.add_file("vol", "full/file")
    return ontap


def volume_of(ontap):
    """Its Volume."""
    return volumes.find_volume(ontap.client(), "svm_a", "vol")


def test_made_once(ontap):
    volume = volume_of(ontap)
    before = len(ontap.calls)
    result = directories.present(ontap.client(), volume, "glance", "0755", False, False)
    assert result["changed"]
    assert result["directory"]["mode"] == "0755"
    assert ontap.volumes["vol"]["files"]["glance"]["unix_permissions"] == 755
    assert len(ontap.calls) - before == 3
    result = directories.present(ontap.client(), volume, "glance", "0755", False, False)
    assert not result["changed"]
    assert len(ontap.calls) - before == 4


def test_check_mode_says_the_same(ontap):
    volume = volume_of(ontap)
    foreseen = directories.present(ontap.client(), volume, "a/b/c", "0750", True, True)
    assert "a" not in ontap.volumes["vol"]["files"]
    result = directories.present(ontap.client(), volume, "a/b/c", "0750", True, False)
    assert foreseen["diff"] == result["diff"]
    assert result["made"] == foreseen["made"] == ["a", "a/b", "a/b/c"]


def test_missing_parent(ontap):
    with pytest.raises(failures.NotFound, match="set parents to true"):
        directories.present(ontap.client(), volume_of(ontap), "a/b", "0755", False, False)
    assert ontap.count("POST") == 0


@pytest.mark.parametrize("call", ["present", "absent"])
def test_a_file_is_never_touched(ontap, call):
    rest = {"present": ("0755", True, False), "absent": (True, False)}[call]
    with pytest.raises(failures.WrongInput, match="is a file, not a directory"):
        getattr(directories, call)(ontap.client(), volume_of(ontap), "full/file", *rest)
    assert "full/file" in ontap.volumes["vol"]["files"]


def test_content_needs_recurse(ontap):
    volume = volume_of(ontap)
    with pytest.raises(failures.Refused, match="set recurse to true"):
        directories.absent(ontap.client(), volume, "full", False, False)
    assert directories.absent(ontap.client(), volume, "full", True, True)["changed"]
    assert "full/file" in ontap.volumes["vol"]["files"]
    assert directories.absent(ontap.client(), volume, "full", True, False)["changed"]
    assert "full/file" not in ontap.volumes["vol"]["files"]
    assert not directories.absent(ontap.client(), volume, "full", True, False)["changed"]


def test_a_failure_midway_tells_what_was_made(ontap):
    ontap.script = [("POST", "h1%2Fh2", error(500, 65541, "RPC: Timed out"))]
    with pytest.raises(failures.Refused, match="Timed out") as caught:
        directories.present(ontap.client(), volume_of(ontap), "h1/h2/h3", "0755", True, False)
    assert caught.value.results == {
        "changed": True,
        "made": ["h1"],
        "diff": {"before": {"h1": "absent"}, "after": {"h1": "directory, mode 0755"}},
    }
    again = directories.present(ontap.client(), volume_of(ontap), "h1/h2/h3", "0755", True, False)
    assert again["made"] == ["h1/h2", "h1/h2/h3"]


def test_a_failure_at_once_changed_nothing(ontap):
    ontap.script = [("POST", "h1", error(500, 65541, "RPC: Timed out"))]
    with pytest.raises(failures.Refused) as caught:
        directories.present(ontap.client(), volume_of(ontap), "h1/h2", "0755", True, False)
    assert caught.value.results["changed"] is False and caught.value.results["made"] == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_somebody_else_removes_meanwhile_is_no_change(ontap, method):
    volume = volume_of(ontap)
    ontap.volumes["vol"]["files"]["gone"] = {"type": "directory", "unix_permissions": 755}
    client = ontap.client()
    look = client.get("/storage/volumes/uuid-vol/files/gone", {"return_metadata": True})
    ontap.script = [
        ("GET", "/files/gone", Answer(200, look)),
        (method, "/files/gone", error(404, 6684674, "No such file or directory")),
    ]
    result = directories.absent(client, volume, "gone", method == "DELETE", False)
    assert not ontap.script
    assert not result["changed"] and result["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize(
    ("path", "words"),
    [("a\0b", "NUL"), ("/".join(["y" * 250] * 20), "more than 4096 bytes"), ("a//b", "empty component")],
)
def test_wrong_paths_name_their_rule(path, words):
    with pytest.raises(failures.WrongInput, match=words) as caught:
        directories.checked(path, "0755")
    assert caught.value.cure and len(caught.value.sentence) < 300


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/a", "0755"),
        ("..", "0755"),
        ("", "0755"),
        (".snapshot/x", "0755"),
        ("a", "755x"),
        ("a", "493000"),
        ("a", "9"),
    ],
)
def test_wrong_input(path, mode):
    with pytest.raises(failures.WrongInput):
        directories.checked(path, mode)


@pytest.mark.parametrize(
    ("mode", "clean"), [("755", "0755"), ("0755", "0755"), ("02770", "2770"), ("1777", "1777")]
)
def test_modes(mode, clean):
    assert directories.checked("a", mode) == ("a", clean)

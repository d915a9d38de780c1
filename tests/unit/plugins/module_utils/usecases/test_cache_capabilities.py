# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A capability file closes copies and asks for care."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.capabilities import (
    QUESTIONS,
    Answer,
    Capabilities,
    render,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    cache_capabilities,
    plan,
)

from .fakes import FakeArrays, FakeCloud


def applied(tmp_path, **answers):
    known = {
        **dict.fromkeys(QUESTIONS, Answer("yes")),
        **{name: Answer(one) for name, one in answers.items()},
    }
    file = tmp_path / "capabilities.json"
    file.write_text(render([Capabilities("svm1", "1.1.1.9", known)]))
    scene = plan.read(FakeCloud(), FakeArrays(), plan.Question(("debian",), "enhanced"))
    scene, careful = cache_capabilities.apply(scene, cache_capabilities.read(str(file)))
    return [scene.decision(scene.images[0], pool) for pool in scene.pools], careful


@pytest.mark.parametrize(
    ("answers", "paths", "careful"),
    [
        ({}, ["image_clone", "copy_offload"], False),
        ({"copy": "unknown"}, ["image_clone", "copy_offload"], True),
        ({"copy": "no"}, ["image_clone", "download"], False),
    ],
)
def test_paths(tmp_path, answers, paths, careful):
    decisions, care = applied(tmp_path, **answers)
    assert ([one.path for one in decisions], care) == (paths, careful)
    if answers.get("copy") == "no":
        assert any("The capability file says of SVM svm1" in reason for reason in decisions[1].reasons)


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "x").write_text("no JSON")
    for name in ("x", "missing"):
        with pytest.raises(failures.WrongInput, match="cannot be used"):
            cache_capabilities.read(str(tmp_path / name))

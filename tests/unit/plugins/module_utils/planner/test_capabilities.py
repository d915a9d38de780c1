# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    capabilities as caps,
)


def known(**answers):
    return caps.Capabilities("s", "h", {name: caps.Answer(text) for name, text in answers.items()})


@pytest.mark.parametrize(
    ("answers", "owner_matters", "way", "careful", "copies"),
    [
        ({"clone": "yes", "copy": "yes"}, False, "array", False, True),
        ({"clone": "yes", "copy": "no"}, False, "array", False, False),
        ({"clone": "yes", "copy": "unknown"}, False, "array", True, True),
        ({}, False, "array", True, True),
        ({"clone": "no"}, False, "cinder", False, False),
        ({"clone": "yes", "clone_keeps_owner": "yes", "copy": "yes"}, True, "array_owner", False, True),
        ({"clone": "yes", "clone_keeps_owner": "no", "copy": "yes"}, True, "cinder", False, False),
        ({"clone": "yes", "clone_keeps_owner": "no", "copy": "yes"}, False, "array", False, True),
        ({"clone": "yes", "copy": "yes"}, True, "array_owner", True, True),
        ({}, True, "array_owner", True, True),
    ],
)
def test_the_way_follows_from_the_answers(answers, owner_matters, way, careful, copies):
    found = caps.way(known(**answers), owner_matters)
    assert (found.name, found.careful, found.copies) == (way, careful, copies)
    assert bool(found.reasons) == (careful or not copies)


def test_a_refusal_is_told_in_ontaps_words():
    answers = {"clone": caps.Answer("no", "14956", "not licensed")}
    assert "not licensed, code 14956" in caps.way(caps.Capabilities("s", "h", answers), False).reasons[0]


def test_a_file_is_read_as_it_was_written():
    one = caps.Capabilities("s", "h", {"clone": caps.Answer("yes")}, ontap="9.17.1", volume="a")
    two = caps.Capabilities("t", "h", {"copy": caps.Answer("no", "6", "no")})
    text = caps.render([two, one])
    read = caps.parse(text)
    assert caps.render(read) == text
    assert caps.of_svm(read, "t", "h").answer("copy") == caps.Answer("no", "6", "no")
    assert caps.of_svm(read, "t", "elsewhere").answer("copy") == caps.Answer()
    assert caps.of_svm(read, "s").ontap == "9.17.1"


def test_a_new_probe_replaces_its_own_record_only():
    records = [known(clone="no"), caps.Capabilities("t", "h")]
    found = caps.replaced(records, known(clone="yes"))
    assert [(one.svm, one.answer("clone").answer) for one in sorted(found, key=lambda one: one.svm)] == [
        ("s", "yes"),
        ("t", "unknown"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "format"),
        ('{"format": 2, "svms": []}', "format"),
        ('{"format": 1}', "lacks"),
        ('{"format": 1, "svms": [{"svm": "s"}]}', "lacks"),
        (
            '{"format": 1, "svms": [{"svm": "s", "hostname": "h",'
            ' "answers": {"clone": {"answer": "maybe"}}}]}',
            "maybe",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        caps.parse(text)


def test_the_page_tells_every_answer():
    page = Path(__file__).parents[5] / "docs" / "capabilities.md"
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(caps.QUESTIONS)
    sample = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL).group(1))
    assert caps.parse(json.dumps(sample))[0].svm == "svm_openstack"

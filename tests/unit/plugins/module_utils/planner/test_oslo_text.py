# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import oslo_text

PLAIN = ["", "word", "a=b", "#x", "a%b", r"DOMAIN\user"]


@pytest.mark.parametrize("text", PLAIN)
def test_most_texts_stand_as_they_are(text):
    assert oslo_text.literal(text) == oslo_text.meant(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("p$word", "p$$word"),
        ("p$$w", "p$$$$w"),
        ("${x}$", "$${x}$$"),
        (" x", '" x"'),
        ("'q'", "\"'q'\""),
        ('"', '"""'),
    ],
)
def test_what_oslo_config_would_read_otherwise(text, written):
    assert oslo_text.literal(text) == written
    assert oslo_text.meant(written) == text


@pytest.mark.parametrize("text", ["hidden\n", "hi\rdden", r"hidden\$"])
def test_what_no_file_can_hold_is_told_without_it(text):
    with pytest.raises(ValueError, match="choose another") as told:
        oslo_text.literal(text)
    assert "hidden" not in str(told.value)


def test_a_number_is_a_text_too():
    assert oslo_text.literal(1234) == "1234"


def test_what_an_operator_wrote():
    assert oslo_text.meant(r"a\$b") == "a$b"

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import ini_edit

FILE = """\
# first
[DEFAULT]
debug = false
; second
enabled_backends = plain

[plain]
volume_driver = x

[database]
connection = mysql://
# last
"""


@pytest.mark.parametrize(
    ("wanted", "old", "new"),
    [
        ({"DEFAULT": {"debug": "true"}}, "debug = false", "debug = true"),
        ({"DEFAULT": {"debug": "false"}}, "", ""),
        ({"plain": {"volume_driver": "y"}}, "volume_driver = x", "volume_driver = y"),
        ({"plain": {"host": "h"}}, "volume_driver = x\n", "volume_driver = x\nhost = h\n"),
        ({"new": {"a": "1", "b": "2"}}, "# last\n", "# last\n\n[new]\na = 1\nb = 2\n"),
        ({"DEFAULT": {"host": "h"}}, "backends = plain\n", "backends = plain\nhost = h\n"),
    ],
)
def test_only_the_named_keys_change(wanted, old, new):
    assert ini_edit.edit(FILE, wanted) == FILE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("", {"a": {"b": "c"}}, "[a]\nb = c\n"),
        ("[a]\n", {"a": {"b": "c"}}, "[a]\nb = c\n"),
        # Of a key given twice the last one counts, and a section may come twice.
        ("[a]\nb=1\nb=2\n", {"a": {"b": "3"}}, "[a]\nb=1\nb = 3\n"),
        ("[a]\nb=1\n[c]\nd=1\n[a]\ne=1\n", {"a": {"b": "2"}}, "[a]\nb = 2\n[c]\nd=1\n[a]\ne=1\n"),
        # A value that goes on in the next line is replaced whole.
        ("[a]\nb = 1\n  2\n# c\nd = 1\n", {"a": {"b": "3"}}, "[a]\nb = 3\n# c\nd = 1\n"),
        # As oslo.config reads it already: a colon, quotes.
        ("[a]\nb: 1\n", {"a": {"b": "1"}}, "[a]\nb: 1\n"),
        ('[a]\nb = "x y"\n', {"a": {"b": "x y"}}, '[a]\nb = "x y"\n'),
        # Quotes that oslo.config takes away, as they are to be written.
        ("[a]\nb = x\n", {"a": {"b": '"x"'}}, "[a]\nb = x\n"),
        ("[a]\n", {"a": {"b": "' x'"}}, "[a]\nb = ' x'\n"),
        # A file whose last line has no end, one of another system, and signs that end no line.
        ("[a]\nb = 1", {"a": {"b": "1"}}, "[a]\nb = 1"),
        ("[a]\nb = 1", {"a": {"c": "1"}}, "[a]\nb = 1\nc = 1\n"),
        ("[a]\r\nb = 1\r\n", {"a": {"b": "2", "c": "3"}}, "[a]\r\nb = 2\r\nc = 3\r\n"),
        ("# x\x0cy\u2028z\x85\n[a]\n", {"a": {"b": "1"}}, "# x\x0cy\u2028z\x85\n[a]\nb = 1\n"),
        # Comments that show an option are not the option.
        ("[a]\n#b = 1\n", {"a": {"b": "1"}}, "[a]\nb = 1\n#b = 1\n"),
    ],
)
def test_odd_files(text, wanted, expected):
    assert ini_edit.edit(text, wanted) == expected
    assert ini_edit.edit(expected, wanted) == expected


@pytest.mark.parametrize(
    ("remove", "expected"),
    [
        (["plain"], FILE.replace("[plain]\nvolume_driver = x\n\n", "")),
        (["plain/volume_driver"], FILE.replace("volume_driver = x\n", "")),
        (["missing", "DEFAULT/missing"], FILE),
    ],
)
def test_removing(remove, expected):
    assert ini_edit.edit(FILE, {}, remove) == expected


def test_a_whole_file_and_what_a_diff_shows():
    assert ini_edit.whole({"a": {"b": "c"}}, "heading") == "# heading\n\n[a]\nb = c\n"
    now = {"a/b": ["c"], "a/password": ["old"]}
    assert ini_edit.shown(now, {"a": {"b": "c", "n": "1"}}, {"a": {"password": "new"}}, ["gone"]) == (
        "[a] b = c\n[a] password = (not shown), another one\ngone is there\n"
    )
    assert "other" not in ini_edit.shown(now, {}, {"a": {"password": "old"}})


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"a": {"b": "c", "d": 1, "e": True}}, ""),
        ({"a": {"b": "secret\nd = 1"}}, "option b of section a holds a line break; give it in one line"),
        ({"a": {"b": ["secret"]}}, "option b of section a is a list; give it as text"),
        ({"a": {"b": {"secret": 1}}}, "option b of section a is key: value pairs; give it as text"),
        ({"a": {"b": None}}, "option b of section a is nothing; give it as text"),
        ({"a": {"b = 1\nc": "x"}}, "option 'b = 1\\nc' of section a cannot be written"),
        ({"a": {"#b": "x"}}, "option '#b' of section a cannot be written"),
        ({"a]\n[b": {"c": "x"}}, "section 'a]\\n[b' cannot be written"),
        ({"": {"c": "x"}}, "section '' cannot be written"),
    ],
)
def test_what_would_break_the_file_is_told_without_its_value(wanted, told):
    found = ini_edit.fault(wanted)
    assert found.startswith(told)
    assert bool(found) == bool(told)
    assert "secret" not in found


@pytest.mark.parametrize(
    ("name", "good"), [("a", True), ("a/b", True), ("", False), ("a/", False), ("/b", False)]
)
def test_what_is_removed_has_a_name(name, good):
    assert ini_edit.fault({}, [name]) == (
        "" if good else f"{name!r} names nothing to remove; write section, or section/option"
    )

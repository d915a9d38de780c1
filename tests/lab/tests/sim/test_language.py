# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure parts: paths, values, the fields expression, the query language, bodies."""

from __future__ import annotations

import pytest
from ontap_sim import query, selection
from ontap_sim.errors import ApiError
from ontap_sim.routing import Routes, segments
from ontap_sim.schema import Schema
from ontap_sim.values import to_bool, to_size

VERSION = (9, 17, 1)
SCHEMA = Schema("""
    uuid            uuid i
    name            str  icm
    size            size cm  =20MB
    state           online|offline cm
    nas.path        str  cm
    nas.uid         int  cm
    svm.name        str  c
    svm.uuid        uuid c
    aggregates[].name str c
    enabled         bool cm
    old             str  cm <9.14
    new             str  cm >=9.16
    costly          int  x
    password        str  cs
    """)


@pytest.mark.parametrize(
    "raw, expected",
    [
        ("/api//storage/volumes/", ["api", "storage", "volumes"]),
        ("/api/v/u/files/d1%2Ff%2Eraw", ["api", "v", "u", "files", "d1/f.raw"]),
        ("/api/v/u/files/..", ["api", "v", "u"]),
        ("/api/v/u/files/%2E%2E", ["api", "v", "u", "files", ".."]),
        ("/api/./cluster", ["api", "cluster"]),
        (
            "/api/security/roles/u/r/privileges/%2Fapi%2Fcluster",
            [*["api", "security", "roles", "u", "r", "privileges"], "/api/cluster"],
        ),
    ],
)
def test_raw_path(raw, expected):
    assert segments(raw) == expected


def test_routes_prefer_literal_segments():
    routes = Routes()
    routes.add("/storage/file/clone", "clone")
    routes.add("/storage/volumes/{uuid}", "volume")
    routes.add("/storage/volumes/{volume.uuid}/files/{path}", "file")
    assert routes.find(["storage", "file", "clone"]) == ("clone", {})
    assert routes.find(["storage", "volumes", "u"]) == ("volume", {"uuid": "u"})
    assert routes.find(["storage", "volumes", "u", "files", "a/b"]) == (
        "file",
        {"volume.uuid": "u", "path": "a/b"},
    )
    assert routes.find(["storage", "volumes", "u", "files", "a", "b"]) == (None, None)


@pytest.mark.parametrize(
    "text, expected",
    [("1KB", 1024), ("2GB", 2 << 30), (5, 5), ("5", 5), ("1.5MB", 3 << 19), ("7B", 7), ("1tb", 1 << 40)],
)
def test_sizes(text, expected):
    assert to_size(text, "size") == expected


@pytest.mark.parametrize("text, expected", [("True", True), ("false", False), (True, True)])
def test_booleans(text, expected):
    assert to_bool(text, "enabled") is expected


def test_a_wrong_size_names_the_field():
    with pytest.raises(ApiError) as caught:
        to_size("big", "size")
    assert (caught.value.code, caught.value.target) == ("262197", "size")


@pytest.mark.parametrize(
    "body, expected",
    [
        (
            {"svm.name": "s", "nas": {"path": "/a"}, "nas.uid": "5"},
            {"svm": {"name": "s"}, "nas": {"path": "/a", "uid": 5}},
        ),
        ({"svm": "s"}, {"svm": {"name": "s"}}),
        ({"aggregates": [{"name": "a"}]}, {"aggregates": [{"name": "a"}]}),
        ({"aggregates": ["a"]}, {"aggregates": [{"name": "a"}]}),
        ({"enabled": "true", "size": "1MB"}, {"enabled": True, "size": 1 << 20}),
        ({"state": "ONLINE"}, {"state": "online"}),
        ({"nas.path": ""}, {"nas": {"path": ""}}),
    ],
)
def test_bodies(body, expected):
    assert SCHEMA.load(body, "POST", VERSION) == expected


@pytest.mark.parametrize(
    "body, method, code",
    [
        ({"nonsense": 1}, "POST", "262179"),
        ({"costly": 1}, "POST", "262196"),
        ({"svm.name": "s"}, "PATCH", "262203"),
        ({"aggregates": {"name": "a"}}, "POST", "262254"),
        ({"nas": 5}, "POST", "262247"),
        ({"old": "x"}, "POST", "262179"),
        ({"state": "odd"}, "POST", "262197"),
        ([], "POST", "262245"),
    ],
)
def test_refused_bodies(body, method, code):
    with pytest.raises(ApiError) as caught:
        SCHEMA.load(body, method, VERSION)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text, expected",
    [
        (None, {"uuid", "name"}),
        ("size", {"uuid", "name", "size"}),
        ("nas", {"uuid", "name", "nas.path", "nas.uid"}),
        ("nas.*", {"uuid", "name", "nas.path", "nas.uid"}),
        ("nas.{path,uid}", {"uuid", "name", "nas.path", "nas.uid"}),
        ("nas,!nas.uid", {"uuid", "name", "nas.path"}),
        ("size,,state,", {"uuid", "name", "size", "state"}),
        ("aggregates.name", {"uuid", "name", "aggregates.name"}),
    ],
)
def test_fields(text, expected):
    assert selection.select(SCHEMA, VERSION, text) == expected


def test_star_leaves_out_the_expensive_and_two_stars_the_secret():
    assert "costly" not in selection.select(SCHEMA, VERSION, "*")
    everything = selection.select(SCHEMA, VERSION, "**")
    assert "costly" in everything and "password" not in everything and "old" not in everything


@pytest.mark.parametrize("text, code", [("nonsense", "262197"), ("old", "262197"), ("nas.{path", "262286")])
def test_refused_fields(text, code):
    with pytest.raises(ApiError) as caught:
        selection.select(SCHEMA, VERSION, text)
    assert caught.value.code == code
    assert selection.select(SCHEMA, VERSION, "nonsense", True) == {"uuid", "name"}


RECORD = {
    "name": "vol_1",
    "size": 100,
    "state": "online",
    "enabled": True,
    "nas": {"path": "/vol_1"},
    "aggregates": [{"name": "a1"}, {"name": "a2"}],
    "svm": {"name": "s"},
}


@pytest.mark.parametrize(
    "name, text, matches",
    [
        ("name", "vol_1", True),
        ("name", "vol*", True),
        ("name", "*_2", False),
        ("name", "a|vol_1", True),
        ("name", "a,vol_1", True),
        ("name", "!vol_1", False),
        ("name", "!a", True),
        ("name", '"vol_1"', True),
        ("name", "{vol_1}", True),
        ("name", '"vol*"', False),
        ("size", "100", True),
        ("size", ">99", True),
        ("size", ">=100", True),
        ("size", "<100", False),
        ("size", "50..100", True),
        ("size", "<1KB", True),
        ("nas.uid", "<5", False),
        ("nas.uid", "<5|null", True),
        ("nas.uid", "null", True),
        ("nas.path", "!null", True),
        ("state", "Online", True),
        ("state", ">offline", True),
        ("enabled", "True", True),
        ("enabled", "false", False),
        ("aggregates.name", "a2", True),
        ("aggregates.name", "a3", False),
        ("svm", "s", True),
    ],
)
def test_queries(name, text, matches):
    (condition,) = query.conditions(SCHEMA, VERSION, [(name, text)])
    assert condition.matches(RECORD) is matches


def test_a_comma_can_be_literal():
    (condition,) = query.conditions(SCHEMA, VERSION, [("name", "a,vol_1")], comma_is_or=False)
    assert not condition.matches(RECORD)


def test_unknown_query_fields_are_refused():
    with pytest.raises(ApiError) as caught:
        query.conditions(SCHEMA, VERSION, [("nonsense", "1")])
    assert caught.value.code == "262179"
    assert query.conditions(SCHEMA, VERSION, [("nonsense", "1")], ignore_unknown=True) == []

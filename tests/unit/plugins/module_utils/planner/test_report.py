# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: right counts; a page that is well-formed, needs nothing beside it, escapes what it shows."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter.run_report import (
    report_page,
    run_report,
)

GIB = 1024**3
EVIL = "<script>alert('x')</script>&\"'"


def instance(name, path="cache_clone", **more):
    return {"name": name, "id": f"id-{name}", "pool": "h@b#1.1.1.1:/a", "path": path, "changed": True, **more}


def made(*records, **more):
    return {
        "image": {"id": "i1", "name": "debian", "size": GIB},
        "instances": list(records),
        "summary": {"total": len(records), "changed": len(records), "failed": 0},
        "requests": {"openstack": 9, "ontap": 3, "calls": {"GET /v3/volumes/detail": 2}},
        **more,
    }


PLAN = {
    "paths": [
        {
            "image": "debian",
            "image_id": "i1",
            "pool": "a",
            "path": "image_clone",
            "reasons": ["r1"],
            "cures": [],
        },
        {
            "image": "debian",
            "image_id": "i1",
            "pool": "b",
            "path": "download",
            "reasons": [],
            "cures": ["mend b"],
        },
    ],
    "warnings": ["w1"],
}
ENTRIES = {
    "entries": [
        {
            "image_id": "i1",
            "pool": "a",
            "path": "image_clone",
            "entry": {"size": GIB},
            "cures": ["not needed"],
        },
    ]
}


def test_counts():
    report = run_report(
        made(
            instance("a", seconds=2.0),
            instance("b"),
            instance("c", "download"),
            instance("d", None),
            {"name": "e", "id": None, "failed": True, "failure": {"cure": "read the log"}},
            warnings=["w2", "w1"],
        ),
        PLAN,
        ENTRIES,
        "Title",
        "now",
    )
    assert report["flow"]["instances"] == {
        "cache_clone": 2,
        "image_clone": 0,
        "copy_offload": 0,
        "download": 1,
        "unknown": 1,
    }
    assert report["flow"]["entries"]["image_clone"] == 1 == report["flow"]["pools"]["download"]
    assert report["bytes"] == {"not_moved": 2 * GIB, "moved": GIB}
    assert report["cures"] == ["mend b", "Read the log."]
    assert report["warnings"] == ["w1", "w2"]
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    "given",
    [
        (made(),),
        ({}, {}, {}),
        (made(*[instance(f"web-{number}", seconds=float(number)) for number in range(300)]), PLAN, ENTRIES),
        (
            made(
                instance(EVIL, why=EVIL, pool=EVIL, seconds=3.0),
                {"name": EVIL, "failed": True, "msg": EVIL, "failure": {"cure": EVIL}},
                image={"id": EVIL, "name": EVIL, "size": 1},
                warnings=[EVIL],
                failed=True,
                msg=EVIL,
            ),
            {"paths": [{"pool": EVIL, "flexvol": EVIL, "path": EVIL, "reasons": [EVIL], "cures": [EVIL]}]},
            {"entries": [{"pool": EVIL, "flexvol": EVIL, "path": "download", "reasons": [EVIL]}]},
            EVIL,
            EVIL,
        ),
    ],
)
def test_page(given):
    text = report_page(run_report(*given))
    # It is XML too, so every element is closed and every text escaped.
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))
    assert root.tag == "html" and not list(root.iter("script"))
    assert EVIL not in text and "<script" not in text
    assert _Outside(text).found == []


class _Outside(HTMLParser):
    """Everything that would make a browser ask for something, or run something."""

    def __init__(self, text):
        super().__init__()
        self.found = re.findall(r"url\(|@import|https?://", text)
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = {name for name, unused in attrs}
        if tag in ("script", "link", "img", "iframe", "object", "base") or names & {
            "src",
            "href",
            "xlink:href",
        }:
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on")]


@pytest.mark.parametrize(
    ("pool", "said", "not_said"),
    [
        ("h@san#san_a", ("Has the pool an image-volume?", "Image-volumes", "once per pool"), "img-cache"),
        ("h@b#1.1.1.1:/a", ("img-cache-&lt;image id&gt;", "Cache entries", "once per FlexVol"), "golden"),
    ],
)
def test_the_page_speaks_of_what_the_pools_hold(pool, said, not_said):
    entry = {"pool": pool, "path": "image_clone", "flexvol": "a", "image": "debian", "image_id": "i1"}
    report = run_report(made(instance("one", pool=pool)), {}, {"entries": [entry]})
    shown = report_page(report)
    assert all(text in shown for text in said)
    assert not_said not in shown
    assert report["flow"]["instances"]["cache_clone"] == 1


def test_flowchart_tells_each_arrow():
    text = report_page(run_report(made(*[instance(f"i{number}") for number in range(3)]), PLAN, ENTRIES))
    drawing = ElementTree.fromstring(re.search(r"<svg.*</svg>", text).group())
    said = [one.text for one in drawing.iter("text") if "count" in one.get("class", "")]
    assert said == ["3 instances", "0 instances", "0 instances", "0 instances"]
    under = [one.text for one in drawing.iter("text") if one.get("class") == "under" and one.text]
    assert under == ["3 instances", "1 entry made, 1 pool planned", "1 pool planned"]

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layouts' table, and whether the page of the documentation shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from layoutkit import check, page, table
from layoutkit.ground import Ground, store_name, type_name
from layoutkit.run import Seen, driver_lines

PAGE = Path(__file__).resolve().parents[3] / "docs" / "layouts.md"
IMAGE = "6f1c8e1a-0b5a-4f4f-9a71-0c6a55a1b2c3"
MIB = 1024 * 1024


def ground(*names):
    return Ground("127.10", table.chosen(names))


def seen(side=table.OURS, requests=0, instances=1, image=64 * MIB, sent=None):
    made = [{"id": "1", "failed": False, "name": "one", "path": "cache_clone"}] * instances
    sent = requests * image if sent is None else sent
    return Seen(side, image_bytes=image, glance_bytes=sent, glance_requests=requests, instances=made)


def test_the_page_shows_every_layout_that_was_run_with_its_outcomes_and_names_the_others():
    text = PAGE.read_text()
    shown = {name for name, _side in page.rows(text)}
    assert [one.name for one in table.LAYOUTS if one.name not in shown] == page.missing(text)
    expected = {(one.name, side): getattr(one, side) for one in table.LAYOUTS for side in table.SIDES}
    assert page.rows(text) == {key: outcome for key, outcome in expected.items() if key[0] in shown}


def test_names_are_unique_and_the_telling_ones_exist():
    names = [layout.name for layout in table.LAYOUTS]
    assert len(set(names)) == len(names)
    assert set(table.TELLING) <= set(names)


@pytest.mark.parametrize("layout", table.LAYOUTS, ids=lambda one: one.name)
def test_every_layout_speaks_the_tables_words(layout):
    assert {layout.ours, layout.stock} <= set(table.OUTCOMES)
    assert len(layout.entries) == layout.flexvols


def test_an_unknown_layout_is_refused():
    with pytest.raises(KeyError):
        table.chosen(["no_such"])


def test_each_side_has_flexvols_of_its_own_and_a_type_that_pins_them():
    found = ground("three_flexvols", "twelve_flexvols")
    ours, stock = (found.names(side, True, 3) for side in table.SIDES)
    assert (ours, stock) == (["c01", "c02", "c03"], ["s01", "s02", "s03"])
    specs = found.types()
    assert specs["lay_ours_3"]["pool_name"] == (
        "<or> 127.10.1.11:/c01 <or> 127.10.1.12:/c02 <or> 127.10.1.13:/c03"
    )
    assert specs["lay_stock_3"]["volume_backend_name"] == "lay_stock"
    assert specs["lay_stock_12"] == {"volume_backend_name": "lay_stock"}  # pool names would be too long


def test_a_store_in_a_flexvol_with_volumes_belongs_to_one_side():
    same, other = table.chosen(["same_qtree"])[0], table.chosen(["other_flexvol"])[0]
    assert {store_name(same, side) for side in table.SIDES} == {"qtree_ours", "qtree_stock"}
    assert {store_name(other, side) for side in table.SIDES} == {"near"}


def test_the_open_backend_serves_both_sides_and_secures_nothing():
    found = ground("secure_false")
    assert [one["name"] for one in found.backends()] == ["ontap_nfs", "lay_open"]
    assert set(found.backends()[1]["options"].values()) == {"false"}
    assert type_name(found.layouts[0], table.STOCK) == "lay_stock_open_1"


def test_no_password_is_in_the_variables():
    assert "lookup" in ground().connections()[0]["password"]


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        (seen(), table.CLONES),
        (seen(requests=1), table.ONCE),
        (seen(requests=2), table.DOWNLOADS),
        (seen(table.STOCK, requests=1), table.DOWNLOADS),
        (seen(instances=0), table.NOTHING),
    ],
)
def test_outcome(what, outcome):
    assert what.outcome == outcome


def test_bytes_and_evidence_have_to_agree():
    fine = {**vars(seen(requests=2)), "outcome": table.DOWNLOADS}
    assert check.byte_faults(fine) == []
    assert check.byte_faults({**fine, "glance_bytes": 5})
    said_download = {
        **vars(seen()),
        "outcome": table.CLONES,
        "instances": [{"name": "one", "path": "download"}],
    }
    assert "one was downloaded" in check.byte_faults(said_download)[0]


def test_the_driver_is_quoted_once():
    line = f"2026 INFO x [req] Image cloning unsuccessful for image {IMAGE}. Message: No space left\n"
    assert driver_lines(line * 2 + line.replace("6f1c", "0000"), IMAGE) == ["No space left"]


@pytest.mark.parametrize(("load", "shown"), [(0.4, "12.3"), (5.0, "")])
def test_seconds_of_a_busy_machine_are_not_shown(load, shown):
    assert page.seconds({"load": load, "seconds_all": 12.34}, "seconds_all") == shown

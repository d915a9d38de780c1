# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The most telling layouts on a lab that is up: bytes, paths, outcomes. `make layouts` runs all of them."""

from __future__ import annotations

import os
import sys

import pytest
from labkit import addresses, command, paths
from layoutkit import check, table
from layoutkit.run import Runner


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    lab = paths.Lab(paths.lab_root().absolute())
    _python, cache = command.make_cache()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(lab.clouds)
    layouts = table.chosen(table.TELLING)
    folder = tmp_path_factory.mktemp("layouts")
    runner = Runner(lab, cache, addresses.from_environment().net, folder, print, sys.stdout)
    runner.prepare(layouts)
    return {layout.name: runner.run(layout)["sides"] for layout in layouts}


@pytest.mark.parametrize("layout", table.chosen(table.TELLING), ids=lambda one: one.name)
def test_the_layout_goes_as_its_row_says(found, layout):
    assert check.layout_faults(layout, found[layout.name]) == []

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run did, as plain data and as a page."""

from __future__ import annotations

from ..module_utils.planner.report import gather
from ..module_utils.planner.report_page import page


def run_report(instances, plan=None, entries=None, title="Instances", when=""):
    """The results of instances, image_path_info and image_cache as one dictionary."""
    return gather(instances or {}, plan or {}, entries or {}, title, when)


def report_page(report):
    """What run_report gives as an HTML page that needs nothing beside it."""
    return page(report)


class FilterModule:
    def filters(self):
        return {"run_report": run_report, "report_page": report_page}

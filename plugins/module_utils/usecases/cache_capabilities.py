# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ontap_probe found out, applied to priming: copies that are closed, and work with care."""

from __future__ import annotations

from dataclasses import replace

from ..failures import WrongInput
from ..planner import capabilities
from . import plan


def read(path):
    """The records of a capability file; raises WrongInput."""
    try:
        with open(path, encoding="utf-8") as handle:
            return capabilities.parse(handle.read())
    except (OSError, ValueError) as problem:
        raise WrongInput(
            f"The capability file {path} cannot be used: {problem}", cure="make it with ontap_probe"
        ) from problem


def apply(scene, records):
    """``(scene, careful)``: paths decided without copies into SVMs that refuse them; ``careful`` where an
    answer that counts is not known, so that one file is made at a time.
    """
    engines, careful = {}, False
    for (cluster, svm), engine in scene.engines.items():
        way = capabilities.way(capabilities.of_svm(records, svm), scene.wanted.looks_at_owner)
        careful = careful or way.careful
        if not way.copies:
            why = "; ".join(way.reasons)
            engine = replace(
                engine, file_copy=False, why_not=f"The capability file says of SVM {svm}: {why}."
            )
        engines[cluster, svm] = engine
    return plan.decided(replace(scene, engines=engines), scene.images), careful

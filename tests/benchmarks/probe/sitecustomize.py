# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures every Python process that is started with this folder on PYTHONPATH and EIC_BENCH_PROBE set.

EIC_BENCH_PROBE names a folder; each process leaves one JSON file there when it ends: seconds from its start
to this line (the interpreter), in imports, with an HTTP request under way, its processor time, and the number
of requests, also by address and port. Ours and the rivals run with it alike, so that it favours nobody.
"""

from __future__ import annotations

import os

if os.environ.get("EIC_BENCH_PROBE"):
    import process_probe

    process_probe.begin(os.environ["EIC_BENCH_PROBE"])

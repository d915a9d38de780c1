# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every endpoint that is covered; anything else answers as an unknown API."""

from __future__ import annotations

from . import (
    cluster,
    file_clone,
    file_copy,
    files,
    luns,
    network,
    nfs,
    private_cli,
    qos,
    qtrees,
    san,
    security,
    snapshots,
    support,
    svms,
    volumes,
)

MODULES = (
    cluster,
    svms,
    network,
    volumes,
    files,
    file_clone,
    file_copy,
    snapshots,
    qtrees,
    nfs,
    qos,
    luns,
    san,
    security,
    support,
    private_cli,
)
ALL = tuple(resource for module in MODULES for resource in module.ALL)

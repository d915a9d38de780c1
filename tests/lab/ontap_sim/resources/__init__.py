# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every endpoint that is covered; anything else answers as an unknown API."""

from __future__ import annotations

from . import (
    accounts,
    cluster,
    export_rules,
    exports,
    file_clone,
    file_copy,
    files,
    licences,
    luns,
    network,
    nfs,
    private_cli,
    qos,
    qtrees,
    roles,
    san,
    snapshots,
    support,
    svm_peers,
    svms,
    volumes,
)

MODULES = (
    accounts,
    cluster,
    licences,
    export_rules,
    exports,
    svm_peers,
    svms,
    network,
    volumes,
    files,
    file_clone,
    file_copy,
    roles,
    snapshots,
    qtrees,
    nfs,
    qos,
    luns,
    san,
    support,
    private_cli,
)
ALL = tuple(resource for module in MODULES for resource in module.ALL)

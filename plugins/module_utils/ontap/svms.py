# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an SVM is there."""

from __future__ import annotations

from ..failures import NotFound


def require(client, name):
    """Raise NotFound, with the names that the account sees, unless it sees this SVM: one request."""
    known = sorted(record.get("name", "") for record in client.collection("/svm/svms", {"fields": "name"}))
    if name not in known:
        raise NotFound(
            f"The SVM {name!r} does not exist, or the account may not see it",
            client.host,
            f"name one of {', '.join(known)} as vserver" if known else "name an existing data SVM as vserver",
            code="2621462",
        )

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every ONTAP module begins with: a client from its arguments, closed at the end."""

from __future__ import annotations

import contextlib

from ..failures import WrongInput
from .client import OntapClient
from .connection import Connection


@contextlib.contextmanager
def open_client(params, report=None):
    """A client for module arguments (flat, or one record of ``ontap:``), as a context."""
    client = OntapClient(Connection.from_params(params), report)
    try:
        yield client
    finally:
        client.close()


def require_range(name, value, least, most):
    """Raise WrongInput unless a number lies in its range."""
    if value is not None and not least <= value <= most:
        raise WrongInput(
            f"{name} is {value}, and it must be {least} to {most}", cure=f"give {least} to {most}"
        )

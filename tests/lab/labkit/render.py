# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills the templates of tests/lab/openstack/etc: ``@name@`` and ``@kind:name@``."""

from __future__ import annotations

import re

from .addresses import ONTAP_PORT, PORTS
from .failure import LabError

_PLACE = re.compile(r"@([a-z][a-z0-9_]*)(?::([a-z][a-z0-9_-]*))?@")


def values(addresses, lab, tools, source):
    """{placeholder: value or function of what follows the colon}."""
    return {
        "net": addresses.net,
        "api": addresses.api,
        "cluster": addresses.cluster,
        "svm": addresses.svm,
        "images_svm": addresses.images_svm,
        "plain": addresses.plain,
        "epmd_port": str(addresses.epmd_port),
        "erlang_port": str(addresses.erlang_port),
        "ontap_port": str(ONTAP_PORT),
        "lab": str(lab.root),
        "tools": str(tools),
        "source": str(source),
        # Erlang writes an address as a tuple.
        "api_tuple": "{" + addresses.api.replace(".", ",") + "}",
        "port": lambda name: str(PORTS[name]),
        "url": addresses.url,
        "secret": lab.secret,
    }


def fill(text, known):
    """``text`` with every placeholder replaced; an unknown one is an error of the template."""

    def one(match):
        name, argument = match.groups()
        if name not in known or (argument is not None) != callable(known[name]):
            raise LabError(
                f"a template of the lab names {match.group(0)}, which labkit/render.py does not know."
            )
        return known[name](argument) if argument is not None else known[name]

    return _PLACE.sub(one, text)

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster or SVM is and how to log in; checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field

from ..failures import WrongInput


@dataclass(frozen=True)
class Connection:
    """One cluster or SVM management address with its credentials. The password never shows in a repr."""

    hostname: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    http_port: int | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    cert_filepath: str | None = None
    key_filepath: str | None = None
    force_ontap_version: str | None = None
    vserver: str | None = None

    @classmethod
    def from_params(cls, params):
        """Take the connection out of module arguments (flat, or one record of ``ontap:``); raises
        WrongInput."""
        refuse_unserved(params)
        names = cls.__dataclass_fields__
        values = {name: params[name] for name in names if params.get(name) is not None}
        connection = cls(**values)
        connection.check()
        return connection

    @property
    def netloc(self):
        """Host and port for a URL, IPv6 in brackets."""
        host = self.hostname.strip("[]")
        if _is_ipv6(host):
            host = f"[{host}]"
        return f"{host}:{self.http_port}" if self.http_port else host

    @property
    def verify(self):
        """What ``requests`` wants as ``verify``."""
        if not self.validate_certs:
            return False
        return self.ca_path or True

    @property
    def cert(self):
        """What ``requests`` wants as ``cert``."""
        if not self.cert_filepath:
            return None
        if self.key_filepath:
            return (self.cert_filepath, self.key_filepath)
        return self.cert_filepath

    def check(self):
        """Raise WrongInput for what can be seen to be wrong without asking anybody."""
        host = self.hostname.strip("[]")
        if not host or re.search(r"[/@\s?#]", host) or (":" in host and not _is_ipv6(host)):
            raise WrongInput(
                f"The hostname {self.hostname!r} is not a host name or address",
                cure="give only the name or address of the management LIF; a port goes into http_port",
            )
        if self.http_port is not None and not 0 < self.http_port < 65536:
            raise WrongInput(f"The http_port {self.http_port} is not a TCP port", cure="give 1 to 65535")
        if self.cert_filepath:
            if self.username or self.password:
                raise WrongInput(
                    "A username or password is given as well as cert_filepath, which is one too many",
                    cure="give username and password, or cert_filepath (and key_filepath)",
                )
        elif not (self.username and self.password):
            raise WrongInput(
                f"No complete login for {self.hostname} is given",
                cure="give username and password, or cert_filepath (and key_filepath)",
            )
        if self.key_filepath and not self.cert_filepath:
            raise WrongInput(
                f"The key_filepath {self.key_filepath!r} is given without cert_filepath",
                cure="give the certificate that belongs to the key as cert_filepath",
            )
        for name in ("ca_path", "cert_filepath", "key_filepath"):
            path = getattr(self, name)
            if path and not os.access(path, os.R_OK):
                raise WrongInput(
                    f"The {name} {path!r} cannot be read on the host that runs the module",
                    cure="give the path of a readable PEM file there",
                )


def refuse_unserved(params):
    """Refuse the values of netapp.ontap's arguments that ask for something other than REST over https."""
    use_rest = str(params.get("use_rest") or "always").lower()
    if use_rest not in ("always", "auto"):
        raise WrongInput(
            f"use_rest is {params['use_rest']!r}, and this collection speaks only REST",
            cure="use always or auto",
        )
    if params.get("use_lambda"):
        raise WrongInput(
            "use_lambda is true, and this collection speaks to ONTAP directly",
            cure="leave it out or set it to false",
        )


def _is_ipv6(host):
    try:
        return ipaddress.ip_address(host.split("%")[0]).version == 6
    except ValueError:
        return False

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster or SVM is and how to log in; checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from dataclasses import dataclass, field

from ..failures import WrongInput

#: One part of a host name, of any script. The underscore is no letter of the RFC, and is in use.
LABEL = r"\w([\w-]*\w)?"
#: A version as ONTAP is called, with or without its patch.
VERSION = r"\d+\.\d+(\.\d+)?((P|X|RC)\d+)?"


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
        if not _is_ipv6(host):
            self._refuse_name(host)
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
            if path and name != "ca_path" and os.path.isdir(path):
                raise WrongInput(
                    f"The {name} {path!r} is a directory, and it has to be a file",
                    cure="give the path of a PEM file in it",
                )
        if self.ca_path and self.validate_certs:
            self._refuse_ca_path()
        if self.force_ontap_version and not re.fullmatch(VERSION, self.force_ontap_version.strip()):
            raise WrongInput(
                f"The force_ontap_version {self.force_ontap_version!r} is not a version of ONTAP",
                cure="write it as 9.14 or 9.14.1, or leave it out",
            )

    def _refuse_name(self, host):
        """No URL can have a name of other labels, and the libraries say so each in its own way."""
        labels = host.removesuffix(".").split(".")
        odd = next((label for label in labels if not re.fullmatch(LABEL, label) or _octets(label) > 63), None)
        if odd is not None or sum(_octets(label) + 1 for label in labels) > 254:
            about = f", as {odd!r} is no part of one" if odd is not None and odd != host else ""
            raise WrongInput(
                f"The hostname {self.hostname!r} is not a host name or address{about}: each part between "
                "dots has 1 to 63 letters, digits or hyphens, all together at most 253",
                cure="correct the name of the management LIF",
            )

    def _refuse_ca_path(self):
        """OpenSSL's own answer to a file without a certificate names no file. A directory is looked into only
        when a certificate is looked for."""
        if os.path.isdir(self.ca_path):
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self.ca_path)
        except OSError as error:
            raise WrongInput(
                f"The ca_path {self.ca_path!r} holds no certificate in PEM form",
                cure="give the PEM file of the CA that signed ONTAP's certificate",
            ) from error


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


def _octets(label):
    """How long a part of a host name is as the name service has it; more than any may be where it has no such
    form."""
    try:
        return len(label.encode("idna"))
    except UnicodeError:
        return 255


def _is_ipv6(host):
    address, percent, zone = host.partition("%")
    if percent and not re.fullmatch(r"[\w.~-]+", zone):
        return False
    try:
        return ipaddress.ip_address(address).version == 6
    except ValueError:
        return False

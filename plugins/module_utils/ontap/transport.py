# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong before ONTAP answers, each as one sentence."""

from __future__ import annotations

import socket
import ssl

from ..failures import Unreachable


def explain(error, connection):
    """The failure for an exception of ``requests`` (or the OSError it let through)."""
    host = connection.netloc
    causes = list(_chain(error))
    texts = " ".join(str(cause) for cause in causes)
    if {"InvalidURL", "LocationParseError"} & {type(cause).__name__ for cause in causes}:
        return Unreachable(
            f"No URL can have the hostname {connection.hostname!r}",
            cure="correct the name of the management LIF as hostname",
        )
    if (
        any(isinstance(cause, (ssl.SSLError, ssl.CertificateError)) for cause in causes)
        or "SSLError" in texts
    ):
        return Unreachable(*_tls(causes, texts, host, connection))
    if any(isinstance(cause, socket.gaierror) for cause in causes) or "NameResolution" in texts:
        return Unreachable(
            f"The name of {host} cannot be resolved",
            cure="check hostname, and the name service of the host that runs the module",
        )
    if "ProxyError" in {type(cause).__name__ for cause in causes}:
        return Unreachable(
            f"The proxy from the environment does not lead to {host}",
            cure="add the host to no_proxy in the environment of the task",
        )
    if any("Timeout" in type(cause).__name__ for cause in causes) or "timed out" in texts:
        return Unreachable(
            f"ONTAP at {host} did not answer in time",
            cure="check that it is the management LIF, and that no firewall drops the connection",
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes) or "refused" in texts:
        return Unreachable(
            f"Nothing listens at {host}",
            cure="check hostname and http_port, and that the LIF is up and serves management",
        )
    if "Network is unreachable" in texts or "No route to host" in texts:
        return Unreachable(
            f"There is no route to {host}", cure="check hostname and the network of the host in between"
        )
    return Unreachable(
        f"The connection to {host} broke ({causes[-1].__class__.__name__}: {causes[-1]})",
        cure="run the task again; what had been started is found and finished or removed by the next run",
    )


def _tls(causes, texts, host, connection):
    """(what, where, cure) of a TLS failure."""
    if "CERTIFICATE_VERIFY_FAILED" in texts:
        if "mismatch" in texts or "not valid for" in texts or "doesn't match" in texts:
            return (
                f"The certificate of {host} is made out for another name",
                None,
                "use the name in the certificate as hostname, or renew the certificate with this name",
            )
        if "expired" in texts or "not yet valid" in texts:
            return (
                f"The certificate of {host} is expired or not yet valid",
                None,
                "renew it, or check the clocks",
            )
        given = (
            f"not signed by a CA in {connection.ca_path}"
            if connection.ca_path
            else "not signed by a known CA"
        )
        return (
            f"The certificate of {host} is not trusted, it is {given}",
            None,
            "give the PEM file of the CA that signed it as ca_path",
        )
    if "WRONG_VERSION_NUMBER" in texts or "record layer failure" in texts or "HTTP_REQUEST" in texts:
        return f"What listens at {host} does not speak https", None, "check hostname and http_port"
    if "certificate required" in texts.lower() or "CERTIFICATE_REQUIRED" in texts:
        return f"{host} wants a client certificate", None, "give cert_filepath and key_filepath"
    if connection.cert_filepath and (
        "KEY_VALUES_MISMATCH" in texts or "PEM" in texts or "key" in texts.lower()
    ):
        return (
            f"The client certificate {connection.cert_filepath!r} cannot be used with its key",
            None,
            "give a PEM certificate as cert_filepath and its own key as key_filepath",
        )
    # The innermost that TLS itself says: the others are the layers around it, which repeat it.
    own = [str(cause) for cause in causes if isinstance(cause, (ssl.SSLError, ssl.CertificateError))]
    return (
        f"The TLS connection to {host} failed ({own[-1] if own else texts})",
        None,
        "check the certificates on both sides",
    )


def _chain(error):
    """The exception and everything it was made of."""
    seen = []
    queue = [error]
    while queue:
        current = queue.pop(0)
        if not isinstance(current, BaseException) or current in seen:
            continue
        seen.append(current)
        yield current
        queue.extend([current.__cause__, current.__context__, getattr(current, "reason", None)])
        queue.extend(current.args)

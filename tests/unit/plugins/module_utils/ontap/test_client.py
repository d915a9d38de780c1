# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session: retries, pages, version, and what is said when no answer is had."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
import requests
from urllib3.exceptions import LocationParseError

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    client as client_module,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.connection import (
    Connection,
)

from .fake_ontap import Answer, FakeOntap, error

LOGIN = {"username": "admin", "password": "secret"}


@pytest.mark.parametrize(
    ("hostname", "port", "netloc"),
    [
        ("cluster.example.com", None, "cluster.example.com"),
        ("127.10.1.1", 28443, "127.10.1.1:28443"),
        ("cluster.example.com.", None, "cluster.example.com."),
        ("svm_a", None, "svm_a"),
        ("müñ.example.com", None, "müñ.example.com"),
        ("xn--mnchen-3ya.de", None, "xn--mnchen-3ya.de"),
        ("fe80::1%eth0", None, "[fe80::1%eth0]"),
        ("fd00::1", None, "[fd00::1]"),
        ("[fd00::1]", 8443, "[fd00::1]:8443"),
    ],
)
def test_address(hostname, port, netloc):
    connection = Connection.from_params({"hostname": hostname, "http_port": port, **LOGIN})
    assert connection.netloc == netloc
    assert "secret" not in repr(connection)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"hostname": "https://cluster"}, "https://cluster"),
        ({"hostname": "cluster:8443"}, "http_port"),
        ({"hostname": "c", "http_port": 0, **LOGIN}, "1 to 65535"),
        ({"hostname": "c"}, "No complete login"),
        ({"hostname": "c", "username": "admin"}, "No complete login"),
        ({"hostname": "c", "cert_filepath": "/nonexistent", **LOGIN}, "one too many"),
        ({"hostname": "c", "key_filepath": "/nonexistent", **LOGIN}, "without cert_filepath"),
        ({"hostname": "c", "cert_filepath": "/nonexistent.pem"}, "/nonexistent.pem"),
        ({"hostname": "c", "ca_path": "/nonexistent.pem", **LOGIN}, "ca_path"),
        ({"hostname": "c", "use_rest": "never", **LOGIN}, "only REST"),
        ({"hostname": "c", "use_lambda": True, **LOGIN}, "use_lambda"),
        ({"hostname": "cluster..example.com", **LOGIN}, "'' is no part of one"),
        ({"hostname": f"{'a' * 64}.example.com", **LOGIN}, "1 to 63 letters"),
        ({"hostname": ".".join(["a" * 63] * 4), **LOGIN}, "at most 253"),
        ({"hostname": "*.invalid", **LOGIN}, "'*' is no part of one"),
        ({"hostname": ".invalid", **LOGIN}, "'.invalid'"),
        ({"hostname": "a%zz.invalid", **LOGIN}, "'a%zz' is no part of one"),
        ({"hostname": "a\\b.invalid", **LOGIN}, "no part of one"),
        ({"hostname": "-a.invalid", **LOGIN}, "'-a' is no part of one"),
        ({"hostname": "ü" * 60 + ".invalid", **LOGIN}, "no part of one"),
        ({"hostname": "fe80::1%a]b", **LOGIN}, "not a host name or address"),
        (
            {"hostname": "c", "ca_path": "/etc/passwd", **LOGIN},
            "'/etc/passwd' holds no certificate",
        ),
        ({"hostname": "c", "cert_filepath": "/etc"}, "The cert_filepath '/etc' is a directory"),
        ({"hostname": "c", "force_ontap_version": "banana", **LOGIN}, "'banana' is not a version"),
        ({"hostname": "c", "force_ontap_version": "9", **LOGIN}, "9.14.1"),
    ],
)
def test_wrong_connection(params, words):
    with pytest.raises(failures.WrongInput) as caught:
        Connection.from_params(params)
    assert words in caught.value.sentence
    assert "secret" not in caught.value.sentence


def test_missing_library_is_one_sentence(monkeypatch):
    monkeypatch.setattr(client_module, "requests", None)
    with pytest.raises(failures.MissingLibrary, match="python3-requests"):
        client_module.OntapClient(Connection(hostname="c", **LOGIN))


@pytest.mark.parametrize("status", [429, 503])
def test_busy_is_retried_as_retry_after_says(status):
    ontap = FakeOntap()
    ontap.script = [("GET", "/cluster", error(status, 262160, "Too many requests", {"Retry-After": "7"}))]
    client = ontap.client()
    assert client.version == (9, 14, 1)
    assert ontap.now == 7
    assert client.requests == 2


def test_busy_ends_after_the_stated_total():
    ontap = FakeOntap()
    ontap.script = [("GET", "/cluster", error(503, 8, "overloaded"))] * 1000
    client = ontap.client(retry_total=20)
    with pytest.raises(failures.TimedOut) as caught:
        client.get("/cluster")
    assert ontap.now <= 20
    assert caught.value.code == "8"
    assert "at most 20 seconds" in caught.value.sentence


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, 4711, "Something new"), failures.Refused),
        (error(401, 6691623, "User is not authorized"), failures.NotAuthenticated),
        (error(403, 6, "not authorized for that command"), failures.NotAuthorized),
        (error(404, 4, "entry doesn't exist"), failures.NotFound),
        (error(404, 3, "API not found"), failures.Unsupported),
        (error(409, 1, "same identifiers"), failures.AlreadyExists),
        (Answer(200, b"<html>"), failures.Unreachable),
        (Answer(302, None), failures.Unreachable),
    ],
)
def test_other_refusals_are_not_retried(answer, kind):
    ontap = FakeOntap()
    ontap.script = [("GET", "/storage/volumes", answer)]
    client = ontap.client()
    with pytest.raises(kind):
        client.get("/storage/volumes")
    assert client.requests == 1


def test_pages_are_followed():
    ontap = FakeOntap()
    first = {
        "records": [{"n": 1}],
        "_links": {"next": {"href": "/api/storage/volumes?start.uuid=x&max_records=1"}},
    }
    ontap.script = [
        ("GET", "/storage/volumes", Answer(200, first)),
        ("GET", "/storage/volumes?start", Answer(200, {"records": [{"n": 2}]})),
    ]
    assert [record["n"] for record in ontap.client().collection("/storage/volumes")] == [1, 2]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "cannot be resolved"),
        (ConnectionRefusedError(111, "Connection refused"), "Nothing listens"),
        (ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"), "ca_path"),
        (ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] Hostname mismatch"), "another name"),
        (ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"), "expired"),
        (ssl.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does not speak https"),
        (TimeoutError("timed out"), "did not answer in time"),
        (OSError(113, "No route to host"), "no route"),
        (requests.exceptions.InvalidURL("Failed to parse"), "No URL can have"),
        (LocationParseError("a..b"), "No URL can have"),
        (ConnectionResetError(104, "Connection reset by peer"), "broke"),
    ],
)
def test_no_answer_is_one_sentence(cause, words):
    ontap = FakeOntap()
    plain = isinstance(cause, (requests.exceptions.InvalidURL, LocationParseError))
    failure = cause if plain else requests.exceptions.ConnectionError(cause)
    ontap.script = [("GET", "/cluster", failure)]
    with pytest.raises(failures.Unreachable) as caught:
        ontap.client().get("/cluster")
    assert words in caught.value.sentence
    assert "Traceback" not in caught.value.sentence
    assert caught.value.sentence.endswith(".")


def test_a_tls_failure_keeps_its_words_whole():
    ontap = FakeOntap()
    told = "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] " + "words " * 60 + "end"
    ontap.script = [("GET", "/cluster", requests.exceptions.SSLError(ssl.SSLError(1, told)))]
    with pytest.raises(failures.Unreachable) as caught:
        ontap.client().get("/cluster")
    assert caught.value.what == f"The TLS connection to fake failed ({told})"


@pytest.mark.parametrize("version", ["9.14", "9.14.1", "9.14.1P3", " 9.8 "])
def test_versions_that_may_be_forced(version):
    connection = Connection.from_params({"hostname": "c", "force_ontap_version": version, **LOGIN})
    assert client_module.OntapClient(connection).version[0] == 9


def test_version_is_read_once_and_may_be_forced():
    ontap = FakeOntap(version=(9, 7, 0))
    client = ontap.client()
    with pytest.raises(failures.Unsupported, match="needs ONTAP 9.8.*runs 9.7.0"):
        client.require((9, 8), "Copying files")
    client.require((9, 6), "Cloning files")
    assert client.requests == 1
    forced = client_module.OntapClient(Connection(hostname="c", force_ontap_version="9.11", **LOGIN))
    assert forced.version == (9, 11, 0)


def test_unreadable_version_is_let_through():
    ontap = FakeOntap()
    ontap.script = [("GET", "/cluster", error(403, 6, "not authorized for that command"))]
    client = ontap.client()
    client.require((9, 99), "Anything")
    assert client.version is None


def test_requests_are_counted_over_threads():
    client = FakeOntap().client()
    threads = [threading.Thread(target=client.get, args=("/cluster",)) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.requests == 20


@pytest.mark.parametrize(
    ("value", "written"), [("plain", "plain"), ("a*b", '"a*b"'), ("a..b", '"a..b"'), ("a|b", '"a|b"')]
)
def test_literal(value, written):
    assert client_module.literal(value) == written

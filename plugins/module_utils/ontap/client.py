# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session to ONTAP's REST API: requests, retries, pages, version. Knows no endpoint but /cluster."""

from __future__ import annotations

import email.utils
import random
import re
import threading
import time
import traceback
from urllib.parse import quote, urlencode

from ..failures import Busy, MissingLibrary, NotAuthorized, TimedOut, Unreachable, Unsupported
from . import errors, transport

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import LocationParseError

    REQUESTS_IMPORT_ERROR = None
except ImportError:
    requests = None
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

#: Longest wait, in seconds, for a cluster that keeps saying it is busy (429, 503, "device busy"), per
#: request.
RETRY_TOTAL = 120
#: Longest single wait in seconds when ONTAP names none.
RETRY_STEP = 15
#: Seconds for the TCP and TLS connection, and for an answer beyond what return_timeout asks for.
CONNECT_TIMEOUT = 15
READ_TIMEOUT = 60
#: Records per page; ONTAP's own upper limit.
PAGE = 10000


def silent(text):
    """A ``report`` that tells nobody."""


class OntapClient:
    """A connection that is kept alive, for use by one or several threads.

    ``report`` is called with one line of text when there is something to tell while waiting. ``requests``
    counts the HTTP requests sent, retries included. Sequential use costs one TLS handshake; N threads at most
    N.
    """

    def __init__(
        self, connection, report=None, retry_total=RETRY_TOTAL, sleep=time.sleep, clock=time.monotonic
    ):
        if requests is None:
            raise MissingLibrary(
                "The Python library requests (2.25 or newer) is missing on the host that runs the module",
                cure="install it for that Python (package python3-requests, or pip install requests)",
            )
        self.connection = connection
        self.report = report or silent
        self.retry_total = retry_total
        self.sleep = sleep
        self.clock = clock
        self.on_busy = silent
        self.requests = 0
        #: When the last answer was sent, by the clock of who sent it, in seconds since the epoch.
        self.answered = None
        self._lock = threading.Lock()
        self._version = None
        self._session = _session(connection)
        self._plain = None

    @property
    def host(self):
        """The name used in sentences."""
        return self.connection.netloc

    def close(self):
        """Close the connections."""
        self._session.close()

    def get(self, path, query=None):
        """One GET; the decoded body."""
        return self.request("GET", path, query)

    def post(self, path, body, query=None):
        """One POST; the decoded body."""
        return self.request("POST", path, query, body)

    def patch(self, path, body, query=None):
        """One PATCH; the decoded body."""
        return self.request("PATCH", path, query, body)

    def delete(self, path, query=None):
        """One DELETE; the decoded body."""
        return self.request("DELETE", path, query)

    def read(self, path, query):
        """One GET of file data, which ONTAP sends as a form with one part; its bytes."""
        headers = {"Accept": "multipart/form-data"}
        return self.retry(lambda: self._once("GET", path, query, None, headers, _only_part))

    def upload(self, path, query, data):
        """One POST of file data, which ONTAP takes as a form with one part; the decoded body."""
        form = {"data": ("data", data, "application/octet-stream")}
        return self.retry(lambda: self._once("POST", path, query, None, form=form))

    def collection(self, path, query=None):
        """All records of a collection, over its pages (one request for up to 10,000 records)."""
        body = self.get(path, {"max_records": PAGE, **(query or {})})
        records = list(body.get("records") or [])
        while True:
            following = ((body.get("_links") or {}).get("next") or {}).get("href")
            if not following:
                return records
            body = self.request("GET", re.sub(r"^/+api/*", "/", following))
            records.extend(body.get("records") or [])

    def request(self, method, path, query=None, body=None):
        """One request, sent again while ONTAP is busy, up to ``retry_total`` seconds in all."""
        return self.retry(lambda: self._once(method, path, query, body))

    def retry(self, attempt):
        """Call ``attempt`` again as long as it raises Busy; honours the wait that ONTAP asks for.

        Raises TimedOut with ONTAP's code when the waits would exceed ``retry_total`` seconds.
        """
        waited = 0.0
        step = 0.5
        while True:
            try:
                return attempt()
            except Busy as busy:
                self.on_busy(busy.sentence)
                wait = busy.retry_after if busy.retry_after is not None else step * random.uniform(0.5, 1.0)
                step = min(step * 2, RETRY_STEP)
                if waited + wait > self.retry_total:
                    raise TimedOut(
                        f"{busy.what}; it stayed so for {waited:.0f} of at most {self.retry_total} seconds",
                        busy.where,
                        busy.cure or "run the task again when the cluster has less to do",
                        busy.status,
                        busy.code,
                    ) from busy
                self.report(f"{self.host} is busy, next attempt in {wait:.1f} s ({busy.what})")
                self.sleep(wait)
                waited += wait

    @property
    def version(self):
        """ONTAP's version as (9, 14, 1), read once; None when the account may not read it."""
        with self._lock:
            known = self._version
        if known is None:
            known = self._read_version()
            with self._lock:
                self._version = known
        return known or None

    def require(self, version, purpose):
        """Raise Unsupported unless the cluster has at least ``version``; an unreadable version is let
        through."""
        found = self.version
        if found and found < tuple(version):
            raise Unsupported(
                f"{purpose} needs ONTAP {_dotted(version)}, and {self.host} runs {_dotted(found)}",
                cure=f"upgrade to ONTAP {_dotted(version)} or newer",
            )

    def _read_version(self):
        forced = self.connection.force_ontap_version
        if forced:
            numbers = tuple(int(number) for number in re.findall(r"\d+", forced))
            return (numbers + (0, 0))[:3]
        try:
            version = self.get("/cluster", {"fields": "version"}).get("version") or {}
        except NotAuthorized:
            return ()
        try:
            return int(version["generation"]), int(version["major"]), int(version.get("minor") or 0)
        except (KeyError, TypeError, ValueError):
            return ()

    def _once(self, method, path, query, body, headers=None, decode=None, form=None):
        with self._lock:
            self.requests += 1
        wait = int((query or {}).get("return_timeout") or 0)
        try:
            answer = self._session.send(
                self._prepared(method, path, query, body, headers, form),
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT + wait),
                allow_redirects=False,
                proxies=self._session.proxies,
            )
        except (requests.RequestException, LocationParseError, OSError) as error:
            raise transport.explain(error, self.connection) from error
        self.answered = _moment(answer.headers.get("Date")) or self.answered
        if decode and answer.status_code == 200:
            return decode(answer)
        return self._decode(method, path, answer)

    def _prepared(self, method, path, query, body, headers, form):
        """A request from a plain one: what is the same in all (login, headers) is worked out once.

        For each request anew that costs ``requests`` more than sending it.
        """
        if self._plain is None:
            self._plain = self._session.prepare_request(requests.Request("GET", f"https://{self.host}/api"))
        request = self._plain.copy()
        request.method = method
        request.url += path
        if query:
            request.url += "?" + urlencode({key: _text(value) for key, value in query.items()})
        request.headers.update(headers or {})
        if method != "GET":
            request.prepare_body(None, form, body)
        return request

    def _decode(self, method, path, answer):
        try:
            body = answer.json() if answer.content else {}
        except ValueError:
            body = None
        # Not by the key "error": the record of a failed job has one as well, in an answer that is fine.
        if answer.status_code >= 400:
            raise errors.of_answer(
                method,
                f"/api{path}",
                self.host,
                answer.status_code,
                body if isinstance(body, dict) else {},
                retry_after=_seconds(answer.headers.get("Retry-After")),
                account=self.connection.username,
            )
        if not isinstance(body, dict) or answer.status_code >= 300:
            raise Unreachable(
                f"What answers at {self.host} is not ONTAP's REST API (HTTP status {answer.status_code}, "
                f"{answer.headers.get('Content-Type', 'no content type')})",
                cure="check hostname and http_port: it must be a cluster or SVM management LIF",
                status=answer.status_code,
            )
        return body


def escape(path):
    """A file path as one segment of a URL; ``/`` becomes %2F."""
    return quote(path, safe="")


def literal(value):
    """A value as a query takes it, quoted when it has a character that queries give a meaning to."""
    if re.search(r'[*|<>!{},"]|\.\.', value):
        return f'"{value}"'
    return value


def any_of(values):
    """A query that matches each of the values."""
    return "|".join(literal(value) for value in values)


def _session(connection):
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=64)
    session.mount("https://", adapter)
    session.headers.update(
        {"Accept": "application/json", "X-Dot-Client-App": "openstack_ontap.enhanced_instance"},
    )
    if connection.cert_filepath:
        session.auth = _no_auth
    else:
        session.auth = (connection.username.encode("utf-8"), connection.password.encode("utf-8"))
    # Proxies and CA bundle of the environment, looked up once; requests would do it for every request.
    known = session.merge_environment_settings(
        f"https://{connection.netloc}", {}, None, connection.verify, connection.cert
    )
    session.proxies, session.verify, session.cert = known["proxies"], known["verify"], known["cert"]
    session.trust_env = False
    if not connection.validate_certs:
        _quiet_insecure_warning()
    return session


def _no_auth(request):
    """Keep a netrc of the user from adding a login to one by certificate."""
    return request


def _quiet_insecure_warning():
    try:
        from urllib3 import disable_warnings
        from urllib3.exceptions import InsecureRequestWarning
    except ImportError:
        return
    disable_warnings(InsecureRequestWarning)


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _seconds(header):
    """Retry-After as seconds: a number, or a date (RFC 9110); None when absent or unreadable."""
    if not header:
        return None
    if re.fullmatch(r"\s*\d+\s*", header):
        return float(header)
    moment = _moment(header)
    return None if moment is None else max(0.0, moment - time.time())


def _moment(header):
    """A date of HTTP as seconds since the epoch; None when absent or unreadable."""
    try:
        return email.utils.parsedate_to_datetime(header).timestamp()
    except (AttributeError, TypeError, ValueError):
        return None


def _only_part(answer):
    """The bytes of a form with one part; those of the whole answer when it is no form."""
    found = re.search(r'boundary="?([^";]+)', answer.headers.get("Content-Type", ""))
    if not found:
        return answer.content
    body = answer.content.partition(b"\r\n\r\n")[2]
    return body.rpartition(b"\r\n--" + found.group(1).encode())[0]


def _dotted(version):
    return ".".join(str(number) for number in version)

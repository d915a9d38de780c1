# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request as the resources see it, and the answer they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus

from .errors import ApiError, given_twice
from .values import to_bool, to_int

CONTROL = {
    "fields",
    "max_records",
    "return_timeout",
    "return_records",
    "order_by",
    "$orderBy",
    "offset",
    "pretty",
    "continue_on_failure",
    "serial_records",
    "query_fields",
    "query",
    "ignore_unknown_fields",
    "job_results_uuid",
    "privilege_level",
}


def parse_query(text):
    """Ordered pairs. Clients send encoded and plain text; a repeated name is refused (code 262188)."""
    pairs, seen = [], set()
    for item in text.split("&"):
        if not item:
            continue
        name, _dummy, value = item.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if name in seen:
            raise given_twice(name)
        seen.add(name)
        pairs.append((name, value))
    return pairs


@dataclass
class Reply:
    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    content: bytes | None = None
    content_type: str | None = None


@dataclass
class Call:
    sim: object
    method: str
    raw_path: str
    raw_query: str
    parts: list
    query: list
    body: object
    hal: bool
    account: dict | None = None
    svm: dict | None = None  # the SVM this request is scoped to, by login or by tunnelling
    on_svm_lif: bool = False
    headers: dict = field(default_factory=dict)
    data: bytes = b""
    accept: str = ""

    @property
    def version(self):
        return self.sim.version

    @property
    def store(self):
        return self.sim.store

    def option(self, name, default=None):
        return next((value for key, value in self.query if key == name), default)

    def flag(self, name, default=False):
        value = self.option(name)
        return default if value is None else to_bool(value, name)

    def filters(self, also=()):
        return [
            (name, value)
            for name, value in self.query
            if name not in CONTROL and name not in also and not name.startswith("start.") and value != ""
        ]

    @property
    def return_timeout(self):
        value = self.option("return_timeout")
        seconds = 15 if self.method == "GET" else 0
        if value is not None:
            seconds = to_int(value, "return_timeout")
            if not 0 <= seconds <= 120:  # facts A3
                raise ApiError(
                    400,
                    262185,
                    f'Invalid value "{value}" for "return_timeout": 0 to 120 is allowed.',
                    "return_timeout",
                )
        return seconds

    def svm_ref(self, record):
        """How an embedded svm looks: with a link when the client takes HAL."""
        return ref(record, f"/api/svm/svms/{record['uuid']}")


def ref(record, href):
    return {"name": record["name"], "uuid": record["uuid"], "_links": {"self": {"href": href}}}


def encode(part):
    return quote(str(part), safe="")

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a REST resource is: its declaration, and the hooks that it gives (facts A3-A5)."""

from __future__ import annotations

from . import selection
from .call import encode
from .errors import invalid_key, method_not_allowed, not_found
from .query import conditions
from .schema import get
from .values import UUID


class Resource:
    """One collection. Subclasses declare ``path``, ``schema``, ``keys`` and give the hooks below.

    ``keys`` are (path parameter, dotted field) pairs in the order of the URL after ``path``.
    ``scope``: svm (has an owner SVM), cluster (not for SVM accounts), both.
    """

    path = ""
    schema = None
    keys = (("uuid", "uuid"),)
    order = ("name",)
    methods = ("GET",)
    scope = "svm"
    since = (0, 0, 0)
    options = {}  # method -> query names that are not fields
    links = True
    by_query = True  # PATCH and DELETE on the collection with a query (facts A4)

    def __init__(self, sim):
        self.sim = sim
        self.store = sim.store

    @property
    def key_template(self):
        return "".join("/{" + name + "}" for name, _field in self.keys)

    # ---- hooks
    def rows(self, call, params):
        """Stored records, before scope."""
        raise NotImplementedError

    def show(self, call, record, wanted):
        """The record with what has to be computed, if it is wanted (a set of field names)."""
        return record

    def create(self, call, params, body):
        """The new record, or (record, Job)."""
        raise method_not_allowed("POST")

    def modify(self, call, record, changes):
        """None, or a Job."""
        raise method_not_allowed("PATCH")

    def delete(self, call, record):
        """None, or a Job."""
        raise method_not_allowed("DELETE")

    # ---- shared
    def visible(self, call, params):
        for record in self.rows(call, params):
            if call.svm is None or self.scope == "cluster" or get(record, "svm.uuid") == call.svm["uuid"]:
                yield record

    def href(self, record, params):
        base = "/api" + self.path
        for name, value in params.items():
            base = base.replace("{" + name + "}", encode(value))
        return base + "".join("/" + encode(get(record, field, "")) for _name, field in self.keys)

    def find(self, call, params):
        wanted = [(field, params[name]) for name, field in self.keys]
        for name, field in self.keys:
            kind = self.schema.fields[field].kind
            if kind == "uuid" and not UUID.match(params[name]):
                raise invalid_key(params[name], field)  # facts A4
            if kind == "int" and not params[name].lstrip("-").isdigit():
                raise invalid_key(params[name], field, "integer")
        for record in self.visible(call, params):
            if all(str(get(record, field, "")) == value for field, value in wanted):
                return record
        raise not_found(target=self.keys[-1][1])

    def chosen(self, call, collection):
        return selection.select(
            self.schema, call.version, call.option("fields"), call.flag("ignore_unknown_fields"), collection
        )

    def present(self, call, record, chosen, params):
        result = selection.project(record, chosen, call.hal)
        if call.hal and self.links:
            result.setdefault("_links", {})["self"] = {"href": self.href(record, params)}
        return result

    def search(self, call, params, filters):
        """(records as shown, filters' field names)"""
        tests = conditions(
            self.schema,
            call.version,
            filters,
            self.sim.switches["query_comma"] == "or",
            call.flag("ignore_unknown_fields"),
        )
        names = {test.name for test in tests}
        found = []
        for record in self.visible(call, params):
            shown = self.show(call, record, names)
            if all(test.matches(shown) for test in tests):
                found.append(record)
        return found, names

    def path_params(self, params):
        keys = {name for name, _field in self.keys}
        return {
            name: value for name, value in params.items() if name not in keys or "{" + name + "}" in self.path
        }

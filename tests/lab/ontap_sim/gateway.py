# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request from socket to answer: faults, account, rights, route, audit (facts A1, A2, A5)."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from urllib.parse import unquote

from aiohttp import web

from . import listing, rights, writing
from .audit import without_secrets
from .call import Call, Reply, parse_query
from .errors import ApiError, api_not_found, bad_json, method_not_allowed
from .faults import STANDARD
from .routing import segments

LOG = logging.getLogger("ontap_sim")
ZAPI = ["servlets", "netapp.servlets.admin.XMLrequest_filer"]
HEADERS = {
    "Server": "libzapid-httpd",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache,no-store,must-revalidate",
    "Vary": "Accept-Encoding",
}


class Dropped(Exception):
    """The connection is to be cut without an answer."""


class Gateway:
    def __init__(self, sim):
        self.sim = sim

    async def handle(self, request):
        begun = time.perf_counter()
        raw_path, _dummy, raw_query = request.raw_path.partition("?")
        entry = {
            "time": round(time.time(), 3),
            "account": None,
            "svm": None,
            "method": request.method,
            "path": raw_path,
            "query": unquote(raw_query),
            "client": request.headers.get("X-Dot-Client-App"),
        }
        headers = {}
        try:
            data = await request.read() if request.can_read_body else b""
            parts = segments(raw_path)
            late = await self._fault(request, parts, entry)
            if isinstance(late, web.Response):
                return late
            reply = await self._answer(request, parts, raw_path, raw_query, data, entry)
        except ApiError as error:
            reply = Reply(error.status, error.body())
            entry["code"] = error.code
            headers = getattr(error, "headers", {})
        except Dropped:
            entry["status"] = 0
            if request.transport is not None:
                request.transport.abort()
            raise asyncio.CancelledError from None
        except asyncio.CancelledError:
            entry["status"] = 0
            raise
        except Exception:
            LOG.exception("%s %s failed unexpectedly", request.method, request.raw_path)
            reply = Reply(500, ApiError(500, 65552, "Internal error.").body())
        finally:
            if "status" not in entry and "reply" in locals():
                entry["status"] = reply.status
            entry["milliseconds"] = round((time.perf_counter() - begun) * 1000, 2)
            self.sim.audit.write(**entry)
        return self._respond(request, reply, headers)

    def _respond(self, request, reply, extra):
        headers = {**HEADERS, **reply.headers, **extra}
        if reply.content is not None:
            return web.Response(
                status=reply.status, body=reply.content, headers=headers, content_type=reply.content_type
            )
        hal = _takes_hal(request)
        body = b"" if reply.body is None else json.dumps(reply.body, separators=(",", ":")).encode()
        if request.method == "HEAD":
            body = b""
        headers["Content-Type"] = "application/hal+json" if hal else "application/json"
        return web.Response(status=reply.status, body=body, headers=headers)

    async def _fault(self, request, parts, entry):
        answer = self.sim.faults.for_request(request.method, "/" + "/".join(parts))
        if answer is None:
            return None
        entry["fault"] = answer
        if answer.get("delay"):
            await asyncio.sleep(answer["delay"])
        if answer.get("reset"):
            raise Dropped
        if answer.get("broken"):
            entry["status"] = 200
            return web.Response(
                status=200,
                body=b'{"records": [{"uuid": "',
                headers={**HEADERS, "Content-Type": "application/json"},
            )
        if answer.get("restart"):
            self.sim.control.restart(answer["restart"])
            raise Dropped
        if answer.get("status"):
            code, message = STANDARD.get(answer["status"], (65541, "Failure."))
            error = ApiError(answer["status"], answer.get("code", code), answer.get("message", message))
            if "retry_after" in answer:
                error.headers = {"Retry-After": str(answer["retry_after"])}
            raise error
        return None

    async def _answer(self, request, parts, raw_path, raw_query, data, entry):
        owner, on_svm_lif = self.sim.owner_of_address(_local_address(request))
        zapi = parts == ZAPI
        account = self.sim.auth.authenticate(
            request.headers.get("Authorization"),
            _certificate_name(request),
            owner,
            "ontapi" if zapi else "http",
        )
        entry["account"] = account["name"]
        if zapi:
            return await self.sim.zapi.handle(account, data, entry)
        if parts[:1] != ["api"]:
            raise api_not_found()
        svm = self.sim.scope(account, request.headers)
        if svm:
            entry["svm"] = svm["name"]
        role = self.sim.role(account)
        rights.check(role, parts, request.method, account.get("scope") == "svm")
        target, params = self.sim.routes.find(parts[1:])
        if target is None or self.sim.version < target[0].since:
            entry["uncovered"] = True
            raise api_not_found()
        resource, kind = target
        entry["endpoint"] = resource.path + resource.key_template if kind == "instance" else resource.path
        call = Call(
            self.sim,
            request.method,
            raw_path,
            raw_query,
            parts,
            parse_query(raw_query),
            None,
            _takes_hal(request),
            account,
            svm,
            on_svm_lif,
            request.headers,
            data,
            request.headers.get("Accept", ""),
        )
        self._read_body(call, request, entry)
        try:
            return await dispatch(resource, kind, call, params)
        except ApiError as error:
            if error.status == 405:
                entry["uncovered"] = True
            raise

    def _read_body(self, call, request, entry):
        kind = request.headers.get("Content-Type", "")
        if not call.data or kind.startswith("multipart/"):
            return
        try:
            call.body = json.loads(call.data)
        except (UnicodeDecodeError, ValueError) as error:
            raise bad_json(error) from None
        entry["body"] = without_secrets(call.body)
        if call.method in ("GET", "HEAD", "DELETE") and call.body not in ({}, None):
            # an empty object is accepted: the official library sends one on DELETE (facts A4)
            raise ApiError(400, 262198, f"A request body is not allowed on {call.method}.")


async def dispatch(resource, kind, call, params):
    """A known path; which of its methods exist is the resource's business."""
    if call.method == "OPTIONS":
        return Reply(200, None, {"Allow": ", ".join(allowed(resource, kind))})
    method = "GET" if call.method == "HEAD" else call.method
    if method not in allowed(resource, kind):
        raise method_not_allowed(call.method)
    if hasattr(resource, "handle"):
        result = resource.handle(call, kind, params)
        return await result if asyncio.iscoroutine(result) else result
    if method == "GET":
        function = listing.list_records if kind == "collection" else listing.show_record
        return function(resource, call, params)
    if method == "POST":
        return await writing.create(resource, call, params)
    if kind == "collection":
        return await writing.change_by_query(resource, call, params, method)
    return await writing.change(resource, call, params, method)


def allowed(resource, kind):
    methods = set(resource.methods)
    if kind == "instance":
        methods -= {"POST"}
    elif not resource.by_query:
        methods -= {"PATCH", "DELETE"}
    if hasattr(resource, "handle"):
        methods = set(resource.instance_methods if kind == "instance" else resource.methods)
    return sorted(methods | {"HEAD", "OPTIONS"})


def _takes_hal(request):
    # facts A1: only plain application/json goes without links
    return request.headers.get("Accept", "*/*").split(";")[0].strip().lower() != "application/json"


def _local_address(request):
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return name[0] if name else ""


def _certificate_name(request):
    certificate = request.transport.get_extra_info("peercert") if request.transport else None
    if not certificate:
        return None
    for part in certificate.get("subject", ()):
        for name, value in part:
            if name == "commonName":
                return value
    return None

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating, modifying and deleting records, one or many (facts A3-A5, A7)."""

from __future__ import annotations

import asyncio

from .call import Reply
from .errors import ApiError, method_not_allowed, not_found, unexpected_argument
from .query import conditions
from .schema import get


async def settle(call, job, status):
    """202 and a link, or the final status when the job ends within return_timeout (facts A7)."""
    timeout = call.return_timeout
    try:
        await asyncio.wait_for(job.finished.wait(), timeout or call.sim.switches["job_grace_seconds"])
    except asyncio.TimeoutError:
        return 202, dict(job.link)
    if not timeout or call.sim.switches["job_finished_status"] == "accepted":
        return 202, dict(job.link)
    if job.error:
        raise job.error
    return status, dict(job.link)


def checked_timeout(call):
    """A return_timeout that is out of range is refused before anything is changed."""
    return call.return_timeout


async def create(resource, call, params):
    inner = resource.path_params(params)
    if (
        isinstance(call.body, dict)
        and set(call.body) == {"records"}
        and "records" not in resource.schema.lists
    ):
        return await _create_many(resource, call, inner)
    checked_timeout(call)
    for name, _value in call.filters(resource.options.get("POST", ())):
        if name in resource.schema.names(call.version) or name in resource.schema.objects:
            raise ApiError(400, 262211, f'A POST request takes no query; put "{name}" into the body.', name)
        raise unexpected_argument(name)
    body = resource.schema.load(call.body or {}, "POST", call.version)
    made = resource.create(call, inner, body)
    if asyncio.iscoroutine(made):
        made = await made
    record, job = made if isinstance(made, tuple) else (made, None)
    headers = {}
    status, reply = 201, {}
    if record is not None:
        headers["Location"] = resource.href(record, inner)
    if job is not None:
        status, reply = await settle(call, job, 201)
    if call.flag("return_records") and record is not None:
        chosen = resource.chosen(call, collection=False)
        shown = resource.present(call, resource.show(call, record, chosen), chosen, inner)
        reply.update(num_records=1, records=[shown])
    return Reply(status, reply, headers)


async def _create_many(resource, call, params):
    """A record-based POST is always a job (facts A4)."""
    bodies = [resource.schema.load(item, "POST", call.version) for item in call.body["records"]]

    made_keys = []

    async def work(job):
        for body in bodies:
            made = resource.create(call, params, body)
            if asyncio.iscoroutine(made):
                made = await made
            if isinstance(made, tuple) and made[1] is not None:
                await made[1].finished.wait()
                if made[1].error:
                    raise made[1].error
            record = made[0] if isinstance(made, tuple) else made
            made_keys.append([str(get(record, field)) for _name, field in resource.keys])
        now = call.store.get("job", job.uuid)
        call.store.put("job", job.uuid, {**now, "results": made_keys, "results_of": resource.path})

    job = call.sim.jobs.start(f"POST {call.raw_path}", work, call.svm)
    status, reply = await settle(call, job, 201)
    href = f"{call.raw_path}?job_results_uuid={job.uuid}"
    reply["job"]["_links"]["results"] = {"href": href}
    return Reply(status, reply, {"Location": href})


async def change(resource, call, params, method):
    """PATCH or DELETE of one record."""
    record = resource.find(call, params)
    own = resource.options.get(method, ())
    filters = call.filters(own)
    if filters:
        tests = conditions(resource.schema, call.version, filters)
        shown = resource.show(call, record, {test.name for test in tests})
        if not all(test.matches(shown) for test in tests):
            raise not_found()
    checked_timeout(call)
    changes = _changes(resource, call, method)
    job = await _apply(resource, call, record, method, changes)
    status, reply = (200, {}) if job is None else await settle(call, job, 200)
    return Reply(status, reply)


def _changes(resource, call, method):
    if method == "DELETE":
        return None
    return resource.schema.load(call.body or {}, "PATCH", call.version)


async def _apply(resource, call, record, method, changes):
    result = resource.modify(call, record, changes) if method == "PATCH" else resource.delete(call, record)
    return await result if asyncio.iscoroutine(result) else result


async def change_by_query(resource, call, params, method):
    """PATCH or DELETE of all records that a query selects (facts A4)."""
    if not resource.by_query:
        raise method_not_allowed(method)
    params = resource.path_params(params)
    filters = call.filters(resource.options.get(method, ()))
    if not filters:
        raise ApiError(
            400, 262247, f"A {method} request on a collection needs at least one field in its query."
        )
    timeout = call.return_timeout or 15
    changes = _changes(resource, call, method)
    found, _dummy = resource.search(call, params, filters)
    jobs = []
    for record in found:
        job = await _apply(resource, call, record, method, changes)
        if job is not None:
            jobs.append(job)
    body = {"num_records": len(found)}
    if jobs:
        await asyncio.wait([asyncio.ensure_future(job.finished.wait()) for job in jobs], timeout=timeout)
        for job in jobs:
            if job.error:
                raise job.error
        body["jobs"] = [job.link["job"] for job in jobs]
        if len(jobs) == 1:
            body.update(jobs[0].link)
    return Reply(200, body)

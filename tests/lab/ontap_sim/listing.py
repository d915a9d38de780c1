# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading collections and single records: filter, order, page, project (facts A3, A4)."""

from __future__ import annotations

from .call import Reply, encode
from .errors import ApiError, invalid_value
from .query import values_of
from .schema import get
from .values import to_int


def _sort_key(value):
    return (value is not None, isinstance(value, str), value if value is not None else 0)


def _order(resource, call, records):
    text = call.option("order_by") or call.option("$orderBy")
    if not text:
        fields = [*resource.order, *(field for _name, field in resource.keys)]
        return sorted(records, key=lambda item: [_sort_key(get(item, name)) for name in fields])
    for part in reversed([part.strip() for part in text.split(",") if part.strip()]):
        name, _dummy, direction = part.partition(" ")
        if name not in resource.schema.names(call.version):
            raise ApiError(400, 262268, f'Cannot order by "{name}".', name)
        if direction.strip().lower() not in ("", "asc", "desc"):
            raise invalid_value(text, "order_by", "field [asc|desc],...")
        records = sorted(
            records,
            key=lambda item, name=name: _sort_key(get(item, name)),
            reverse=direction.strip().lower() == "desc",
        )
    return records


def _max_records(call):
    value = call.option("max_records")
    if value is None:
        return 10000
    number = to_int(value, "max_records")
    if number < 1:
        raise invalid_value(value, "max_records", "integer")
    return number


def _start(resource, call, records):
    """Where the page begins: start.<field> names the first record (facts A4)."""
    start = {name[6:]: value for name, value in call.query if name.startswith("start.")}
    if not start:
        return to_int(call.option("offset") or 0, "offset")
    keys = [field for _name, field in resource.keys]
    for index, record in enumerate(records):
        if all(str(get(record, field, "")) == start.get(field, "") for field in keys):
            return index
    position = start.get("position", "")
    return min(int(position), len(records)) if position.isdigit() else len(records)


def _across(call, shown):
    """query and query_fields: a text in any of several fields (facts A3)."""
    text, names = call.option("query"), call.option("query_fields")
    if text is None:
        return True
    if not names:
        raise ApiError(400, 262186, 'The parameter "query" needs "query_fields".', "query")
    wanted = text.strip("*").lower()
    return any(
        wanted in str(value).lower() for name in names.split(",") for value in values_of(shown, name.strip())
    )


def _job_results(resource, call, params):
    """What a record-based request made (facts A4)."""
    job = call.store.get("job", call.option("job_results_uuid"))
    if job is None or "results" not in job and job["state"] != "success":
        raise ApiError(400, 262293, "The results of the job are not ready.", "job_results_uuid")
    if job.get("results_of") != resource.path:
        raise ApiError(400, 262294, "The job belongs to another API.", "job_results_uuid")
    chosen = resource.chosen(call, collection=True)
    keys = [tuple(item) for item in job["results"]]
    found = [
        record
        for record in resource.visible(call, params)
        if tuple(str(get(record, field)) for _name, field in resource.keys) in keys
    ]
    shown = [resource.present(call, resource.show(call, item, chosen), chosen, params) for item in found]
    return Reply(200, {"records": shown, "num_records": len(shown)})


def list_records(resource, call, params):
    params = resource.path_params(params)
    if call.option("job_results_uuid"):
        return _job_results(resource, call, params)
    filters = call.filters(resource.options.get("GET", ()))
    chosen = resource.chosen(call, collection=True)
    limit = _max_records(call)
    found, filtered = resource.search(call, params, filters)
    own = call.raw_path + ("?" + call.raw_query if call.raw_query else "")
    body = {}
    if not call.flag("return_records", True):
        body["num_records"] = len(found)
        if call.hal:
            body["_links"] = {"self": {"href": own}}
        return Reply(200, body)
    # a field that was asked about is shown
    names = resource.schema.names(call.version)
    chosen = chosen | frozenset(name for name in filtered if name in names)
    wanted = set(chosen)
    ordering = {part.split()[0] for part in (call.option("order_by") or "").split(",") if part.strip()}
    shown = [resource.show(call, record, wanted | ordering) for record in found] if ordering else found
    ordered = _order(resource, call, shown)
    if call.option("query") is not None:
        ordered = [item for item in ordered if _across(call, resource.show(call, item, set(names)))]
    begin = _start(resource, call, ordered)
    page = ordered[begin : begin + limit]
    if not ordering:
        page = [resource.show(call, record, wanted) for record in page]
    body["records"] = [resource.present(call, record, chosen, params) for record in page]
    body["num_records"] = len(page)
    links = {"self": {"href": own}} if call.hal else {}
    headers = {}
    if begin + limit < len(ordered):
        follow = ordered[begin + limit]
        rest = [item for item in call.raw_query.split("&") if item and not item.startswith("start.")]
        starts = [f"start.{field}={encode(get(follow, field, ''))}" for _name, field in resource.keys]
        href = call.raw_path + "?" + "&".join([*starts, f"start.position={begin + limit}", *rest])
        links["next"] = {"href": href}
        headers["Link"] = f'<{href}>; rel="next"'
    if links:
        body["_links"] = links
    return Reply(200, body, headers)


def show_record(resource, call, params):
    record = resource.find(call, params)
    chosen = resource.chosen(call, collection=False)
    shown = resource.show(call, record, chosen)
    return Reply(200, resource.present(call, shown, chosen, resource.path_params(params)))

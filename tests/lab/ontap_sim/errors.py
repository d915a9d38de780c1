# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ONTAP answers when it refuses (facts A5, A6)."""

from __future__ import annotations


class ApiError(Exception):
    """A refusal: HTTP status, ONTAP code (a string of digits), message and perhaps the field it is about."""

    def __init__(self, status, code, message, target=None, arguments=None):
        super().__init__(message)
        self.status = status
        self.code = str(code)
        self.message = message
        self.target = target
        self.arguments = arguments

    def body(self):
        error = {"message": self.message, "code": self.code}
        if self.target:
            error["target"] = self.target
        if self.arguments:
            error["arguments"] = self.arguments
        return {"error": error}


def api_not_found():
    return ApiError(404, 3, "API not found")


def method_not_allowed(method):
    return ApiError(405, 3, f"The {method} operation is not supported on this resource.")


def not_found(what="entry doesn't exist", code=4, target=None):
    # facts A4: the default text is compared literally by clients
    return ApiError(404, code, what, target)


def not_authorized():
    return ApiError(403, 6, "not authorized for that command")


def invalid_key(value, field, kind="UUID"):
    return ApiError(404, 2, f'"{value}" is an invalid value for field "{field}" (<{kind}>)', field)


def invalid_value(value, field, expected):
    return ApiError(400, 262197, f'The value "{value}" is invalid for field "{field}" (<{expected}>)', field)


def unexpected_argument(name):
    return ApiError(400, 262179, f'Unexpected argument "{name}".', name)


def cannot_set(name):
    return ApiError(400, 262196, f'Field "{name}" cannot be set in this operation', name)


def cannot_patch(name):
    return ApiError(400, 262203, f'Field "{name}" is not supported in the body of PATCH requests', name)


def missing_value(name):
    return ApiError(400, 262212, f'The required field "{name}" is missing', name)


def given_twice(name):
    return ApiError(400, 262188, f'Field "{name}" was specified twice', name)


def bad_json(reason):
    return ApiError(400, 262199, f"Invalid JSON input: {reason}")


def exists(message, code=1, target=None):
    return ApiError(409, code, message, target)

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand a collection's tarball to galaxy-importer, and fail where it has something to say.

galaxy-importer itself ends well with warnings. Runs in its own virtualenv: ``import_tarball.py FOLDER``.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from galaxy_importer import main


class Complaints(logging.Handler):
    """Keeps what is a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def take(tarball: Path) -> int:
    complaints = Complaints()
    main.logger.addHandler(complaints)
    code = main.main([str(tarball)])
    for text in complaints.texts:
        print(f"galaxy-importer complained: {text}", file=sys.stderr)
    return code or int(bool(complaints.texts))


if __name__ == "__main__":
    (found,) = Path(sys.argv[1]).glob("*.tar.gz")
    sys.exit(take(found))

# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import config_files
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.config_files import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import Refused


def write(files):
    config_files.write(files, None, None)


@pytest.mark.parametrize(
    ("content", "mode", "wanted", "expected"),
    [
        (None, 0, ("x", 0o640), ["presence"]),
        ("x", 0o640, ("x", 0o640), []),
        ("y", 0o640, ("x", 0o640), ["content"]),
        ("x", 0o600, ("x", 0o640), ["mode"]),
        ("x", 0o640, (None, 0), ["presence"]),
        (None, 0, (None, 0), []),
    ],
)
def test_what_differs_is_named_and_mended(tmp_path, content, mode, wanted, expected):
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    one = Wanted(str(path), *wanted)
    assert config_files.differs(one, None, None) == expected
    write([one])
    assert config_files.differs(one, None, None) == []


def test_undoing_brings_back_what_was_and_removes_what_was_not(tmp_path):
    old, new = tmp_path / "old", tmp_path / "folder" / "new"
    old.write_text("before")
    old.chmod(0o600)
    write([Wanted(str(old), "after", 0o640), Wanted(str(new), "after", 0o640)])
    assert (old.read_text(), new.read_text()) == ("after", "after")
    assert (tmp_path / ".old.before-last-change").stat().st_mode & 0o777 == 0o600
    assert config_files.undo([str(old), str(new), str(tmp_path / "other")]) == [str(old), str(new)]
    assert (old.read_text(), old.stat().st_mode & 0o777) == ("before", 0o600)
    assert not new.exists()


def test_a_file_that_cannot_be_written_takes_the_others_back(tmp_path):
    good = tmp_path / "good"
    good.write_text("before")
    (tmp_path / "plain").write_text("a file, no folder")
    with pytest.raises(Refused, match="nothing was changed"):
        write([Wanted(str(good), "after", 0o640), Wanted(str(tmp_path / "plain" / "bad"), "x", 0o640)])
    assert good.read_text() == "before"


def test_the_mode_of_somebody_elses_file_stays(tmp_path):
    path = tmp_path / "main.conf"
    path.write_text("a")
    path.chmod(0o604)
    write([Wanted(str(path), "b", 0o640, keep_mode=True)])
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("b", 0o604)

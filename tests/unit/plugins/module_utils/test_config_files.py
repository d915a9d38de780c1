# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
import threading

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


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write([Wanted("here", "x", 0o640), Wanted("folder/there", "x", 0o640)])
    assert (tmp_path / "here").read_text() == (tmp_path / "folder" / "there").read_text() == "x"


def test_ends_of_lines_are_as_they_are_told(tmp_path):
    one = Wanted(str(tmp_path / "ca.pem"), "line\r\n", 0o644)
    write([one])
    assert config_files.differs(one, None, None) == []


def test_undoing_twice_changes_nothing_the_second_time(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("before")
    old.chmod(0o640)
    write([Wanted(str(old), "after", 0o640), Wanted(str(new), "after", 0o640)])
    paths = [str(old), str(new), str(tmp_path / "never")]
    assert config_files.undoable(paths) == paths[:2]
    assert config_files.undo(paths) == paths[:2]
    assert (config_files.undoable(paths), config_files.undo(paths)) == ([], [])


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path):
    folder, link = tmp_path / "managed", tmp_path / "cinder.conf"
    folder.mkdir()
    (folder / "real.conf").write_text("before")
    link.symlink_to(folder / "real.conf")
    write([Wanted(str(link), "after", 0o640, keep_mode=True)])
    assert link.is_symlink()
    assert (folder / "real.conf").read_text() == "after"
    assert (folder / ".real.conf.before-last-change").read_text() == "before"
    config_files.undo([str(link)])
    assert link.is_symlink()
    assert (folder / "real.conf").read_text() == "before"
    config_files.forget([str(link)])
    assert sorted(tmp_path.rglob("*")) == [link, folder, folder / "real.conf"]


def test_a_full_file_system_changes_nothing_and_leaves_nothing(tmp_path, monkeypatch):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("before")
    two.write_text("before")

    def full(source, target):
        if source.name == str(two):
            raise OSError(errno.ENOSPC, "No space left on device")
        target.write(source.read())

    monkeypatch.setattr(config_files.shutil, "copyfileobj", full)
    with pytest.raises(Refused, match="two cannot be written: No space left on device; nothing was changed"):
        write([Wanted(str(one), "after", 0o640), Wanted(str(two), "after", 0o640)])
    assert (one.read_text(), two.read_text()) == ("before", "before")
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_where_nothing_can_be_removed_either_it_is_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "main.conf"
    path.write_text("before")

    def refuse(*_arguments, **_words):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(config_files.Path, "unlink", refuse)
    with pytest.raises(Refused, match="cannot be written: Read-only file system; nothing was changed"):
        write([Wanted(str(path), "after", 0o640)])


def test_the_first_state_of_a_link_to_another_file_system_is_kept(tmp_path, monkeypatch):
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    (there / "real.conf").write_text("first")
    link = here / "main.conf"
    link.symlink_to(there / "real.conf")
    rename = os.replace

    def within(source, target):
        if os.path.dirname(source) != os.path.dirname(target):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    monkeypatch.setattr(config_files.os, "replace", within)
    config_files.keep_original(str(link), ".first")
    assert (here / "main.conf.first").read_text() == "first"
    assert sorted(file.name for file in here.iterdir()) == ["main.conf", "main.conf.first"]


def test_a_full_file_system_leaves_what_was_kept_and_tells_where(tmp_path, monkeypatch):
    path = tmp_path / "main.conf"
    path.write_text("before")
    write([Wanted(str(path), "after", 0o640)])

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(config_files.shutil, "copyfileobj", full)
    with pytest.raises(Refused, match=r"cannot be brought back .*; it is kept as .*before-last-change"):
        config_files.undo([str(path)])
    assert path.read_text() == "after"


@pytest.mark.parametrize("work", ["write", "undo", "original"])
def test_a_secret_is_never_readable_for_others(tmp_path, monkeypatch, work):
    path = tmp_path / "main.conf"
    path.write_text("before")
    path.chmod(0o640)
    write([Wanted(str(path), "after", 0o640)])
    modes, real = [], config_files.shutil.copyfileobj

    def looks(source, target):
        modes.append(os.fstat(target.fileno()).st_mode & 0o777)
        real(source, target)

    monkeypatch.setattr(config_files.shutil, "copyfileobj", looks)
    if work == "write":
        write([Wanted(str(path), "again", 0o640)])
    elif work == "undo":
        config_files.undo([str(path)])
    else:
        config_files.keep_original(str(path), ".original")
        assert (tmp_path / "main.conf.original").stat().st_mode & 0o777 == 0o640
    assert modes == [0o600]


class Killed(BaseException):
    """What no except of ours sees."""


@pytest.mark.parametrize("at", ["copyfileobj", "replace"])
def test_a_killed_run_leaves_each_file_whole_and_the_next_one_takes_its_leftovers(tmp_path, monkeypatch, at):
    path, original = tmp_path / "main.conf", tmp_path / "main.conf.original"
    path.write_text("first")
    write([Wanted(str(path), "second", 0o640)])

    def killed(*words):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(config_files.shutil if at == "copyfileobj" else config_files.os, at, killed)
        with pytest.raises(Killed):
            write([Wanted(str(path), "third", 0o640)])
        with pytest.raises(Killed):
            config_files.keep_original(str(path), ".original")
    assert path.read_text() == "second"
    assert (tmp_path / ".main.conf.before-last-change").read_text() == "first"
    assert not original.exists()
    write([Wanted(str(path), "third", 0o640)])
    assert sorted(file.name for file in tmp_path.iterdir()) == [".main.conf.before-last-change", "main.conf"]


def test_what_the_service_has_read_stays_kept_until_it_reads_again(tmp_path):
    path, new = tmp_path / "main.conf", tmp_path / "new"
    path.write_text("read")
    files = [Wanted(str(path), "never read", 0o640), Wanted(str(new), "never read", 0o640)]
    write(files)  # and killed before the restart
    paths = [one.path for one in files]
    again = [Wanted(one, "never read either", 0o640) for one in paths]
    config_files.write(again, None, None, pending=paths)
    config_files.undo(paths)
    assert path.read_text() == "read"
    assert not new.exists()


def test_three_runs_that_nobody_has_read_lead_back_to_what_was_read(tmp_path):
    path, new = tmp_path / "main.conf", tmp_path / "new"
    path.write_text("read")
    paths = [str(path), str(new)]
    for text in ("first", "second", "third"):
        config_files.write([Wanted(one, text, 0o640) for one in paths], None, None, pending=paths)
        assert all(config_files.untouched(one) for one in paths)
    config_files.undo(paths)
    assert path.read_text() == "read"
    assert not new.exists()


def test_what_somebody_else_wrote_since_is_kept(tmp_path):
    path = tmp_path / "main.conf"
    path.write_text("read")
    write([Wanted(str(path), "never read", 0o640)])
    assert config_files.untouched(str(path))
    path.write_text("the operator's")
    os.utime(path, ns=(1, 1))
    assert not config_files.untouched(str(path))
    config_files.write([Wanted(str(path), "next", 0o640)], None, None, pending=[str(path)])
    config_files.undo([str(path)])
    assert path.read_text() == "the operator's"


def test_labels_and_access_lists_go_with_the_file(tmp_path, monkeypatch):
    path = tmp_path / "main.conf"
    path.write_text("before")
    found = {str(path): {"security.selinux": b"label", "system.posix_acl_access": b"list"}}
    monkeypatch.setattr(config_files.os, "listxattr", lambda one: list(found.get(one, ())))
    monkeypatch.setattr(config_files.os, "getxattr", lambda one, name: found[one][name])
    monkeypatch.setattr(
        config_files.os, "setxattr", lambda one, name, value: found.setdefault(one, {}).update({name: value})
    )
    write([Wanted(str(path), "after", 0o640, keep_mode=True)])
    new, keeping = (str(tmp_path / f".main.conf{ending}") for ending in (".new", ".keeping"))
    assert found[new] == found[keeping] == found[str(path)]
    del found[new]
    write([Wanted(str(path), "ours", 0o640)])  # whose mode is ours, so that nobody else gets in by a list
    assert found[new] == {"security.selinux": b"label"}


def test_two_runs_do_not_write_at_once(tmp_path):
    path, order = str(tmp_path / "main.conf"), []

    def other():
        with config_files.locked([path]):
            order.append("other")

    with config_files.locked([path, str(tmp_path / "missing" / "file")]):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "other"]

import contextlib
import errno
import os
import stat
import subprocess
import sys
import time

import pytest

from forecast_rnn.errors import OutputError
from forecast_rnn.system import atomic
from forecast_rnn.system.atomic import check_place, new_file, new_folder, write_file

NAMES = frozenset({"one", "two"})
CALLS = ("fsync", "replace", "open", "fdopen", "fchmod", "rename")


def everything_in(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def put_file(path, content):
    with new_file(path) as stream:
        stream.write(content)


def put_folder(path, **contents):
    with new_folder(path, names=NAMES) as folder:
        for name, content in contents.items():
            write_file(folder / name, content)


def test_a_file_appears_whole(tmp_path):
    put_file(tmp_path / "a.csv", b"new")

    assert everything_in(tmp_path) == {"a.csv": b"new"}


def test_a_file_takes_the_place_of_the_old_one_and_its_permissions(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)

    put_file(path, b"new")

    assert everything_in(tmp_path) == {"a.csv": b"new"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_that_the_mask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        put_file(tmp_path / "a.csv", b"new")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


def test_a_failure_while_writing_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def half():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), new_file(path) as stream:
        stream.writelines(half())

    assert everything_in(tmp_path) == {"a.csv": b"old"}


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real" / "a.csv")

    put_file(tmp_path / "link.csv", b"new")

    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real" / "a.csv").read_bytes() == b"new"


def test_a_device_takes_the_bytes_and_stays():
    put_file(atomic.Path("/dev/null"), b"new")

    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_pipe_takes_the_bytes():
    reader, writer = os.pipe()

    put_file(atomic.Path(f"/dev/fd/{writer}"), b"new")

    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        assert stream.read() == b"new"


def test_a_full_device_gives_the_number_of_the_system():
    with pytest.raises(OSError, match="No space left") as caught:
        put_file(atomic.Path("/dev/full"), b"new")

    assert caught.value.errno == errno.ENOSPC


def test_a_missing_folder_and_a_folder_as_file_are_refused(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        put_file(tmp_path / "none" / "a.csv", b"new")
    with pytest.raises(OutputError, match="is a folder"):
        put_file(tmp_path, b"new")


def test_long_names_fit(tmp_path):
    name = "ä" * 120 + ".csv"

    put_file(tmp_path / name, b"new")

    assert everything_in(tmp_path) == {name: b"new"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told_before_work_starts(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(PermissionError):
        check_place(tmp_path / "a.csv")


def test_permission_is_asked_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(PermissionError) as caught:
        check_place(tmp_path / "a.csv")

    assert caught.value.errno == errno.EACCES


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path):
    put_folder(tmp_path / "model", one=b"1")

    put_folder(tmp_path / "model", one=b"2", two=b"3")

    assert everything_in(tmp_path) == {"model": None, "model/one": b"2", "model/two": b"3"}


def test_without_an_exchange_a_folder_is_replaced_in_two_renames(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_exchange", lambda first, second: False)
    put_folder(tmp_path / "model", one=b"1")

    put_folder(tmp_path / "model", two=b"3")

    assert everything_in(tmp_path) == {"model": None, "model/two": b"3"}


def test_a_folder_with_files_of_others_is_never_replaced(tmp_path):
    (tmp_path / "thesis.tex").write_bytes(b"years")

    with pytest.raises(OutputError, match=r"holds 'thesis\.tex'"):
        put_folder(tmp_path, one=b"1")

    assert everything_in(tmp_path) == {"thesis.tex": b"years"}


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "model").write_bytes(b"old")

    with pytest.raises(OutputError, match="is a file"):
        put_folder(tmp_path / "model", one=b"1")


def test_a_failure_while_filling_leaves_the_old_folder_alone(tmp_path):
    put_folder(tmp_path / "model", one=b"1")

    with pytest.raises(FileExistsError), new_folder(tmp_path / "model", names=NAMES) as folder:
        [write_file(folder / "one", b"2") for _ in range(2)]

    assert everything_in(tmp_path) == {"model": None, "model/one": b"1"}


def fail_at(monkeypatch, name, number, error):
    """Make the n-th call of a function of `os` fail; tells whether it came to that."""
    real, calls = getattr(os, name), []

    def failing(*arguments, **options):
        calls.append(name)
        if len(calls) == number:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **options)

    monkeypatch.setattr(os, name, failing)
    return lambda: len(calls) >= number


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("put", [put_file, put_folder], ids=["file", "folder"])
def test_every_failing_call_leaves_the_old_or_the_new(put, name, exchange, tmp_path, monkeypatch):
    contents = {put_file: [b"old", b"new"], put_folder: [{"one": b"old"}, {"two": b"new"}]}[put]
    store = (lambda path, content: put(path, **content)) if put is put_folder else put
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda first, second: False)
    failed, number = True, 0
    while failed:
        number += 1
        place = tmp_path / str(number)
        place.mkdir()
        store(place / "target", contents[0])
        old = everything_in(place)
        with monkeypatch.context() as patch:
            came_to_it = fail_at(patch, name, number, errno.EIO)
            with contextlib.suppress(OSError):
                store(place / "target", contents[1])
            failed = came_to_it()
        found = everything_in(place / "target") or everything_in(place)
        store(place / "target", contents[1])

        new = everything_in(place)
        assert set(new) == {"target"} or set(new) == {"target", "target/two"}
        assert found in (old, new, {"one": b"old"}, {"two": b"new"})


def test_what_a_killed_process_left_is_swept_and_what_lives_stays(tmp_path):
    program = (
        "import sys, time; from pathlib import Path\n"
        "from forecast_rnn.system.atomic import new_file\n"
        "with new_file(Path(sys.argv[1])) as stream:\n"
        "    stream.write(b'half'); stream.flush(); print('ready', flush=True); time.sleep(60)\n"
    )
    path = tmp_path / "a.csv"
    writers = [
        subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        assert [writer.stdout.readline() for writer in writers] == [b"ready\n"] * 2
        writers[0].kill()
        writers[0].wait()

        put_file(path, b"new")

        left = [content for name, content in everything_in(tmp_path).items() if name != "a.csv"]
        assert left == [b"half"]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            writer.stdout.close()
    put_file(path, b"newer")
    assert everything_in(tmp_path) == {"a.csv": b"newer"}


def test_a_process_killed_between_two_renames_loses_nothing(tmp_path):
    put_folder(tmp_path / "model", one=b"1")
    (tmp_path / "model").rename(tmp_path / ".model.old-0123")

    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "model", names=NAMES):
        _ = 1 / 0

    assert everything_in(tmp_path) == {"model": None, "model/one": b"1"}


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_or_the_new_folder(tmp_path):
    program = (
        "import sys, itertools; from pathlib import Path\n"
        "from forecast_rnn.system.atomic import new_folder, write_file\n"
        "for number in itertools.count():\n"
        "    with new_folder(Path(sys.argv[1]), names=frozenset({'one', 'two'})) as folder:\n"
        "        write_file(folder / 'one', b'%d' % number)\n"
        "        write_file(folder / 'two', b'%d' % number)\n"
        "    print('x', flush=True)\n"
    )
    for attempt in range(8):
        command = [sys.executable, "-c", program, tmp_path / "model"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(0.003 * attempt)
            writer.kill()

        assert (tmp_path / "model/one").read_bytes() == (tmp_path / "model/two").read_bytes()

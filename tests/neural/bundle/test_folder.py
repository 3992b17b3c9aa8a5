import io
import json
import os
import zipfile
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import safetensors.numpy

from forecast_rnn.errors import BundleError, InputError, OutputError
from forecast_rnn.neural.bundle import folder as bundle
from forecast_rnn.neural.bundle import manifest
from forecast_rnn.neural.bundle.folder import read_bundle, write_bundle
from forecast_rnn.neural.bundle.series import GROUP

DESCRIPTION = {"cell": "gru", "horizon": 3, "levels": [0.1, 0.5, 0.9]}
TENSORS = {
    "b.weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a.bias": np.array([0.5], np.float32),
}
SERIES = pl.DataFrame({"id": ["a", "b"], "value": [[1.0, float("nan")], []]})


def made_of(series):
    """Yield series anew as `write_bundle` asks for them."""
    return lambda: series.iter_slices(GROUP)


@pytest.fixture
def folder(tmp_path):
    write_bundle(tmp_path / "model", DESCRIPTION, TENSORS, made_of(SERIES))
    return tmp_path / "model"


def forge(folder, **contents):
    """Replace files as someone would who knows how to make the checksums right."""
    files = {name: (folder / name).read_bytes() for name in (bundle.WEIGHTS, bundle.SERIES)}
    files |= {
        {"weights": bundle.WEIGHTS, "series": bundle.SERIES}[k]: v for k, v in contents.items()
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    created_by = {"forecast-rnn": "1.0"}
    content = manifest.compose(DESCRIPTION, files, created_by=created_by)
    (folder / bundle.MANIFEST).write_bytes(content)


def safetensors_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(*offsets, shape=(1,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_a_bundle_reads_back_as_written(folder):
    found = read_bundle(folder)

    assert found.description == DESCRIPTION
    assert list(found.tensors) == ["a.bias", "b.weight"]
    assert all(np.array_equal(found.tensors[name], TENSORS[name]) for name in TENSORS)
    assert found.series.equals(SERIES)


def test_series_in_several_tables_read_back_in_order(tmp_path):
    count = 2 * GROUP + 3
    series = pl.DataFrame(
        {"id": range(count), "value": [[float(n)] * (n % 3) for n in range(count)]}
    )

    write_bundle(tmp_path / "model", {}, {}, made_of(series))

    assert read_bundle(tmp_path / "model").series.equals(series)


def test_series_that_change_while_they_are_written_are_refused(tmp_path):
    tables = iter([SERIES, SERIES, SERIES.reverse()])

    with pytest.raises(BundleError, match="reads back otherwise"):
        write_bundle(tmp_path / "model", {}, {}, lambda: iter([next(tables)]))

    assert list(tmp_path.iterdir()) == []


def test_series_that_arrow_wrote_are_read(folder):
    buffer = io.BytesIO()
    pq.write_table(SERIES.to_arrow(), buffer, compression="zstd", write_page_checksum=True)
    forge(folder, series=buffer.getvalue())

    assert read_bundle(folder).series.equals(SERIES)


def test_a_bundle_is_three_files(folder):
    names = {"manifest.json", "weights.safetensors", "series.parquet"}

    assert {path.name for path in folder.iterdir()} == names
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_equal_contents_give_equal_bytes(folder, tmp_path):
    turned = {name: tensor.copy() for name, tensor in reversed(TENSORS.items())}

    write_bundle(tmp_path / "other", DESCRIPTION, turned, made_of(SERIES.clone()))

    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_types_of_series_are_kept(tmp_path):
    moment = pl.Series([datetime(2024, 3, 31)]).dt.replace_time_zone("Europe/Berlin")
    series = pl.DataFrame({"t": moment, "n": pl.Series([1], dtype=pl.UInt32), "s": [None]})

    write_bundle(tmp_path / "model", {}, {}, made_of(series))

    assert read_bundle(tmp_path / "model").series.equals(series)
    assert read_bundle(tmp_path / "model").series.schema == series.schema


def test_tensors_that_share_memory_or_are_turned_are_written(tmp_path):
    whole = np.arange(6, dtype=np.float32).reshape(2, 3)
    tensors = {"one": whole, "two": whole, "turned": whole.T, "row": whole[1]}

    write_bundle(tmp_path / "model", {}, tensors, made_of(SERIES))

    found = read_bundle(tmp_path / "model").tensors
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


def test_a_bundle_replaces_an_older_one(folder):
    write_bundle(folder, {"cell": "lstm"}, TENSORS, made_of(SERIES))

    assert read_bundle(folder).description == {"cell": "lstm"}
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_folder_with_other_files_is_not_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match=r"notes\.txt"):
        write_bundle(tmp_path, DESCRIPTION, TENSORS, made_of(SERIES))

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (np.array([np.nan], np.float32), "'w' holds values that are not finite"),
        (np.array([np.inf], np.float32), "'w' holds values that are not finite"),
        (np.array([1.0]), "'w' is float64"),
    ],
)
def test_unfit_tensors_are_not_written(tensor, reason, tmp_path):
    with pytest.raises(BundleError, match=reason):
        write_bundle(tmp_path / "model", DESCRIPTION, {"w": tensor}, made_of(SERIES))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "weights.safetensors", "series.parquet"])
def test_every_change_of_a_byte_and_every_truncation_is_refused(name, folder):
    path = folder / name
    content = path.read_bytes()
    sample = 1 if name == "weights.safetensors" else 5  # a prime, so that all parts are met
    altered = [content[:length] for length in range(0, len(content), sample)] + [content + b"\n"]
    for place in range(0, len(content), sample):
        change = (0x01, 0xFF)[place % 2]
        altered.append(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])

    for damaged in altered:
        path.write_bytes(damaged)
        with pytest.raises(BundleError, match=name):
            read_bundle(folder)


@pytest.mark.parametrize("name", ["manifest.json", "weights.safetensors", "series.parquet"])
def test_dropped_and_renamed_files_are_refused(name, folder):
    (folder / name).rename(folder / name.upper())

    with pytest.raises(BundleError, match=name):
        read_bundle(folder)


def test_added_files_are_refused_by_name(folder):
    (folder / "extra.py").write_text("print('hello')")

    with pytest.raises(BundleError, match=r"'extra\.py' does not belong there"):
        read_bundle(folder)


def test_links_are_refused(folder, tmp_path):
    path = folder / "weights.safetensors"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="not a regular file"):
        read_bundle(folder)

    path.unlink()
    os.link(tmp_path / "elsewhere", path)
    with pytest.raises(BundleError, match="linked from elsewhere"):
        read_bundle(folder)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_folders_and_pipes_in_the_place_of_files_are_refused(make, folder):
    (folder / "series.parquet").unlink()
    make(folder / "series.parquet")

    with pytest.raises(BundleError, match=r"'series\.parquet' is not a regular file"):
        read_bundle(folder)


def test_a_link_to_the_folder_is_followed(folder, tmp_path):
    (tmp_path / "current").symlink_to(folder)

    assert read_bundle(tmp_path / "current").description == DESCRIPTION


@pytest.mark.parametrize("name", ["manifest.json", "weights.safetensors", "series.parquet"])
def test_files_that_are_too_large_are_not_read(name, folder, monkeypatch):
    monkeypatch.setitem(bundle.MOST_BYTES, name, 10)

    with pytest.raises(BundleError, match=f"'{name}' has .* bytes, more than 10"):
        read_bundle(folder)


def test_a_manifest_above_a_megabyte_is_refused(folder):
    (folder / "manifest.json").write_bytes(b" " * (2**20 + 1))

    with pytest.raises(BundleError, match=r"'manifest\.json' has 1,048,577 bytes"):
        read_bundle(folder)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (safetensors.numpy.save({"w": np.array([np.nan], np.float32)}), "'w' holds values that"),
        (safetensors.numpy.save({"w": np.array([1])}), "something else than float32"),
        (safetensors.numpy.save({}, metadata={"note": "x"}), "something else than float32"),
        (
            safetensors_of(
                b'{"w":%(e)s,"w":%(e)s}' % {b"e": json.dumps(entry(0, 4)).encode()}, b"\0" * 4
            ),
            "'w' is there twice",
        ),
        (safetensors_of({"w": entry(0, 4)}, b"\0" * 5), "cannot be read"),
        (safetensors_of({"w": entry(0, 4), "v": entry(0, 4)}, b"\0" * 4), "cannot be read"),
        (safetensors_of({"w": entry(0, 4, shape=[2**40, 2**40])}, b"\0" * 4), "cannot be read"),
        (safetensors_of({"w": entry(-4, 4)}, b"\0" * 8), "cannot be read"),
        (safetensors_of({"w": 1}), "something else than float32"),
        (b"\xff" * 8 + b"{}", "no proper header"),
        (b"", "no proper header"),
        (safetensors_of(b"[" * 100_000), "nested deeper"),
    ],
)
def test_forged_weights_are_refused_though_checksums_are_right(weights, reason, folder):
    forge(folder, weights=weights)

    with pytest.raises(BundleError, match=rf"weights\.safetensors.*{reason}"):
        read_bundle(folder)


def test_forged_series_are_refused_though_checksums_are_right(folder, monkeypatch):
    content = (folder / "series.parquet").read_bytes()
    forge(folder, series=b"PAR1 nonsense PAR1")
    with pytest.raises(BundleError, match=r"series\.parquet.*cannot be read"):
        read_bundle(folder)

    forge(folder, series=content)
    monkeypatch.setattr("forecast_rnn.neural.bundle.series.MOST_ROWS", 1)
    with pytest.raises(BundleError, match="has 2 rows, more than 1"):
        read_bundle(folder)


def test_a_missing_bundle_is_a_missing_input(tmp_path):
    with pytest.raises(InputError, match="no model at"):
        read_bundle(tmp_path / "none")


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", b"x")


@pytest.mark.parametrize(
    ("name", "write", "kind"),
    [
        ("model.pt", zipped, "a PyTorch checkpoint"),
        ("model.ckpt", zipped, "a PyTorch checkpoint"),
        ("model.zip", zipped, "a ZIP archive"),
        ("model.pkl", lambda path: path.write_bytes(b"\x80\x04N."), "a dumped Python object"),
        ("model", lambda path: path.write_bytes(b"\x80\x04N."), "a dumped Python object"),
        ("model.csv", lambda path: path.write_bytes(b"a,b"), "bundle; it will not be opened"),
    ],
)
def test_a_file_is_not_opened_as_a_bundle(name, write, kind, tmp_path):
    write(tmp_path / name)

    with pytest.raises(BundleError, match=kind):
        read_bundle(tmp_path / name)


def test_a_folder_without_manifest_is_not_a_bundle(tmp_path):
    with pytest.raises(BundleError, match=r"not a forecast-rnn bundle: it has no manifest\.json"):
        read_bundle(tmp_path)


def test_a_newer_bundle_says_so(folder, monkeypatch):
    monkeypatch.setattr(manifest, "FORMAT_VERSION", 2)
    forge(folder)
    monkeypatch.undo()

    with pytest.raises(BundleError, match="is of format 2"):
        read_bundle(folder)


def test_a_bundle_put_in_place_while_reading_is_read_instead(folder, monkeypatch):
    real = bundle._opened

    def swapping(where, name):
        if name == "weights.safetensors":
            monkeypatch.setattr(bundle, "_opened", real)
            write_bundle(folder, {"cell": "lstm"}, {"w": np.zeros(9, np.float32)}, made_of(SERIES))
        return real(where, name)

    monkeypatch.setattr(bundle, "_opened", swapping)

    assert read_bundle(folder).description == {"cell": "lstm"}

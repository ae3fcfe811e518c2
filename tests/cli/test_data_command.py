"""``lava-ib data``: what it prints, what it writes, and what it refuses."""

import hashlib
import io
import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from lava_ib.experiment import download
from lava_ib.experiment.download import RemoteFile, Source

_ARRAYS = {
    "x_train": np.arange(4 * 28 * 28).reshape(4, 28, 28).astype(np.uint8),
    "y_train": np.array([0, 1, 2, 1], np.uint8),
    "x_test": np.full((2, 28, 28), 7, np.uint8),
    "y_test": np.array([3, 0], np.uint8),
}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Present a folder on a server, whose mnist.npz is what ``mnist`` stands for."""
    folder = tmp_path / "served"
    folder.mkdir()
    content = io.BytesIO()
    np.savez(content, **_ARRAYS)
    (folder / "mnist.npz").write_bytes(content.getvalue())
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    source = Source(
        "mnist",
        f"http://127.0.0.1:{server.server_port}/",
        (RemoteFile("mnist.npz", f"sha256:{digest}"),),
        download.read_npz,
    )
    monkeypatch.setitem(download.SOURCES, "mnist", source)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LAVA_IB_DATA", raising=False)
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, **_ARRAYS)
    return path


def assert_refused(outcome, *words):
    assert outcome.code == 2, outcome.err
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 1, outcome.err
    assert outcome.err.startswith("lava-ib: ")
    for word in words:
        assert word in outcome.err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["fetch", "info"]),
        (["fetch"], ["Examples", "lava-ib data fetch mnist", "cifar10", "--to", "LAVA_IB_DATA"]),
        (["info"], ["Examples", "lava-ib data info digits", "--json"]),
    ],
)
def test_help_shows_commands_options_and_examples(call, command, words):
    outcome = call("data", *command, "--help")
    assert outcome.code == 0
    assert outcome.err == ""
    for word in words:
        assert word in outcome.out


def test_without_a_command_there_is_help(call):
    outcome = call("data")
    assert outcome.code == 2
    assert "fetch" in outcome.out + outcome.err
    assert "lava-ib: \n" not in outcome.err


def test_fetch_writes_where_it_is_told_and_says_how_to_use_it(call, served, tmp_path):
    folder = tmp_path / "my data"
    outcome = call("data", "fetch", "mnist", "--to", folder)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        f"mnist: {folder / 'mnist.npz'}",
        f"for data.source = \"mnist\": export LAVA_IB_DATA='{folder}'",
    ]
    with np.load(folder / "mnist.npz", allow_pickle=False) as file:
        for key, array in _ARRAYS.items():
            np.testing.assert_array_equal(file[key], array)


def test_fetch_goes_to_the_data_folder(call, served, tmp_path, monkeypatch):
    monkeypatch.setenv("LAVA_IB_DATA", str(tmp_path / "data"))
    outcome = call("data", "fetch", "mnist")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [f"mnist: {tmp_path / 'data' / 'mnist.npz'}"]
    shown = call("data", "info", "mnist", "--json")
    assert json.loads(shown.out)["train"]["shape"] == [4, 28, 28]


def test_fetch_without_a_data_folder_goes_to_the_cache(call, served, tmp_path):
    outcome = call("data", "fetch", "mnist")
    folder = tmp_path / "home" / ".cache" / "lava_ib" / "data"
    assert outcome.code == 0
    assert f"export LAVA_IB_DATA={folder}" in outcome.out
    assert (folder / "mnist.npz").is_file()


def test_fetch_keeps_what_is_there(call, served, tmp_path):
    first = call("data", "fetch", "mnist", "--to", tmp_path)
    (served / "mnist.npz").unlink()
    assert call("data", "fetch", "mnist", "--to", tmp_path) == first


def test_fetch_refuses_the_wrong_bytes(call, served, tmp_path):
    (served / "mnist.npz").write_bytes(b"something else")
    outcome = call("data", "fetch", "mnist", "--to", tmp_path / "out")
    assert_refused(outcome, "http://127.0.0.1", "mnist.npz", "checksum", "by hand")
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_fetch_refuses_a_file_that_is_gone(call, served, tmp_path):
    (served / "mnist.npz").unlink()
    outcome = call("data", "fetch", "mnist", "--to", tmp_path / "out")
    assert_refused(outcome, "http://127.0.0.1", "404", "by hand")


def test_ctrl_c_while_fetching_speaks_of_no_run(call, tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "fetch", interrupted)
    outcome = call("data", "fetch", "mnist", "--to", tmp_path)
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "lava-ib: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fetch"], ["name"]),
        (["fetch", "imagenet"], ["imagenet", "mnist, fashion-mnist, cifar10"]),
        (["fetch", "mnist", "--to"], ["--to"]),
        (["fetch", "mnist", "--to", "mine.npz"], ["mine.npz", "cannot be made"]),
        (["info"], ["FILE|NAME"]),
        (["info", "imagenet"], ["imagenet", "digits, xor, linear, mnist, fashion-mnist, cifar10"]),
        (["info", "missing.npz"], ["missing.npz", "no such data file"]),
        (["info", "text.npz"], ["text.npz", "not a .npz file"]),
        (["info", "nan.npz"], ["nan.npz", "x_train", "NaN"]),
        (["info", "cifar10"], ["LAVA_IB_DATA", "cifar10.npz"]),
        (["info", "mine.npz", "--frobnicate"], ["--frobnicate"]),
        (["frobnicate"], ["frobnicate"]),
    ],
)
def test_bad_input_is_refused(call, npz, served, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.npz").write_text("1, 2, 3")
    np.savez("nan.npz", **{**_ARRAYS, "x_train": np.full((4, 3), np.nan)})
    assert_refused(call("data", *arguments), *words)


def test_a_named_file_that_is_missing_is_refused_with_what_brings_it(call, tmp_path, monkeypatch):
    monkeypatch.setenv("LAVA_IB_DATA", str(tmp_path))
    outcome = call("data", "info", "fashion-mnist")
    assert_refused(outcome, str(tmp_path / "fashion-mnist.npz"), "lava-ib data fetch fashion-mnist")


def test_info_shows_a_file_as_it_is(call, npz):
    outcome = call("data", "info", npz, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "source": str(npz),
        "train": {
            "shape": [4, 28, 28],
            "type": "uint8",
            "range": [0, 255],
            "label_type": "uint8",
            "classes": {"0": 1, "1": 2, "2": 1},
        },
        "test": {
            "shape": [2, 28, 28],
            "type": "uint8",
            "range": [7, 7],
            "label_type": "uint8",
            "classes": {"0": 1, "3": 1},
        },
    }


def test_info_shows_classes_of_either_part(call, npz):
    outcome = call("data", "info", npz)
    assert (outcome.code, outcome.err) == (0, "")
    assert "4 x 28 x 28" in outcome.out
    assert "0 to 255" in outcome.out
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in outcome.out.splitlines()
        if line.startswith("│")
    ]
    assert [row for row in rows if len(row) == 3] == [
        ["0", "1", "1"],
        ["1", "2", "0"],
        ["2", "1", "0"],
        ["3", "0", "1"],
    ]


@pytest.mark.parametrize(
    ("name", "shape", "classes"), [("digits", [1437, 64], 10), ("xor", [900, 2], 2)]
)
def test_info_knows_generated_data(call, name, shape, classes):
    found = json.loads(call("data", "info", name, "--json").out)
    assert found["train"]["shape"] == shape
    assert len(found["train"]["classes"]) == classes
    assert sum(found["train"]["classes"].values()) == shape[0]

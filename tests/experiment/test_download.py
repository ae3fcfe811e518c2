"""Downloads from a server on this machine: what is written, what is refused, what is kept."""

import gzip
import hashlib
import io
import socket
import struct
import tarfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from lava_ib.experiment import download
from lava_ib.experiment.config import DataConfig
from lava_ib.experiment.data import DATA_VARIABLE, FILE_SOURCES, load_data
from lava_ib.experiment.download import RemoteFile, Source, fetch

_KEYS = ("x_train", "y_train", "x_test", "y_test")
_IDX_NAMES = ("train-x.gz", "train-y.gz", "test-x.gz", "test-y.gz")


class Server:
    """Serves ``files``, counts what it is asked for, and breaks off after ``cut`` bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.hits: Counter[str] = Counter()
        self.cut: int | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.removeprefix("/")
                outer.hits[name] += 1
                if name not in outer.files:
                    self.send_error(404)
                    return
                body = outer.files[name]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: outer.cut])

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        self.thread = Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.stop()


def md5(content: bytes) -> str:
    return f"md5:{hashlib.md5(content).hexdigest()}"


def samples(*shape: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return seven pictures to train and three to test."""
    rng = np.random.default_rng(seed)
    return {
        "x_train": rng.integers(0, 256, (7, *shape), np.uint8),
        "y_train": rng.integers(0, 10, 7, np.uint8),
        "x_test": rng.integers(0, 256, (3, *shape), np.uint8),
        "y_test": rng.integers(0, 10, 3, np.uint8),
    }


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def cifar10_members(batches: list[dict[str, np.ndarray]]) -> dict[str, bytes]:
    """Write as the data set's page says: label, then 1024 red, green and blue values each."""

    def records(x: np.ndarray, y: np.ndarray) -> bytes:
        return b"".join(
            bytes([label]) + b"".join(picture[:, :, colour].tobytes() for colour in range(3))
            for picture, label in zip(x, y, strict=True)
        )

    folder = "cifar-10-batches-bin"
    members = {
        f"{folder}/data_batch_{part}.bin": records(batch["x_train"], batch["y_train"])
        for part, batch in enumerate(batches, start=1)
    }
    members[f"{folder}/test_batch.bin"] = records(batches[0]["x_test"], batches[0]["y_test"])
    return {f"{folder}/readme.html": b"<p>", **members}


def idx_source(server: Server, arrays: dict[str, np.ndarray]) -> Source:
    """Put four idx files on the server."""
    files = []
    for name, key in zip(_IDX_NAMES, _KEYS, strict=True):
        server.files[name] = idx(arrays[key])
        files.append(RemoteFile(name, md5(server.files[name])))
    return Source("fashion-mnist", server.url, tuple(files), download.read_idx)


def one_file_source(server: Server, name: str, file: str, content: bytes) -> Source:
    """Put one file on the server, as that of a known data set."""
    server.files[file] = content
    return Source(name, server.url, (RemoteFile(file, md5(content)),), download.SOURCES[name].read)


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def assert_holds(path: Path, expected: dict[str, np.ndarray]) -> None:
    with np.load(path, allow_pickle=False) as file:
        assert sorted(file) == sorted(_KEYS)
        for key in _KEYS:
            assert file[key].dtype == np.uint8
            np.testing.assert_array_equal(file[key], expected[key])


def test_idx_files_become_one_npz(server, tmp_path):
    arrays = samples(28, 28)
    path = fetch(idx_source(server, arrays), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "fashion-mnist.npz"
    assert_holds(path, arrays)


def test_an_npz_is_written_anew(server, tmp_path):
    arrays = samples(28, 28)
    source = one_file_source(server, "mnist", "mnist.npz", npz(**arrays))
    assert_holds(fetch(source, tmp_path), arrays)
    assert files_in(tmp_path) == ["downloads/mnist/mnist.npz", "mnist.npz"]


def test_cifar10_has_its_colours_last_and_its_batches_in_order(server, tmp_path):
    batches = [samples(32, 32, 3, seed=seed) for seed in range(5)]
    members = dict(reversed(cifar10_members(batches).items()))
    source = one_file_source(server, "cifar10", "cifar.tar.gz", tar(members))
    whole = {
        key: np.concatenate([batch[key] for batch in batches]) for key in ("x_train", "y_train")
    }
    assert_holds(fetch(source, tmp_path), {**batches[0], **whole})
    assert files_in(tmp_path) == ["cifar10.npz", "downloads/cifar10/cifar.tar.gz"]


@pytest.mark.parametrize("name", FILE_SOURCES)
def test_what_is_fetched_can_be_loaded_by_its_name(server, tmp_path, monkeypatch, name):
    shape = (32, 32, 3) if name == "cifar10" else (28, 28)
    arrays = samples(*shape)
    source = Source(name, server.url, idx_source(server, arrays).files, download.read_idx)
    fetch(source, tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    data = load_data(DataConfig(source=name), 0)
    np.testing.assert_allclose(data.x_train, arrays["x_train"].reshape(7, -1) / 255.0, rtol=1e-6)
    np.testing.assert_array_equal(data.y_test, arrays["y_test"])
    assert data.image_shape == shape


def test_another_base_url_is_used_instead(server, tmp_path):
    arrays = samples(28, 28)
    source = idx_source(server, arrays)
    elsewhere = Source(source.name, "http://127.0.0.1:9/", source.files, source.read)
    assert_holds(fetch(elsewhere, tmp_path, base_url=server.url), arrays)


def test_a_second_fetch_downloads_nothing(server, tmp_path):
    arrays = samples(28, 28)
    source = idx_source(server, arrays)
    path = fetch(source, tmp_path)
    first = path.stat()
    assert fetch(source, tmp_path) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    path.unlink()
    assert_holds(fetch(source, tmp_path), arrays)
    assert server.hits == dict.fromkeys(_IDX_NAMES, 1)


def test_a_fetch_that_broke_off_goes_on_with_what_it_has(server, tmp_path, refusal):
    arrays = samples(28, 28)
    source = idx_source(server, arrays)
    kept = server.files.pop("test-x.gz")
    refusal(fetch, source, tmp_path)
    server.files["test-x.gz"] = kept
    assert_holds(fetch(source, tmp_path), arrays)
    assert server.hits == {**dict.fromkeys(_IDX_NAMES, 1), "test-x.gz": 2}


def test_a_damaged_file_in_the_cache_is_downloaded_again(server, tmp_path):
    arrays = samples(28, 28)
    source = idx_source(server, arrays)
    fetch(source, tmp_path).unlink()
    (tmp_path / "downloads" / source.name / "test-y.gz").write_bytes(b"damaged")
    assert_holds(fetch(source, tmp_path), arrays)
    assert server.hits["test-y.gz"] == 2


def test_a_file_put_there_by_hand_is_used(server, tmp_path):
    arrays = samples(28, 28)
    source = idx_source(server, arrays)
    cache = tmp_path / "downloads" / source.name
    cache.mkdir(parents=True)
    for name, content in server.files.items():
        (cache / name).write_bytes(content)
    assert_holds(fetch(source, tmp_path, base_url="http://127.0.0.1:9/"), arrays)
    assert server.hits == {}


def test_a_wrong_checksum_is_refused(server, tmp_path, refusal):
    source = idx_source(server, samples(28, 28))
    server.files["train-x.gz"] += b"more"
    message = refusal(fetch, source, tmp_path)
    assert message.startswith(f"{server.url}train-x.gz: ")
    assert source.files[0].checksum in message
    assert str(tmp_path / "downloads" / source.name / "train-x.gz") in message
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("cut", [0, 100])
def test_a_connection_that_breaks_off_is_refused(server, tmp_path, refusal, cut):
    source = idx_source(server, samples(28, 28))
    server.cut = cut
    message = refusal(fetch, source, tmp_path)
    assert f"{server.url}train-x.gz: the connection broke off" in message
    assert "by hand" in message
    assert files_in(tmp_path) == []


def test_a_missing_file_is_refused_with_the_server_s_answer(server, tmp_path, refusal):
    source = idx_source(server, samples(28, 28))
    server.files.clear()
    message = refusal(fetch, source, tmp_path)
    assert f"{server.url}train-x.gz: the server answered 404" in message
    assert files_in(tmp_path) == []


def closed_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def test_without_a_server_it_is_refused(server, tmp_path, refusal):
    source = idx_source(server, samples(28, 28))
    url = f"http://127.0.0.1:{closed_port()}/"
    message = refusal(fetch, source, tmp_path, base_url=url)
    assert f"{url}train-x.gz: there is no connection" in message
    assert files_in(tmp_path) == []


def test_a_server_that_stays_silent_is_refused(tmp_path, refusal, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        source = Source("mnist", url, (RemoteFile("a", md5(b"")),), download.read_npz)
        assert f"{url}a: no answer within 0.2 s" in refusal(fetch, source, tmp_path)


def test_a_wrong_file_put_there_by_hand_is_named_and_kept(server, tmp_path, refusal):
    source = idx_source(server, samples(28, 28))
    path = tmp_path / "downloads" / source.name / "train-x.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    server.files.clear()
    assert f"replace {path} by hand" in refusal(fetch, source, tmp_path)
    assert path.read_bytes() == b"mine"


def test_a_target_that_is_no_data_is_refused_and_kept(server, tmp_path, refusal):
    target = tmp_path / "fashion-mnist.npz"
    target.write_bytes(b"mine")
    message = refusal(fetch, idx_source(server, samples(28, 28)), tmp_path)
    assert f"{target}: not a .npz file" in message
    assert "move it away" in message
    assert target.read_bytes() == b"mine"
    assert server.hits == {}


def test_a_folder_that_is_a_file_is_refused(server, tmp_path, refusal):
    (tmp_path / "file").write_text("")
    message = refusal(fetch, idx_source(server, samples(28, 28)), tmp_path / "file")
    assert str(tmp_path / "file") in message
    assert "cannot be made" in message


def test_a_write_that_fails_leaves_nothing_half_written(server, tmp_path, refusal, monkeypatch):
    def fill_the_disk(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fill_the_disk)
    message = refusal(fetch, idx_source(server, samples(28, 28)), tmp_path)
    assert f"{tmp_path / 'fashion-mnist.npz'}: cannot be written (No space left" in message
    assert files_in(tmp_path) == sorted(f"downloads/fashion-mnist/{name}" for name in _IDX_NAMES)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b""),
        gzip.compress(b"\0\0\x08"),
        gzip.compress(b"\0\0\x0d\x01\0\0\0\x01\0"),
        gzip.compress(b"\0\0\x08\x03\0\0\0\x01"),
        gzip.compress(b"\0\0\x08\x01\0\0\0\x02\0"),
        gzip.compress(b"\0\0\x08\x01\0\0\0\x02\0\0\0"),
        idx(np.zeros(100, np.uint8))[:-12],
    ],
    # Compressed bytes hold the time: names of their own, or parallel runs differ in them.
    ids=[
        "nothing",
        "no gzip",
        "empty",
        "cut in the magic number",
        "other type",
        "cut in the shape",
        "a label too few",
        "a label too many",
        "cut gzip",
    ],
)
def test_bad_idx_files_are_refused(server, tmp_path, refusal, content):
    source = idx_source(server, samples(28, 28))
    server.files["train-y.gz"] = content
    files = [RemoteFile(name, md5(server.files[name])) for name in _IDX_NAMES]
    message = refusal(fetch, Source("mnist", server.url, tuple(files), source.read), tmp_path)
    assert str(tmp_path / "downloads" / "mnist") in message
    assert not (tmp_path / "mnist.npz").exists()


def test_labels_that_are_not_one_a_picture_are_refused(server, tmp_path, refusal):
    arrays = {**samples(28, 28), "y_test": np.zeros(4, np.uint8)}
    assert "y_test has shape (4,)" in refusal(fetch, idx_source(server, arrays), tmp_path)
    assert not (tmp_path / "fashion-mnist.npz").exists()


def damaged_cifar10(damage: str) -> bytes:
    members = cifar10_members([samples(32, 32, 3)] * 5)
    name = "cifar-10-batches-bin/data_batch_3.bin"
    if damage == "a batch is missing":
        del members[name]
    if damage == "a batch is cut":
        members[name] = members[name][:-1]
    whole = tar(members)
    if damage == "the archive is cut":
        return whole[: len(whole) // 2]
    return b"text" if damage == "no archive" else whole


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("a batch is missing", "no cifar-10-batches-bin/data_batch_3.bin"),
        ("a batch is cut", "no multiple of 3073"),
        ("the archive is cut", "not the files of cifar10"),
        ("no archive", "not the files of cifar10"),
    ],
)
def test_a_bad_cifar10_archive_is_refused(server, tmp_path, refusal, damage, reason):
    source = one_file_source(server, "cifar10", "cifar.tar.gz", damaged_cifar10(damage))
    message = refusal(fetch, source, tmp_path)
    assert str(tmp_path / "downloads" / "cifar10") in message
    assert reason in message
    assert not (tmp_path / "cifar10.npz").exists()


def test_pickled_arrays_are_refused(server, tmp_path, refusal):
    content = npz(**{**samples(28, 28), "x_train": np.array([[None]] * 7)})
    source = one_file_source(server, "mnist", "mnist.npz", content)
    assert "plain arrays" in refusal(fetch, source, tmp_path)
    assert not (tmp_path / "mnist.npz").exists()


class Bar:
    """Remembers what it is told."""

    def __init__(self, name: str) -> None:
        self.name, self.total, self.count, self.closed = name, 0, 0, False

    def update(self, count: int) -> None:
        self.count += count

    def reset(self) -> None:
        self.count = 0

    def close(self) -> None:
        self.closed = True


def test_progress_is_told_of_each_download_to_its_end(server, tmp_path):
    bars = []

    def begin(name: str) -> Bar:
        bars.append(Bar(name))
        return bars[-1]

    source = idx_source(server, samples(28, 28))
    fetch(source, tmp_path, progress=begin).unlink()
    assert [bar.name for bar in bars] == list(_IDX_NAMES)
    assert all(bar.closed for bar in bars)
    assert [bar.count for bar in bars] == [len(server.files[name]) for name in _IDX_NAMES]
    fetch(source, tmp_path, progress=begin)
    assert len(bars) == 4


def test_sources_are_those_that_configs_may_name():
    assert tuple(download.SOURCES) == FILE_SOURCES
    lengths = {"md5": 32, "sha256": 64}
    for name, source in download.SOURCES.items():
        assert source.name == name
        assert source.base_url.startswith("https://")
        assert source.base_url.endswith("/")
        for file in source.files:
            algorithm, digest = file.checksum.split(":")
            assert len(bytes.fromhex(digest)) * 2 == lengths[algorithm]

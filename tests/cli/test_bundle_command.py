"""``lava-ib bundle``: what it packs runs by itself, and what is corrupt is refused in one line."""

import gzip
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import tarfile

import h5py
import numpy as np
import pytest

from lava_ib.hardware import bundled, manifest


@pytest.fixture(scope="session")
def packed(finished_run, tmp_path_factory):
    """A bundle; not to be changed."""
    from lava_ib.deployment.bundle import bundle

    path = tmp_path_factory.mktemp("bundle") / "run.tar.gz"
    bundle(finished_run, path)
    return path


def contents(path):
    with tarfile.open(path) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}


def write(path, files, extra=(), again=False):
    """Pack files and further archive entries; ``again``: with a manifest that fits them."""
    files = dict(files)
    if again:
        del files[manifest.MANIFEST]
        files[manifest.MANIFEST] = manifest.written(files)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in extra:
            archive.addfile(entry, io.BytesIO(bytes(entry.size)))
    return path


def network_with(content, tmp_path, change):
    """The network file after a change."""
    path = tmp_path / "changed.h5"
    path.write_bytes(content)
    with h5py.File(path, "r+") as file:
        change(file)
    return path.read_bytes()


def test_the_bundle_unpacks_and_is_always_the_same(call, finished_run, packed, tmp_path):
    again = tmp_path / "again.tar.gz"
    outcome = call("bundle", finished_run, "-o", again)
    assert outcome.code == 0 and "in integers" in outcome.out
    assert again.read_bytes() == packed.read_bytes()
    outcome = call("bundle", again, "--unpack", tmp_path / "there")
    assert (outcome.code, outcome.err) == (0, "")
    assert os.access(tmp_path / "there" / "run.sh", os.X_OK)
    expected = json.loads((tmp_path / "there" / "expected.json").read_text())
    summary = json.loads((finished_run / "summary.json").read_text())
    assert expected["test_accuracy"] == summary["test_accuracy"]


@pytest.mark.slow
def test_the_bundle_runs_with_its_own_script(packed, tmp_path):
    """Its own code, in an empty folder: a package of ours that is installed is not used."""
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    environment = {**os.environ, "PYTHON": sys.executable}
    arguments = ["sh", str(tmp_path / "run.sh"), "--backend", "loihi2-sim", "--json"]
    done = subprocess.run(
        arguments, env=environment, capture_output=True, text=True, timeout=200, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["as_integers"] == found["samples"] == 20
    assert found["test_accuracy"] == found["expected"]["integer_accuracy"]
    assert found["test_accuracy"] == pytest.approx(found["expected"]["test_accuracy"], abs=0.06)
    (tmp_path / "config.toml").write_text("changed")
    done = subprocess.run(
        arguments, env=environment, capture_output=True, text=True, timeout=100, cwd="/"
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.endswith("config.toml has a wrong checksum; get the bundle again\n")


def test_without_the_extension_the_script_says_how_to_get_it(packed, tmp_path):
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    done = subprocess.run(
        ["sh", str(tmp_path / "run.sh")],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 2 and "INRC" in done.stderr and done.stderr.count("\n") == 1


def test_ctrl_c_ends_the_script_in_one_line(packed, tmp_path, monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.setattr(bundled, "run", interrupted)
    assert bundled.main(["--folder", str(tmp_path)]) == 130
    assert capsys.readouterr() == ("", "run.sh: interrupted\n")


def corrupt_archives(files, packed, tmp_path):
    """Kinds of damage: name, file, and what is said of it."""
    network = files["network.h5"]

    def changed(name, content):
        return write(tmp_path / "b.tar.gz", files | {name: content}, again=True)

    def linked(name, kind, target):
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, target
        return write(tmp_path / "b.tar.gz", files, [entry])

    def named(name, size=3):
        entry = tarfile.TarInfo(name)
        entry.size = size
        return write(tmp_path / "b.tar.gz", files, [entry])

    def edited(change):
        return changed("network.h5", network_with(network, tmp_path, change))

    def raw(content):
        (tmp_path / "b.tar.gz").write_bytes(content)
        return tmp_path / "b.tar.gz"

    def listed(**values):
        content = json.loads(files[manifest.MANIFEST]) | values
        return write(
            tmp_path / "b.tar.gz", files | {manifest.MANIFEST: json.dumps(content).encode()}
        )

    def replace(file, name, value):
        del file[name]
        if value is not None:
            file[name] = value

    def bomb():
        """A header that claims more than a bundle may hold; its content never comes."""
        entry = tarfile.TarInfo("network.h5")
        entry.size = 2**40
        return raw(gzip.compress(entry.tobuf()))

    def without(name):
        kept = {key: value for key, value in files.items() if key != name}
        return write(tmp_path / "b.tar.gz", kept)

    return {
        "truncated": (lambda: raw(packed.read_bytes()[:9000]), "not a whole .tar.gz"),
        "empty": (lambda: raw(b""), "not a whole .tar.gz"),
        "text": (lambda: raw(b"no archive at all"), "not a whole .tar.gz"),
        "flipped": (
            lambda: write(tmp_path / "b.tar.gz", files | {"config.toml": b"seed = 1\n"}),
            "config.toml has a wrong checksum",
        ),
        "missing file": (lambda: without("run.sh"), "run.sh is missing"),
        "no manifest": (lambda: without(manifest.MANIFEST), "no bundle"),
        "manifest no JSON": (
            lambda: write(tmp_path / "b.tar.gz", files | {manifest.MANIFEST: b"{"}),
            "is not a manifest",
        ),
        "manifest of numbers": (lambda: listed(files=3), "is not a manifest"),
        "unknown version": (lambda: listed(version=7), "is of version 7"),
        "climbs out": (lambda: named("../outside.txt"), "holds ../outside.txt"),
        "absolute": (lambda: named("/tmp/outside.txt"), "holds /tmp/outside.txt"),
        "climbing code": (
            lambda: named("code/lava_ib/../../x.py"),
            "holds code/lava_ib/../../x.py",
        ),
        "symbolic link": (lambda: linked("run.sh", tarfile.SYMTYPE, "/etc/passwd"), "is a link"),
        "hard link": (lambda: linked("run.sh", tarfile.LNKTYPE, "/etc/passwd"), "is a link"),
        "device": (lambda: linked("run.sh", tarfile.CHRTYPE, ""), "is a link or no file"),
        "pickle beside": (lambda: named("weights.pkl"), "holds weights.pkl"),
        "twice": (lambda: named("config.toml"), "config.toml is one file too many"),
        "bomb": (bomb, "at most 536,870,912"),
        "pickle as network": (
            lambda: changed("network.h5", pickle.dumps({"weights": 1})),
            "not a whole file of a frozen network",
        ),
        "network truncated": (
            lambda: changed("network.h5", network[: len(network) // 2]),
            "not a whole file of a frozen network",
        ),
        "data set missing": (
            lambda: edited(lambda file: replace(file, "layers/2/weights", None)),
            "no data set layers/2/weights",
        ),
        "wrong shape": (
            lambda: edited(lambda file: replace(file, "layers/2/weights", np.ones((3, 5), "i1"))),
            "layer 2 has 5 inputs",
        ),
        "wrong type": (
            lambda: edited(lambda file: replace(file, "layers/1/weights", np.ones((3, 5)))),
            "has type float64",
        ),
        "samples of other size": (
            lambda: edited(lambda file: replace(file, "samples/y", np.ones(3, "i1"))),
            "samples of shapes",
        ),
        "link to another file": (
            lambda: edited(
                lambda file: replace(file, "samples/x", h5py.ExternalLink("/etc/other.h5", "x"))
            ),
            "no data set samples/x of its own",
        ),
        "network of another version": (
            lambda: edited(lambda file: file.attrs.modify("version", 9)),
            "version 9; this lava_ib reads 1",
        ),
        "huge data set": (
            lambda: edited(
                lambda file: (
                    replace(file, "samples/x", None),
                    file.create_dataset("samples/x", (2**20, 2**20), "i1", chunks=(64, 64)),
                )
            ),
            "values; at most 268,435,456",
        ),
    }


def test_corrupt_bundles_are_refused_in_one_line(call, packed, tmp_path):
    files = contents(packed)
    kinds = corrupt_archives(files, packed, tmp_path)
    assert len(kinds) >= 10
    for kind, (make, message) in kinds.items():
        path = make()
        there = tmp_path / "there"
        outcome = call("bundle", path, "--unpack", there)
        assert (outcome.code, outcome.out) == (2, ""), kind
        assert message in outcome.err, (kind, outcome.err)
        assert outcome.err.count("\n") == 1 and outcome.err.startswith("lava-ib: "), kind
        assert not there.exists(), kind
        assert not (tmp_path.parent / "outside.txt").exists(), kind


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def corrupt_checkpoints(content, tmp_path, mark):
    def edited(change):
        return network_with(content, tmp_path, change)

    def replaced(name, value):
        def change(file):
            del file[name]
            if value is not None:
                file[name] = value

        return edited(change)

    weights = "networks/learned/state/dense1/weights"
    return {
        "truncated": (content[: len(content) // 2], "not a whole lava_ib checkpoint"),
        "empty": (b"", "not a whole lava_ib checkpoint"),
        "pickle": (pickle.dumps(Trap(mark)), "not a whole lava_ib checkpoint"),
        "data set missing": (replaced(weights, None), "dense1/weights is missing"),
        "wrong shape": (replaced(weights, np.zeros((2, 3))), "dense1/weights is (2, 3)"),
        "no preparation": (replaced("preparation", None), "not a whole lava_ib checkpoint"),
        "no network": (replaced("networks/learned", None), "holds no network 'learned'"),
        "newer version": (edited(lambda file: file.attrs.modify("version", 9)), "is newer"),
        "other format": (edited(lambda file: file.attrs.modify("format", "x")), "but not a lava"),
    }


def test_corrupt_checkpoints_are_refused_in_one_line(call, finished_run, tmp_path):
    run, mark = tmp_path / "run", tmp_path / "mark"
    shutil.copytree(finished_run, run)
    checkpoint = run / "checkpoint.h5"
    kinds = corrupt_checkpoints(checkpoint.read_bytes(), tmp_path, mark)
    for kind, (content, message) in kinds.items():
        checkpoint.write_bytes(content)
        outcome = call("bundle", run, "-o", tmp_path / "b.tar.gz")
        assert (outcome.code, outcome.out) == (2, ""), kind
        assert message in outcome.err, (kind, outcome.err)
        assert outcome.err.count("\n") == 1, kind
        assert not (tmp_path / "b.tar.gz").exists() and not mark.exists(), kind


def test_a_run_that_is_not_finished_is_refused(call, finished_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished_run, run)
    (run / "summary.json").unlink()
    outcome = call("bundle", run, "-o", tmp_path / "b.tar.gz")
    assert outcome.code == 2 and "the run is not finished" in outcome.err


def test_a_folder_that_is_in_use_is_refused(call, packed, tmp_path):
    outcome = call("bundle", packed, "--unpack", tmp_path.parent)
    assert outcome.code == 2 and "exists and is not empty" in outcome.err
    outcome = call("bundle", packed, "--unpack", tmp_path / "x", "-o", tmp_path / "y")
    assert outcome.code == 2 and "give one of them" in outcome.err

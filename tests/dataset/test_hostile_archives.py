"""Archives that lead elsewhere, or that would fill the memory or the disk."""

import gzip
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from studio.dataset.archives.region import ArchiveError, Spool, whole_file
from studio.dataset.archives.unpack import unpack
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import ImageError
from tests.dataset import archive_files as make
from tests.dataset.files import encode, noise

BAD_NAMES = [
    "../canary.png",
    "cat/../../canary.png",
    "/tmp/canary.png",
    "C:/canary.png",
    "c:canary.png",
    "..\\canary.png",
    "cat\\..\\..\\canary.png",
    "\\\\host\\share\\canary.png",
    "cat/" + "n" * 300 + ".png",
]
LINK_KINDS = [
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
]


def reasons(library: Library) -> dict[str, str]:
    return {problem.key: problem.reason for problem in library.problems}


def read_all(library: Library) -> None:
    for image in library.images:
        library.store.header(image.key)
        library.store.read(image.key)
        library.store.thumbnail(image.key, 8)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_names_that_lead_elsewhere_are_problems_and_the_rest_works(
    tmp_path: Path, kind: str
) -> None:
    canary = tmp_path / "canary.png"
    canary.write_bytes(b"untouched")
    good = make.class_files()
    files = dict.fromkeys(BAD_NAMES, next(iter(good.values()))) | good
    (tmp_path / "in").mkdir()
    write = make.write_zip if kind == "zip" else make.write_tar
    library = open_library(write(tmp_path / "in" / f"data.{kind}", files))
    assert {image.key for image in library.images} == set(good)
    assert set(reasons(library)) == set(BAD_NAMES)
    read_all(library)
    assert canary.read_bytes() == b"untouched"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["canary.png", "in"]


def test_links_and_devices_in_a_tar_are_never_followed(tmp_path: Path) -> None:
    canary = tmp_path / "canary.png"
    canary.write_bytes(encode(noise((4, 4, 3)), ".png"))
    links = []
    for kind in LINK_KINDS:
        link = tarfile.TarInfo(f"cat/link{kind.decode()}.png")
        link.type, link.linkname = kind, str(canary)
        links.append(link)
    folder = tarfile.TarInfo("dog")
    folder.type, folder.linkname = tarfile.SYMTYPE, str(tmp_path)
    path = make.write_tar(tmp_path / "data.tar", make.class_files(), *links, folder)
    library = open_library(path)
    assert {image.key for image in library.images} == set(make.class_files())
    assert len(reasons(library)) == 6
    assert "link" in reasons(library)["dog"]
    read_all(library)


def test_links_and_secrets_in_a_zip_are_problems(tmp_path: Path) -> None:
    path = make.write_zip(tmp_path / "data.zip", make.class_files())
    with zipfile.ZipFile(path, "a") as archive:
        for name, mode in (("link.png", stat.S_IFLNK), ("pipe.png", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (mode | 0o644) << 16
            archive.writestr(info, "/etc/passwd")
    data = path.read_bytes()
    start = data.rfind(b"PK\1\2", 0, data.find(b"dog/a2.png", data.find(b"PK\1\2")))
    path.write_bytes(data[: start + 8] + b"\1" + data[start + 9 :])
    library = open_library(path)
    assert reasons(library)["dog/a2.png"] == "is encrypted"
    assert set(reasons(library)) == {"dog/a2.png", "link.png", "pipe.png"}
    assert len(library.images) == 5
    read_all(library)


def test_windows_separators_are_separators(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    make.write_zip(path, {"cat/one.png": encode(noise((4, 4, 3)), ".png")})
    path.write_bytes(path.read_bytes().replace(b"cat/one", b"cat\\one"))
    assert open_library(path).images[0].class_name == "cat"


def test_an_archive_in_an_archive_stays_closed(tmp_path: Path) -> None:
    inner = make.write_zip(tmp_path / "inner.zip", make.class_files()).read_bytes()
    library = open_library(
        make.write_zip(tmp_path / "a.zip", {"in.zip": inner, "cat/in.png": inner})
    )
    assert [image.key for image in library.images] == ["cat/in.png"]
    with pytest.raises(ImageError, match="ZIP"):
        library.store.read("cat/in.png")


def test_a_bomb_in_a_zip_costs_what_an_image_may(tmp_path: Path) -> None:
    small = encode(noise((4, 4, 3)), ".png")
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/good.png", small)
        archive.writestr("cat/text.png", bytes(50_000_000))
        with archive.open("cat/bomb.png", "w") as file:
            file.write(small)
            for _ in range(400):
                file.write(bytes(1_000_000))
    library = open_library(path)
    code = (
        "import resource, sys; from pathlib import Path;"
        "from studio.dataset.library import open_library;"
        "from studio.errors import UserError\n"
        "store = open_library(Path(sys.argv[1])).store\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: store.read('cat/bomb.png')\n"
        "except UserError as error: print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "far more bytes" in told[0]
    assert int(told[1]) < 300
    with pytest.raises(ImageError, match="is not an image"):
        library.store.read("cat/text.png")
    library.store.read("cat/good.png")


def test_what_is_unpacked_is_capped(tmp_path: Path) -> None:
    path = tmp_path / "zeros.tar.gz"
    with gzip.open(path, "wb", 9) as file:
        for _ in range(30):
            file.write(bytes(1_000_000))
    spool = Spool(limit=10_000_000)
    with pytest.raises(ArchiveError, match="unpacks to more than"):
        list(spool.add(unpack(whole_file(path), "gzip")))

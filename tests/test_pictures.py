"""Pictures are opened by what is in them, and nothing but what is seen comes through."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageDraw

from agent_service.pictures import LONGEST_SIDE, MOST_PIXELS, BadPicture, redrawn


def written(kind: str, mode: str = "RGB", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """Return a file: red on the left, else transparent or blue."""
    picture = Image.new("RGBA", size, (0, 0, 255, 0 if "A" in mode else 255))
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1]), (255, 0, 0, 255))
    file = io.BytesIO()
    picture.convert(mode).save(file, kind, **more)
    return file.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=("JPEG",))


def is_near(pixel: object, color: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 12 for one, other in zip(pixel, color, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_is_shown_as_jpeg(kind: str) -> None:
    picture = redrawn(written(kind))
    assert (picture.width, picture.height) == (60, 40) == seen(picture.content).size
    assert is_near(seen(picture.content).getpixel((10, 20)), (254, 0, 0))
    assert is_near(seen(picture.content).getpixel((55, 20)), (0, 0, 254))


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P"])
def test_other_colours_are_shown_too(mode: str) -> None:
    kind = "TIFF" if mode == "none" else "JPEG" if mode in ("L", "CMYK") else "PNG"
    assert seen(redrawn(written(kind, mode)).content).mode == "RGB"


def test_what_is_transparent_is_white() -> None:
    picture = redrawn(written("PNG", "RGBA"))
    assert is_near(seen(picture.content).getpixel((55, 20)), (255, 255, 255))


def test_large_ones_are_made_smaller() -> None:
    picture = redrawn(written("PNG", size=(4000, 1000)))
    assert (picture.width, picture.height) == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_metadata_and_what_is_hidden_behind_are_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "secret camera"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)  # where it was taken
    content = written("JPEG", exif=exif, comment=b"secret comment") + b"secret behind the end"
    assert b"secret" in content
    picture = redrawn(content)
    assert b"secret" not in picture.content
    assert not seen(picture.content).getexif()
    assert set(seen(picture.content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (picture.width, picture.height) == (40, 60)
    assert is_near(seen(picture.content).getpixel((20, 5)), (254, 0, 0))


def png_of(width: int, height: int) -> bytes:
    """Return the head of a picture that claims a size, with little behind it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7072, 7072), (60_000, 60_000), (2_000_000_000, 3)])
def test_bombs_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    assert size[0] * size[1] > MOST_PIXELS
    with pytest.raises(BadPicture):
        redrawn(png_of(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        written("BMP"),
        written("PNG")[:80],
        written("JPEG")[:200],
        b"\xff\xd8\xff\xe0" + bytes(2000),
        png_of(60, 40),
    ],
    ids=lambda content: content[:8].decode("ascii", "backslashreplace"),
)
def test_what_cannot_be_seen_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture) as caught:
        redrawn(content)
    assert caught.value.code == "bad_picture"

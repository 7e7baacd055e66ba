"""Pictures that callers send: opened by what is in them, and drawn anew without all else.

What comes out is a JPEG of bounded size: no metadata, no second picture, nothing behind the last.
"""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from agent_service.errors import CallerError

MEDIA_TYPE: Final = "image/jpeg"
MOST_PIXELS: Final = 50_000_000
"""What is opened at all: cameras of telephones have no more, and it is 200 MB unpacked."""
LONGEST_SIDE: Final = 1600
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    width: int
    height: int


class BadPicture(CallerError):
    """This is no picture that can be opened: send a JPEG, PNG, WebP or GIF."""

    code = "bad_picture"


def redrawn(content: bytes) -> Picture:
    """Return what the file shows; raise BadPicture where nothing can be seen in it."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise BadPicture(
                    f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels."
                )
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _written(_upright(opened))
    except BadPicture:
        raise
    except Exception as error:
        # The seam to the decoders, which raise whatever a broken file leads them to.
        raise BadPicture from error


def _upright(opened: Image.Image) -> Image.Image:
    """Return the first picture of the file as it is to be seen, on white."""
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = ImageOps.exif_transpose(opened)
    if turned.has_transparency_data:
        seen = turned.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return turned.convert("RGB")


def _written(picture: Image.Image) -> Picture:
    # Of an image that was made anew nothing is written but its pixels.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Picture(file.getvalue(), bare.width, bare.height)

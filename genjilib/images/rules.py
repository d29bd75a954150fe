"""Which uploaded images are taken, and what is stored of them."""

import asyncio
import hashlib
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from genjilib import storage
from genjilib.core import clock
from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings

MAX_PIXELS: Final = 50_000_000
"""Width times height; a larger picture would cost more memory than a request may."""

# Pillow warns from here on and refuses twice as much, before it sets memory aside.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_FORMATS: Final = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}


async def store_screenshot(settings: Settings, upload: bytes) -> str:
    """Store a screenshot and return its public address.

    The type is read from the content, the picture is drawn anew (nothing but pixels survives), and the name
    follows from the result, so the same picture is stored once. Raises ``Invalid`` for anything else.
    """
    body, extension, content_type = await asyncio.to_thread(_redraw, upload)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    key = f"screenshots/{clock.now():%Y/%m/%d}/{digest}.{extension}"
    return await storage.put(settings, key, body, content_type)


def _redraw(upload: bytes) -> tuple[bytes, str, str]:
    try:
        picture = Image.open(BytesIO(upload), formats=list(_FORMATS))
        # Some cameras put several JPEG pictures into one file, which Pillow calls MPO; the first is taken.
        kind = picture.format if picture.format in _FORMATS else "JPEG"
        target = BytesIO()
        _pixels(picture, "RGB" if kind == "JPEG" else "RGBA").save(target, kind, quality=90)
    except Image.DecompressionBombError as error:
        raise Invalid("The picture has too many pixels.", code="picture-too-large") from error
    except Exception as error:  # Pillow meets broken bytes with whatever its decoders run into
        raise Invalid("This is not a PNG, JPEG or WebP picture.", code="not-a-picture") from error
    return target.getvalue(), *_FORMATS[kind]


def _pixels(picture: Image.Image, mode: str) -> Image.Image:
    """Return the picture upright and without what Pillow would carry over: profile, comment, XMP."""
    upright = ImageOps.exif_transpose(picture).convert(mode)
    upright.info.clear()
    return upright

"""Pictures to upload."""

import struct
import zlib
from io import BytesIO

from PIL import ExifTags, Image, PngImagePlugin

SECRET = "51.5007N-0.1246W"


def picture(kind: str, **options: object) -> bytes:
    """A small picture with a gradient."""
    target = BytesIO()
    Image.linear_gradient("L").resize((24, 16)).convert("RGB").save(target, kind, **options)
    return target.getvalue()


def telling_picture(kind: str) -> bytes:
    """A picture that tells where it was taken, in every place its format has for that."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET
    exif[ExifTags.Base.Orientation] = 6
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    options: dict[str, object] = {"exif": exif, "icc_profile": SECRET.encode(), "xmp": xmp}
    if kind == "PNG":
        options["pnginfo"] = notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", SECRET)
        notes.add_itxt("XML:com.adobe.xmp", xmp.decode())
    if kind == "JPEG":
        options["comment"] = SECRET.encode()
    return picture(kind, **options)


def stereo_picture() -> bytes:
    """Two JPEG pictures in one file, as many cameras write them."""
    target = BytesIO()
    one, other = (Image.new("RGB", (24, 16), colour) for colour in ("red", "blue"))
    one.save(target, "MPO", save_all=True, append_images=[other])
    return target.getvalue()


def claimed_size(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be that large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)

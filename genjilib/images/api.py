"""HTTP routes of images."""

from msgspec import Struct

from genjilib.core.errors import Invalid, Unavailable
from genjilib.core.settings import Settings
from genjilib.images import rules
from genjilib.web.answers import PlainText
from genjilib.web.bodies import Upload
from genjilib.web.routes import post


class ImageForm(Struct):
    """The picture to store."""

    data: Upload


async def upload(settings: Settings, form: ImageForm) -> PlainText:
    """Store a screenshot and return its public address."""
    return PlainText(await rules.store_screenshot(settings, form.data.data))


routes = [post("/api/v3/utilities/image", upload, errors=[Invalid, Unavailable])]

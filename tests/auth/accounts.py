"""What the tests of e-mail accounts share."""

from uuid import UUID

from genjilib.auth.passwords import mailed_token
from tests import contract
from tests.api import SECRET, Answer, Api

PASSWORD = "Correct-Horse-9"


async def register(api: Api, email: str = "genji@shimada.example", **changes: object) -> Answer:
    """Sign somebody up."""
    return await api.post(
        "/auth/register", {"email": email, "password": PASSWORD, "username": "Genji", **changes}
    )


async def registered(api: Api, email: str = "genji@shimada.example") -> tuple[int, str]:
    """Sign somebody up; the id and the token that the mail will carry."""
    made = (await register(api, email)).read(contract.RegisterResponse, status=201)
    nonce = api.sent("api.mail.delivery")[-1].body["nonce"]
    return made.user.id, mailed_token(SECRET, UUID(nonce))


async def verify(api: Api, token: str) -> Answer:
    """Follow the link of a mail."""
    return await api.post("/auth/verify-email", {"token": token})

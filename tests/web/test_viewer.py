"""The documentation page in a real browser: it renders, and a request tried from it is answered."""

import asyncio
from pathlib import Path

from runners.api import ROUTES
from tests.api import Api
from tests.web.browser import browsing

WRITE = """
(() => {
    const field = document.querySelector(`%s`);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, '%s');
    // The page takes what was typed when the field is left, or after a while.
    for (const each of ['input', 'change', 'focusout']) field.dispatchEvent(new Event(each, {bubbles: true}));
    return true;
})()
"""
EXISTS = ".opblock[id$=exists]"
PRESS = "(() => { const found = document.querySelector(`%s`); if (found) found.click(); return !!found })()"


async def test_the_page_renders_and_a_request_tried_from_it_is_answered(api: Api, tmp_path: Path) -> None:
    api.add_map("GENJI")
    async with asyncio.timeout(100), browsing(tmp_path, f"{api.base}/docs") as tab:
        await tab.until("document.querySelector('.opblock-tag')")
        domains = {route.domain for route in ROUTES if not route.hidden}
        shown = await tab.run("[...document.querySelectorAll('.opblock-tag')].map(each => each.dataset.tag)")
        assert domains <= set(shown)
        await tab.until(PRESS % "[data-tag=maps]")
        await tab.until(f"document.querySelector(`{EXISTS}`)")
        maps = [route for route in ROUTES if route.domain == "maps"]
        assert await tab.run("document.querySelectorAll('.opblock').length") == len(maps)
        await tab.until(PRESS % ".btn.authorize")
        await tab.until("document.querySelector('.auth-container input')")
        await tab.run(WRITE % (".auth-container input", api.key))
        await tab.until(PRESS % ".auth-container button[type=submit], .auth-btn-wrapper .authorize")
        await tab.until(PRESS % ".btn-done")
        await tab.until(PRESS % f"{EXISTS} .opblock-summary-control")
        await tab.until(f"document.querySelector(`{EXISTS} .parameters input`)")
        await tab.run(WRITE % (f"{EXISTS} .parameters input", "GENJI"))
        await tab.until(PRESS % f"{EXISTS} .execute")
        answer = f"{EXISTS} .live-responses-table .response"
        await tab.until(f"document.querySelector(`{answer}`)")
        text = await tab.run(f"document.querySelector(`{answer}`).innerText")
        assert text.lstrip().startswith("200")
        assert "true" in text
        assert tab.complaints == []

"""Home Assistant's web pages in a headless Chromium.

The pages are nested shadow roots; Playwright's CSS, text and role locators look through them.
"""

from collections.abc import Iterator
import contextlib
import json
import os
from pathlib import Path
import re
import shutil

from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("COACHIQ_SHOTS", ROOT / "tests" / "browser" / "shots"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # root has no user namespaces to put the sandbox in
    "--disable-dev-shm-usage",  # containers have little of it
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Any other name fails at once instead of hanging where there is no internet.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


# What the virtual list of Home Assistant's own pages rejects its layout with when it is removed
# while it is laid out, as the list of integrations is by a quick click (lit-virtualizer).
REMOVED_LIST = "disconnected"


def find_browser() -> str | None:
    """Return the Chromium to run: on the PATH, else Playwright's own, else None."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


class HomePage:
    """One page of a signed-in owner."""

    def __init__(self, url: str, context: BrowserContext) -> None:
        self.url = url
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, error: str) -> None:
        """Keep an error of the page."""
        if error != REMOVED_LIST:
            self.errors.append(error)

    def goto(self, path: str) -> None:
        """Load a path and wait until it is drawn and nothing on it is loading.

        A page keeps a WebSocket open, so that an idle network alone says little.
        """
        self.page.goto(self.url + path)
        self.page.wait_for_function(
            "() => document.querySelector('home-assistant')?.hass?.connected === true"
        )
        self.page.wait_for_load_state("networkidle")
        loading = self.page.locator("ha-init-page, hass-loading-screen, ha-spinner:visible")
        expect(loading).to_have_count(0)
        self.page.wait_for_timeout(500)

    def shot(self, name: str) -> Path:
        """Keep a picture of the page and return its path."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def add_integration(self, name: str) -> Locator:
        """Open "Add integration", choose one, and return the dialog with its first form."""
        self.goto("/config/integrations/dashboard")
        button = re.compile("add integration", re.IGNORECASE)
        self.page.get_by_role("button", name=button).first.click()
        # Only inside the dialog: the page behind it has a search box as well.
        picker = self.page.locator("dialog-add-integration")
        search = picker.get_by_role("textbox").or_(picker.get_by_role("searchbox"))
        search.first.fill(name)
        picker.get_by_text(name, exact=True).first.click()
        flow = self.page.locator("dialog-data-entry-flow")
        expect(flow.locator("step-flow-form").first).to_be_visible()
        return flow


@contextlib.contextmanager
def open_page(
    url: str, token: str, browser: str, *, size: tuple[int, int] = (1280, 900)
) -> Iterator[HomePage]:
    """Open a browser whose page is signed in; an exception leaves the picture failure.png."""
    tokens = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 31536000,
        "expires": 4102444800000,
        "refresh_token": "",
        "hassUrl": url,
        "clientId": f"{url}/",
    }
    sign_in = f"localStorage.setItem('hassTokens', JSON.stringify({json.dumps(tokens)}))"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            locale="en-US",
            # It would answer from its cache after a restart.
            service_workers="block",
        )
        context.set_default_timeout(20_000)
        context.add_init_script(sign_in)
        page = HomePage(url, context)
        try:
            yield page
        except BaseException:
            page.shot("failure")
            raise
        finally:
            chromium.close()

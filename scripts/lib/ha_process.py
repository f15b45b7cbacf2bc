"""A real Home Assistant process with CoachIQ in it, for the demo and the tests of a whole system.

Everything here is synchronous, so that it goes together with Playwright's synchronous pages.
"""

from collections.abc import Callable, Mapping
import contextlib
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any, Self, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from ha_websocket import Connection

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# Home Assistant binds a login to the page that asked for it; any local address does.
CLIENT_ID = "http://localhost/"

type Json = Any


class ProcessError(RuntimeError):
    """Home Assistant did not start, refused a request, or did not get where it was awaited."""


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return cast(int, sock.getsockname()[1])


def wait_for[T](probe: Callable[[], T | None], what: str, seconds: float = 10) -> T:
    """Return the first true thing that `probe` returns; ProcessError at the deadline."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        if time.monotonic() >= deadline:
            raise ProcessError(f"waited {seconds:g} s for {what}")
        time.sleep(0.1)
    return found


class HomeAssistant:
    """One Home Assistant with an owner's account; its config directory outlives it."""

    def __init__(
        self,
        config_dir: Path,
        *,
        port: int | None = None,
        username: str = "owner",
        password: str = "a-password-for-tests",  # noqa: S107 - an account that only this machine reaches
    ) -> None:
        """Describe the instance; start() makes the config directory and the process."""
        self.config_dir = config_dir.resolve()
        self.port = port or free_port()
        self.username = username
        self.password = password
        self.token = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its web server."""
        return f"http://{HOST}:{self.port}"

    @property
    def log_path(self) -> Path:
        """The file that has its output."""
        return self.config_dir / "hass.log"

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    # Life

    def start(self, seconds: float = 120) -> None:
        """Start, wait until it runs, and sign in; the first time, create the owner's account."""
        self._prepare()
        # With its port taken Home Assistant would come up in recovery mode, on 8123.
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((HOST, self.port))
            except OSError as error:
                raise ProcessError(f"port {self.port} cannot be used: {error.strerror}") from error
        command = (
            Path(sys.executable).with_name("hass"),
            *("-c", self.config_dir, "--skip-pip", "--log-no-color"),
        )
        try:
            with self.log_path.open("ab") as log:
                # A session of its own: Ctrl-C reaches the caller, who then stops it in order.
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            wait_for(self._answers, "Home Assistant's web server", seconds)
            self._sign_in()
            wait_for(
                lambda: self.get("/api/config")["state"] == "RUNNING",
                "Home Assistant to run",
                seconds,
            )
        except BaseException:
            self.stop()
            raise

    def stop(self, seconds: float = 30) -> None:
        """End the process; returns when it is gone."""
        if (process := self.process) is None:
            return
        self.process = None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Stop and start again, with the same config directory and account."""
        self.stop()
        self.start()

    def _prepare(self) -> None:
        """Write what Home Assistant would otherwise ask for, or fetch from the internet."""
        (self.config_dir / ".storage").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "config" / "configuration.yaml", self.config_dir)
        link = self.config_dir / "custom_components"
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / "custom_components", target_is_directory=True)
        # From YAML a port is only a trial, which Home Assistant takes back after 5 minutes.
        server = {
            "server_host": [HOST],
            "server_port": self.port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        }
        http = {"stable": server, "pending": None, "yaml_migration_done": True}
        self.store("http", http, version=2, minor_version=2)
        # These steps of onboarding would add integrations that need the internet.
        if not (self.config_dir / ".storage" / "onboarding").exists():
            done = ["core_config", "analytics", "integration"]
            self.store("onboarding", {"done": done}, version=4)

    def store(self, key: str, data: Json, *, version: int, minor_version: int = 1) -> None:
        """Write a file of Home Assistant's storage."""
        content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
        path = self.config_dir / ".storage" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")

    def _answers(self) -> bool:
        """Tell whether the web server is there; ProcessError when the process has ended."""
        if self.process is None or self.process.poll() is not None:
            tail = self.log_path.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise ProcessError(f"Home Assistant ended at once; {self.log_path} ends with:\n{tail}")
        with contextlib.suppress(ProcessError):
            return bool(self.request("GET", "/manifest.json"))
        return False

    def _sign_in(self) -> None:
        """Get a long-lived token, or use the one that an earlier start got."""
        keep = self.config_dir / "token"
        if keep.exists():
            self.token = keep.read_text(encoding="utf-8")
            with contextlib.suppress(ProcessError):
                self.get("/api/")
                return
        self.token = ""
        new = self._has_no_owner()
        code = self._create_owner() if new else self._log_in(self.username, self.password)
        self.token = self._long_lived_token(code)
        keep.touch(mode=0o600)
        keep.write_text(self.token, encoding="utf-8")

    def add_user(self, username: str, password: str, group: str) -> str:
        """Create a user of a group; return a long-lived token of his."""
        with self.websocket() as ws:
            user = ws.call("config/auth/create", name=username.title(), group_ids=[group])["user"]
            ws.call(
                "config/auth_provider/homeassistant/create",
                user_id=user["id"],
                username=username,
                password=password,
            )
        return self._long_lived_token(self._log_in(username, password))

    def _long_lived_token(self, code: str) -> str:
        """Return a token for a code."""
        form = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT_ID}
        access = self.request("POST", "/auth/token", form=form)["access_token"]
        with Connection(self.url, access) as ws:
            # Named by the time: Home Assistant wants each name once.
            name = f"CoachIQ scripts {time.time():.0f}"
            return cast(
                str, ws.call("auth/long_lived_access_token", client_name=name, lifespan=3650)
            )

    def _has_no_owner(self) -> bool:
        """Tell whether onboarding still waits for the owner's account."""
        steps = self.request("GET", "/api/onboarding")
        return any(step["step"] == "user" and not step["done"] for step in steps)

    def _create_owner(self) -> str:
        """Create the owner's account and return a code for a token."""
        owner = {
            "name": self.username.title(),
            "username": self.username,
            "password": self.password,
            "client_id": CLIENT_ID,
            "language": "en",
        }
        return cast(str, self.post("/api/onboarding/users", owner)["auth_code"])

    def _log_in(self, username: str, password: str) -> str:
        """Log in with name and password and return a code for a token."""
        start = {
            "client_id": CLIENT_ID,
            "handler": ["homeassistant", None],
            "redirect_uri": CLIENT_ID,
        }
        flow = self.post("/auth/login_flow", start)
        login = {"client_id": CLIENT_ID, "username": username, "password": password}
        return cast(str, self.post(f"/auth/login_flow/{flow['flow_id']}", login)["result"])

    # Requests

    def request(
        self, method: str, path: str, body: Json = None, *, form: Mapping[str, str] | None = None
    ) -> Json:
        """Send a request with the owner's token and return its JSON; ProcessError if refused."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if form is not None:
            data = urlencode(form).encode()
        elif body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = Request(self.url + path, data, headers, method=method)  # noqa: S310 - http to this machine
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except HTTPError as error:
            text = error.read().decode(errors="replace")
            raise ProcessError(f"{method} {path}: {error.code} {text}") from error
        except (URLError, OSError) as error:
            raise ProcessError(f"{method} {path}: {error}") from error

    def get(self, path: str) -> Json:
        """GET a path."""
        return self.request("GET", path)

    def post(self, path: str, body: Json = None) -> Json:
        """POST a JSON body, by default an empty one."""
        return self.request("POST", path, {} if body is None else body)

    def websocket(self) -> Connection:
        """Return a WebSocket connection for a with statement."""
        return Connection(self.url, self.token)

    # What tests and the demo do

    def add_integration(self, domain: str, answers: Mapping[str, Mapping[str, Json]]) -> str:
        """Add an entry, answering each step of the config flow by its id; return the entry's id."""
        result = self._walk("/api/config/config_entries/flow", domain, answers)
        return cast(str, result["result"]["entry_id"])

    def set_options(self, entry_id: str, answers: Mapping[str, Mapping[str, Json]]) -> None:
        """Change an entry's options, answering each step of the options flow by its id."""
        self._walk("/api/config/config_entries/options/flow", entry_id, answers)

    def _walk(self, path: str, start: str, answers: Mapping[str, Mapping[str, Json]]) -> Json:
        """Answer a flow's steps; ProcessError for one without an answer, or asked twice."""
        left = dict(answers)
        step = self.post(path, {"handler": start, "show_advanced_options": False})
        while step["type"] in {"form", "menu", "progress"}:
            if step["type"] == "progress":
                time.sleep(0.5)
                step = self.get(f"{path}/{step['flow_id']}")
                continue
            answer = left.pop(step["step_id"], None)
            if answer is None:
                raise ProcessError(f"{start}: no (good) answer to {step}")
            step = self.post(f"{path}/{step['flow_id']}", dict(answer))
        if step["type"] != "create_entry":
            raise ProcessError(f"{start}: the flow ended with {step}")
        return step

    def entries(self, domain: str) -> list[Json]:
        """Return the config entries of an integration."""
        return cast(list[Json], self.get(f"/api/config/config_entries/entry?domain={domain}"))

    def act(self, action: str, entity_id: str, **data: Json) -> Json:
        """Call an action such as "light.turn_on" on an entity; returns the states it changed."""
        path = f"/api/services/{action.replace('.', '/')}"
        return self.post(path, {"entity_id": entity_id, **data})

    def states(self, prefix: str = "") -> dict[str, Json]:
        """Return state objects by entity id, of the ids that start with `prefix`."""
        found = (state for state in self.get("/api/states"))
        return {s["entity_id"]: s for s in found if s["entity_id"].startswith(prefix)}

    def wait_state(self, entity_id: str, *values: str, seconds: float = 10) -> Json:
        """Wait until an entity is in one of these states and return its state object."""

        def probe() -> Json:
            with contextlib.suppress(ProcessError):
                found = self.get(f"/api/states/{entity_id}")
                return found if found["state"] in values else None

        return wait_for(probe, f"{entity_id} to be {' or '.join(values)}", seconds)

    def history(self, entity_id: str, seconds: float = 3600) -> list[str]:
        """Return an entity's states of the last seconds from the recorder, oldest first."""
        begin = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - seconds))
        query = urlencode({"filter_entity_id": entity_id, "minimal_response": ""})
        periods = self.get(f"/api/history/period/{quote(begin)}?{query}")
        return [state["state"] for state in periods[0]] if periods else []

    def problems(self, logger: str = "custom_components.coachiq") -> list[Json]:
        """Return the warnings and errors logged by, or naming, this logger."""
        with self.websocket() as ws:
            records = ws.call("system_log/list")
        return [r for r in records if logger in r["name"] or logger in "".join(r["message"])]


def is_running(pid: int, word: str) -> bool:
    """Tell whether a process with this id runs and names `word` in its command line."""
    try:
        os.kill(pid, 0)
        return word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False

"""A counter adviser as a program: plain HTTP, and every unknown outcome tried again with the same keys."""

import http.client
import re
import time
import urllib.parse
import uuid
from http.cookies import SimpleCookie

GIVE_UP_SECONDS = 90
BUSY = {500, 502, 503}


class NoAnswerError(RuntimeError):
    """The portal did not answer for too long."""


class UnexpectedError(RuntimeError):
    """The portal answered what no step of the scene expects."""


class Adviser:
    """One signed-in session. `answers` lists (instant, status) of every request, 0 where no answer came."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self.port, self.email, self.password = port, email, password
        self.cookies: dict[str, str] = {}
        self.answers: list[tuple[float, int]] = []
        self.bodies_of_errors: list[str] = []

    def once(self, method: str, path: str, typed: dict[str, object] | None = None) -> tuple[int, str, str]:
        """Send one request; return status, location and text. Raises OSError or HTTPException without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            body = urllib.parse.urlencode({**(typed or {}), "csrfmiddlewaretoken": self.cookies.get("csrf", "")})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status = 0
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            status = answer.status
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
            if status >= 500:
                self.bodies_of_errors.append(text)
            return status, answer.headers.get("Location", ""), text
        finally:
            self.answers.append((time.monotonic(), status))
            connection.close()

    def send(self, method: str, path: str, typed: dict[str, object] | None = None) -> tuple[int, str, str]:
        """Send a request until it is answered, the same one each time."""
        until = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < until:
            try:
                status, location, text = self.once(method, path, typed)
            except (OSError, http.client.HTTPException):
                time.sleep(0.3)
                continue
            if status not in BUSY:
                return status, location, text
            time.sleep(0.3)
        raise NoAnswerError(path)

    def post(self, path: str, typed: dict[str, object]) -> str:
        """Send a form that leads to another page; return that page's address."""
        status, location, _ = self.send("POST", path, typed)
        if status != 302 or location.startswith("/compte/"):
            raise UnexpectedError(f"{status} {path} {location}")
        return location

    def sign_in(self) -> None:
        """Sign in."""
        self.send("GET", "/compte/connexion/")
        status, location, _ = self.send("POST", "/compte/connexion/", {"login": self.email, "password": self.password})
        if (status, location) != (302, "/"):
            raise UnexpectedError(f"{status} {location}")

    def receive(self, last_name: str) -> dict[str, object]:
        """Take a customer's details; return the ids that a quote needs."""
        told = {"kind": "person", "last_name": last_name, "plate": "GH-482-KL", "plate_country": "FR"}
        card = self.post(self.post("/clients/nouveau/", {}), told)
        text = self.send("GET", card)[2]
        return dict(re.findall(r'name="(customer|vehicle)" value="([^"]+)"', text))

    def quote(self, of: dict[str, object]) -> tuple[str, str]:
        """Issue a quote; return its id and the number that the page shows once it is acknowledged."""
        page = self.post("/devis/nouveau/", {**of, "draft_key": uuid.uuid4()})
        line = {"line_key": uuid.uuid4(), "label": "Montage", "quantity": 4, "unit_price": "18,50", "vat_rate": "20.00"}
        self.post(f"{page}prestations/", {f"service-{name}": value for name, value in line.items()})
        self.post(f"{page}emettre/", {})
        number = re.search(r"D-[A-Z]+-\d{4}-\d{6}", self.send("GET", page)[2])
        if not number:
            raise UnexpectedError(page)
        return page.strip("/").split("/")[-1], number[0]

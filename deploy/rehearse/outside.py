"""The rehearsal seen from outside: a browser signs in through the proxy; headers, TLS, ports and users are looked at."""

import socket
import ssl
import urllib.request
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from deploy.rehearse.compose import PROJECT, Failed, say

if TYPE_CHECKING:
    from deploy.rehearse.compose import Compose

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "un tambour bat dans la ville"
WANTED = ("strict-transport-security", "content-security-policy", "x-content-type-options", "referrer-policy")
# Postfix's own, which gives up root for each of its parts, and the scripts that start and stop it.
MAY_BE_ROOT = ("/postfix/sbin/master", "/usr/local/bin/start", "/postfix/sbin/postfix-script")


def sign_in(link: str, email: str) -> None:
    """What an administrator does first: the one-time link, a password, the staff's rooms."""
    say("sign in through the proxy")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(ignore_https_errors=True, locale="fr-FR").new_page()
        page.goto(link)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main form button").last.click()
        page.locator("input[name=email]").fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("main form button").last.click()
        page.wait_for_url("**/desk")
        browser.close()


def look_from_outside(compose: "Compose", https: int) -> dict[str, object]:
    """Headers and TLS of the proxy; who runs as root; which ports are open to the machine."""
    say("looked at from outside")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"https://localhost:{https}/", timeout=10, context=trusting) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
    if missing := [name for name in WANTED if name not in headers]:
        raise Failed(f"the proxy's answers lack {missing}")
    if "server" in headers:
        raise Failed("the proxy says what it is")
    trusting.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("localhost", https), 10) as line,
        trusting.wrap_socket(line, server_hostname="localhost") as tls,
    ):
        spoken = f"{tls.version()} {tls.selected_alpn_protocol()}"
    open_ports = [
        line
        for line in compose.run("docker", "ps", "--format", "{{.Names}}\t{{.Ports}}").splitlines()
        if PROJECT in line and "->" in line
    ]
    if [line.split("\t")[0] for line in open_ports if "proxy" not in line]:
        raise Failed(f"more than the proxy is open to the outside: {open_ports}")
    if roots := _who_is_root(compose):
        raise Failed(f"these run as root: {roots}")
    if compose.compose("exec", "-T", "web", "sh", "-c", "touch /app/x 2>/dev/null && echo written", may_fail=True):
        raise Failed("the image can be written to")
    return {"tls": spoken, "open": [line.split("\t")[1] for line in open_ports]}


def _who_is_root(compose: "Compose") -> list[str]:
    found = []
    for name in compose.run("docker", "ps", "--format", "{{.Names}}").split():
        if PROJECT in name:
            lines = compose.run("docker", "top", name, "-eo", "uid,pid,args").splitlines()[1:]
            roots = [line for line in lines if line.split()[0] == "0"]
            found += [f"{name}: {line}" for line in roots if not any(allowed in line for allowed in MAY_BE_ROOT)]
    return found

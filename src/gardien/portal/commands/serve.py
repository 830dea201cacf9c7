"""`gardien serve`: the pages."""

import argparse

from gardien.portal import stack, startup
from gardien.portal.config import Config


def run(options: argparse.Namespace, config: Config) -> int:
    """Serve on 127.0.0.1 until Ctrl-C; the embedded database comes and goes with it."""
    stack.refuse_taken_port(options.port)
    if not config.database_url:
        stack.migrate()
    startup.refuse()
    with stack.running(stack.web_arguments(options.port)):
        until_the_end(options.port)
    return 0


def until_the_end(port: int) -> None:
    """Say when the portal answers, and wait for Ctrl-C or an end signal."""
    ended = stack.end_signal()
    stack.wait_until_answering(f"http://127.0.0.1:{port}/compte/connexion/")
    print(f"READY http://localhost:{port}", flush=True)
    ended.wait()

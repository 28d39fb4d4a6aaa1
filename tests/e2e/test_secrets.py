"""Secrets of the configuration are seen by the server they are for, and by nobody else."""
import pathlib
import socket
import subprocess

from conftest import CRAWLD, eventually, free_port
from test_control_faults import Daemon
from test_crawl import chain

TOKEN, KEY = "t0ken-of-the-environment", "k3y-of-a-file"


def ask(port, request, wait=20):
    with socket.create_connection(("127.0.0.1", port), wait) as client:
        client.sendall(request.encode())
        client.settimeout(wait)
        answer = b""
        while data := client.recv(65536):
            answer += data
        return answer.decode()


def test_secrets_show_nowhere_and_the_metrics_page_is_for_localhost(tmp_path, serve, monkeypatch):
    monkeypatch.setenv("CRAWLD_TEST_TOKEN", TOKEN)
    secret = tmp_path / "key"
    secret.write_text(KEY)
    secret.chmod(0o600)
    port = free_port()
    site = serve(chain(100_000, delay=0.005))
    daemon = Daemon(tmp_path, site, f"metrics: {{listen: \"127.0.0.1:{port}\"}}",
                    "defaults:", "  headers:", "    Authorization: 'Bearer ${env:CRAWLD_TEST_TOKEN}'",
                    f"    X-Key: '${{file:{secret}}}'")
    eventually(lambda: len(site.log) > 10)
    shown = str(daemon.ask({"command": "status"}))
    shown += ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert "crawld_pages_stored_total" in shown

    assert ask(port, "GET /metrics HTTP/1.1\r\nHost: evil.test\r\n\r\n").startswith("HTTP/1.1 403")
    assert ask(port, "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n").startswith("HTTP/1.1 403")
    shown += ask(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert ask(port, "POST /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.test\r\n\r\n"
               ).startswith("HTTP/1.1 405")
    # Readers that never finish their request hold up nobody.
    slow = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(8)]
    for client in slow:
        client.sendall(b"GET /")
    assert ask(port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith("HTTP/1.1 200")
    for client in slow:
        client.close()

    process = pathlib.Path(f"/proc/{daemon.process.pid}")
    shown += (process / "cmdline").read_text()
    cores = [line for line in (process / "limits").read_text().splitlines() if line.startswith("Max core")]
    assert cores[0].split()[4] == "0"
    shown += subprocess.run([CRAWLD, "check", "-c", tmp_path / "daemon.yaml", "--effective"], capture_output=True,
                            text=True, timeout=60, check=True).stdout
    shown += daemon.end()
    for file in tmp_path.glob("crawl.db*"):
        if file.is_file():
            shown += file.read_bytes().decode("latin-1")
    assert TOKEN not in shown
    assert KEY not in shown

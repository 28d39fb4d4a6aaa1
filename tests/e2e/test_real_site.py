"""A real site that nobody here wrote: SQLite's documentation, served by nginx."""
import pathlib
import shutil
import socket
import subprocess

import pytest

from conftest import eventually, free_port

SITE = pathlib.Path("/usr/share/doc/sqlite3")


@pytest.fixture
def nginx(tmp_path):
    if not SITE.is_dir() or shutil.which("nginx") is None and not pathlib.Path("/usr/sbin/nginx").exists():
        pytest.fail("make deps installs nginx-light and sqlite3-doc")
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(f"""
        pid {tmp_path}/pid; error_log {tmp_path}/error.log; daemon off; master_process off;
        events {{ }}
        http {{
          include /etc/nginx/mime.types; access_log off;
          client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p; fastcgi_temp_path {tmp_path}/f;
          uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
          server {{ listen 127.0.0.1:{port}; root {SITE}; }}
        }}""")
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", config], stderr=subprocess.DEVNULL)
    eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx")
    yield f"http://127.0.0.1:{port}/"
    process.terminate()
    process.wait()


def test_the_stored_urls_are_those_that_wget2_finds(nginx, crawl, tmp_path):
    theirs = tmp_path / "wget2"
    theirs.mkdir()
    subprocess.run(["wget2", "-q", "-r", "-l", "inf", "-np", "-nH", "-e", "robots=off", nginx], cwd=theirs,
                   timeout=300, check=False)
    found = {str(path.relative_to(theirs)) for path in theirs.rglob("*") if path.is_file()}
    result = crawl.run("--delay", "0", "-e", "robots=off", "-np", "-p", "--concurrency-per-host", 8,
                       "--no-follow", "sitemaps", nginx)
    assert result.returncode == 0, result.stderr
    stored = {url[len(nginx):] for (url,) in crawl.sql("SELECT url FROM v_pages")}
    # wget2 writes "/" as the file index.html; both are URLs of their own here.
    assert "" in stored
    assert stored - {""} == found
    assert len(found) > 700

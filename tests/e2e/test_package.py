"""The Debian package over its life: installed, replaced, removed, purged, and what it leaves alone."""
import os
import shutil
import subprocess

import pytest


def dpkg(root, *arguments):
    """dpkg itself, on a root of its own: the package's scripts run and keep to it."""
    if os.geteuid() != 0:
        pytest.skip("dpkg wants to be root")
    (root / "var/lib/dpkg/info").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/updates").mkdir(exist_ok=True)
    (root / "var/lib/dpkg/status").touch()
    return subprocess.run(["dpkg", f"--root={root}", f"--log={root}/dpkg.log", "--force-script-chrootless",
                           "--force-depends", "--force-confold", *map(str, arguments)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


def newer(package, folder):
    """The same package under a higher version, with another example configuration."""
    tree = folder / "newer"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    fields = control.read_text().splitlines()
    control.write_text("".join(("Version: 99.0-1" if line.startswith("Version:") else line) + "\n" for line in fields))
    with open(tree / "etc/crawld/crawld.yaml", "a") as config:
        config.write("# of the newer one\n")
    file = folder / "newer.deb"
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, file], check=True, capture_output=True)
    return file


def test_the_package_comes_and_goes_and_neither_the_crawl_nor_what_was_configured_is_lost(package, tmp_path):
    root = tmp_path / "root"
    config, database = root / "etc/crawld/crawld.yaml", root / "var/lib/private/crawld/crawl.db"
    enabled = root / "etc/systemd/system/multi-user.target.wants/crawld.service"
    other = root / "var/lib/crawld-two/crawl.db"

    def done(*arguments):
        result = dpkg(root, *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result

    done("-i", package)
    helped = shutil.which("deb-systemd-helper") is not None
    assert enabled.is_symlink() == helped
    assert (root / "usr/bin/crawld").exists() and (root / "lib/systemd/system/crawld@.service").exists()
    for file in (database, other):
        file.parent.mkdir(parents=True)
        file.write_text("months of work")
    with open(config, "a") as file:
        file.write("# mine\n")
    mine = config.read_text()

    if helped:
        enabled.unlink()  # as `systemctl disable` does
    done("-i", newer(package, tmp_path))
    assert config.read_text() == mine and not enabled.is_symlink()

    done("-r", "crawld")
    assert not (root / "usr/bin/crawld").exists() and not (root / "lib/systemd/system/crawld.service").exists()
    assert config.read_text() == mine and database.read_text() == "months of work"

    done("-i", package)
    assert config.read_text() == mine and not enabled.is_symlink()

    told = done("-P", "crawld").stderr
    assert not config.exists()
    for file in (database, other):
        assert file.read_text() == "months of work" and f"{file.parent} is kept" in told
    left = [path for path in root.rglob("*crawld*") if "/var/lib/" not in str(path)]
    assert left == []


@pytest.fixture
def script(package, tmp_path):
    """Runs one of the package's scripts on a machine that systemd runs, as far as the script can see."""
    subprocess.run(["dpkg-deb", "-e", package, tmp_path / "scripts"], check=True)
    tools, log = tmp_path / "tools", tmp_path / "log"
    tools.mkdir()
    for name in ("systemctl", "deb-systemd-invoke", "deb-systemd-helper"):
        (tools / name).write_text(f"""#!/bin/sh
echo "{name} $*" >>{log}
case "$*" in *list-units*) echo "crawld@two.service loaded active running crawld web crawler (two)";; esac
""")
        (tools / name).chmod(0o755)
    under_systemd = 'mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "$@"'

    def run(name, *arguments):
        log.write_text("")
        command = ["unshare", "-rm", "sh", "-c", under_systemd, "sh"]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
            pytest.skip("no right to mount a file system here")
        subprocess.run([*command, tmp_path / "scripts" / name, *arguments], check=True, timeout=60,
                       env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        return log.read_text().splitlines()

    return run


def test_after_an_upgrade_every_crawl_starts_again_since_its_workers_are_of_the_new_version(script):
    told = script("postinst", "configure", "0.0.1-1")
    restarts = [line for line in told if line.startswith("deb-systemd-invoke")]
    assert restarts == ["deb-systemd-invoke try-restart crawld.service", "deb-systemd-invoke try-restart crawld@two.service"]
    assert told.index("systemctl --system daemon-reload") < told.index(restarts[0])


def test_the_first_installation_starts_nothing(script):
    assert not any(line.startswith("deb-systemd-invoke") for line in script("postinst", "configure", ""))


def test_before_the_programs_are_removed_every_crawl_is_stopped_and_before_an_upgrade_none(script):
    stops = [line for line in script("prerm", "remove") if line.startswith("deb-systemd-invoke")]
    assert stops == ["deb-systemd-invoke stop crawld.service", "deb-systemd-invoke stop crawld@two.service"]
    assert script("prerm", "upgrade", "99.0-1") == []

"""What `make install` puts into place works from there; nothing is built here."""
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from conftest import BUILD, CRAWLD, html

TREE = pathlib.Path(__file__).resolve().parents[2]
RECIPES = sorted((TREE / "docs/recipes").glob("*.yaml"))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    environment = {**os.environ, "BUILD": str(BUILD), "DESTDIR": str(root), "prefix": "/usr"}
    subprocess.run(["sh", str(TREE / "packaging/install.sh")], env=environment, check=True)
    return root


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, **options)


def test_the_installed_program_tells_its_version(root):
    result = run(root / "usr/bin/crawld", "--version")
    assert result.returncode == 0
    assert result.stdout == run(CRAWLD, "--version").stdout


def test_the_installed_example_is_a_configuration(root):
    example = root / "usr/share/doc/crawld/crawld.example.yaml"
    result = run(root / "usr/bin/crawld", "check", "-c", example)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_file_that_is_promised_is_there(root):
    for name in ("libexec/crawld/crawld-parse", "lib/systemd/system/crawld.service",
                 "lib/systemd/system/crawld@.service", "share/crawld/schema.json",
                 "share/bash-completion/completions/crawld", "share/zsh/vendor-completions/_crawld",
                 "share/fish/vendor_completions.d/crawld.fish", "share/doc/crawld/README.md"):
        assert (root / "usr" / name).is_file(), name


def below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("word", ["prefix", "PREFIX"])
def test_another_prefix_holds_in_either_spelling_and_an_uninstall_leaves_nothing(tmp_path, word):
    make = ["make", "-s", "-C", TREE, f"BUILD={BUILD}", f"DESTDIR={tmp_path}", f"{word}=/opt/crawld"]
    # `install` alone would build first; what it runs then is this.
    recipe = run(*make, "-n", "-o", "all", "install")
    assert "prefix=/opt/crawld sh packaging/install.sh" in recipe.stdout, recipe.stderr
    subprocess.run(["sh", "packaging/install.sh"], check=True, cwd=TREE, capture_output=True,
                   env={**os.environ, "BUILD": str(BUILD), "DESTDIR": str(tmp_path), "prefix": "/opt/crawld"})
    unit = (tmp_path / "opt/crawld/lib/systemd/system/crawld.service").read_text()
    assert "ExecStart=/opt/crawld/bin/crawld run" in unit
    assert (tmp_path / "opt/crawld/share/zsh/site-functions/_crawld").is_file()
    mine = tmp_path / "opt/crawld/share/doc/crawld/notes"
    mine.write_text("of somebody else")
    removed = run(*make, "uninstall")
    assert removed.returncode == 0, removed.stderr
    assert below(tmp_path) == ["opt/crawld/share/doc/crawld/notes"]


def crawl_as_a_service(root, tmp_path, serve):
    """Runs the ExecStart of the unit that stands in `root`, with every path in it below `root`."""
    unit = next(path for folder in ("lib", "usr/lib") if (path := root / folder / "systemd/system/crawld.service").exists())
    commands = dict(line.split("=", 1) for line in unit.read_text().splitlines() if line.startswith("Exec"))
    site = serve(lambda path: html(["/a"]) if path == "/" else html([]))
    config = root / "etc/crawld/crawld.yaml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f"""
database: {tmp_path}/crawl.db
control: {tmp_path}/control.sock
allow_addresses: [127.0.0.0/8]
sites:
  - {{name: here, seeds: ["{site.url()}"], robots: ignore, delay: 0}}
""")
    start, reload = ([root / word[1:] if word.startswith("/") else word for word in commands[name].split()]
                     for name in ("ExecStart", "ExecReload"))
    with open(tmp_path / "log", "w") as log:
        daemon = subprocess.Popen(start, stdout=log, stderr=log, start_new_session=True)
        try:
            site.wait_for(1, "/a")
            told = run(start[0], "status", "--json", "-c", config)
            good = run(*reload)
            config.write_text(config.read_text().replace("delay: 0", "dely: 0"))
            bad = run(*reload)
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(timeout=60)
        finally:
            if daemon.poll() is None:
                daemon.kill()
    assert "/a" in site.paths() and code == 0, (tmp_path / "log").read_text()
    assert good.returncode == 0, good.stderr
    assert bad.returncode != 0 and f'{config}:6:' in bad.stderr and 'did you mean "delay"' in bad.stderr
    assert f'"pid":{daemon.pid}' in told.stdout.replace(" ", ""), told.stderr


def test_the_command_of_the_installed_service_crawls_with_workers_of_its_own_root(root, tmp_path, serve):
    crawl_as_a_service(root, tmp_path, serve)


def test_the_package_names_what_it_needs_and_what_is_configuration(package):
    fields = run("dpkg-deb", "-f", package).stdout
    assert "\nPackage: crawld\n" in "\n" + fields and "\nArchitecture: " in fields
    if shutil.which("dpkg-shlibdeps"):
        for library in ("libcurl", "libsqlite3", "libseccomp2", "libyaml-cpp", "ca-certificates"):
            assert library in fields, library
    assert run("dpkg-deb", "-I", package, "conffiles").stdout == "/etc/crawld/crawld.yaml\n"
    owners = {line.split()[1] for line in run("dpkg-deb", "-c", package).stdout.splitlines()}
    assert owners == {"root/root"}


def test_the_package_unpacks_to_what_its_sums_say_and_its_service_runs(package, tmp_path, serve):
    root = tmp_path / "root"
    assert run("dpkg-deb", "-R", package, root).returncode == 0
    sums = run("md5sum", "--quiet", "-c", "DEBIAN/md5sums", cwd=root)
    assert (sums.returncode, sums.stdout) == (0, "")
    pages = {path.name for path in (root / "usr/share/man/man1").iterdir()}
    assert pages == {path.name + ".gz" for path in (TREE / "man").glob("*.1")}
    assert run(root / "usr/bin/crawld", "check", "-c", root / "etc/crawld/crawld.yaml").returncode == 0
    crawl_as_a_service(root, tmp_path, serve)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_a_valid_configuration(root, recipe):
    secrets = {name: "x" for name in re.findall(r"\$\{env:(\w+)\}", recipe.read_text())}
    result = run(root / "usr/bin/crawld", "check", "-c", recipe, env={**os.environ, **secrets})
    # A converter need not be installed where a recipe is read.
    told = [line for line in result.stderr.splitlines() if "is no program that can be run here" not in line]
    assert (result.returncode, told) == (0, [])


def test_the_rule_of_the_shop_passes_the_test_that_it_carries(root):
    result = run(root / "usr/bin/crawld", "test", "-c", TREE / "docs/recipes/shop_prices.yaml")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed, 0 failed" in result.stdout


def test_every_recipe_has_its_page():
    assert RECIPES
    for recipe in RECIPES:
        assert recipe.name in recipe.with_suffix(".md").read_text()


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


@needs_systemd
@pytest.mark.parametrize("unit", ["crawld.service", "crawld@.service"])
def test_the_unit_is_shut_in(root, unit):
    result = run("systemd-analyze", "security", "--offline=yes", "--threshold=15",
                 root / "usr/lib/systemd/system" / unit)
    assert result.returncode == 0, result.stdout[-400:] + result.stderr


@needs_systemd
def test_the_unit_has_no_errors(root):
    result = run("systemd-analyze", "verify", "--man=no", f"--root={root}", "crawld.service")
    # The units that ours waits for are the machine's, not this root's.
    ours = [line for line in result.stderr.splitlines() if "crawld" in line and "Unit " not in line]
    assert ours == []


def test_bash_completes_commands_and_flags(root):
    script = f"""
PATH={root}/usr/bin:$PATH
source {root}/usr/share/bash-completion/completions/crawld
COMP_WORDS=(crawld cr) COMP_CWORD=1; _crawld; echo "${{COMPREPLY[@]}}"
COMP_WORDS=(crawld crawl --max-p) COMP_CWORD=2; _crawld; echo "${{COMPREPLY[@]}}"
"""
    assert run("bash", "-c", script).stdout.splitlines() == ["crawl", "--max-pages"]

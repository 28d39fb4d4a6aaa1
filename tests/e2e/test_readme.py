"""What the README shows is what the program says."""
import re
import subprocess

from conftest import CRAWLD
from test_manual import COMMANDS, TREE, options_of

README = (TREE / "README.md").read_text()


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", README, re.S)


def test_every_command_and_option_that_is_shown_is_known():
    shown = re.findall(r"(?:^|[\s`])(?:build/)?crawld ([a-z]+)((?: [^\n`#|]*)?)", README)
    shown = [(command, rest) for command, rest in shown if command in COMMANDS]
    assert len(shown) > 12
    for command, rest in shown:
        for option in re.findall(r"(?<=\s)--[a-z-]+", rest.split("'")[0]):
            assert option in options_of(command), f"crawld {command} {option}"
    for line in "".join(blocks("sh") + blocks("console")).splitlines():
        if typed := re.match(r"(?:\$ )?(?:sudo )?(?:build/)?crawld ([a-z-]+)", line):
            assert typed.group(1) in COMMANDS, line


def test_the_sample_is_fine_and_its_slip_is_told_as_shown(tmp_path):
    sample = blocks("yaml")[0]
    (tmp_path / "shop.yaml").write_text(sample)
    fine = subprocess.run([CRAWLD, "check", "-c", "shop.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert fine.returncode == 0, fine.stderr
    (tmp_path / "shop.yaml").write_text(sample.replace("    seeds:", "    sedes:"))
    slip = subprocess.run([CRAWLD, "check", "-c", "shop.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert slip.returncode == 4
    assert f"$ crawld check -c shop.yaml\n{slip.stderr}{slip.stdout}" in README


def test_the_exit_codes_are_those_of_the_program_and_the_manual():
    header = (TREE / "crawler/cli/exit_code.h").read_text()
    codes = [int(code) for code in re.findall(r"^  k\w+ = (\d+)", header, re.M)]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", README, re.M)] == codes
    page = (TREE / "man/crawld.1").read_text()
    assert [int(code) for code in re.findall(r"\.B (\d+)\n", page)] == codes


def test_every_view_and_file_that_is_named_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (TREE / target).exists(), target
    schema = "".join(path.read_text() for path in (TREE / "storage/migrations").glob("*.sql"))
    for view in set(re.findall(r"`(v_\w+)`", README)):
        assert f"CREATE VIEW {view} " in schema, view


def test_every_target_of_make_that_is_named_is_there():
    targets = set(re.findall(r"^([a-z-]+)(?: [a-z-]+)*:", (TREE / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^|^\$ |&& )make ([a-z-]+)", README, re.M))
    assert named and named <= targets

"""The programs are built so that a bug in them is hard to use."""
import subprocess

import pytest

from conftest import BUILD


def read(program, *flags):
    return subprocess.run(["readelf", "-W", *flags, BUILD / program], capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize("program", ["crawld", "crawld-parse"])
def test_a_program_is_position_independent_and_its_tables_read_only(program):
    assert "DYN (Position-Independent Executable file)" in read(program, "-h")
    segments = read(program, "-l")
    assert "GNU_RELRO" in segments
    assert " RWE " not in segments
    assert "BIND_NOW" in read(program, "-d") or "NOW" in read(program, "-d")


@pytest.mark.parametrize("program", ["crawld", "crawld-parse"])
def test_a_program_checks_its_stack_and_its_buffers(program):
    symbols = read(program, "--dyn-syms")
    assert "__stack_chk_fail" in symbols
    assert "_chk@" in symbols.replace("__stack_chk", "")

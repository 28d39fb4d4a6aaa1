"""What a test must know of processes: their children, whether they live, and a way to wait."""
import os
import pathlib
import time


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except OSError:
        pass
    return found


def state(pid):
    """The letter of /proc/PID/stat; "" once it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def alive(pid):
    return state(pid) not in ("", "Z", "X")


def wait_until(condition, seconds=20.0):
    """Whether `condition` came true in time. The margin is for busy machines."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())

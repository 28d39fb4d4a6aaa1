"""The politeness rows, in a crawl of their own: beside a hundred hostile sites the test server
stamps its requests half a second late, and the gaps between stamps say nothing.

A request stamped late makes the gap before it longer and the one behind it shorter. So the median
is judged, and the time from first to last; the exact gaps are tests/scenarios/politeness_test.cc's,
where the clock is turned by hand.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from conftest import CRAWLD
from hostile_web import pages
from hostile_web.crawl import Outcome, configuration
from hostile_web.names import HostileNames
from hostile_web.server import HostileServer

# How late the server's threads may stamp a request, in seconds.
STAMP_LATE = 0.8
MOST_SECONDS = 60


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("polite")
    sites = [site for site in pages.politeness_sites() if not site.name.endswith(("-year", "-1999", "-ever"))]
    server = HostileServer(sites)
    names = HostileNames({})
    config = folder / "polite.yaml"
    config.write_text(json.dumps(configuration(server, sites, names), indent=1))
    began = time.monotonic()
    process = subprocess.Popen([CRAWLD, "crawl", "-c", config, "--db", folder / "crawl.db"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        process.wait(MOST_SECONDS)
    finally:
        process.kill()
        process.wait()
    yield Outcome(folder / "crawl.db", server, names, time.monotonic() - began, 0, process)
    server.close()
    names.close()


@pytest.mark.parametrize("name,seconds", [("503", 4), ("429", 4), ("429-date", 4)])
def test_a_retry_after_is_kept(outcome, name, seconds):
    assert outcome.gaps(f"polite-{name}")[-1] >= seconds - STAMP_LATE
    assert outcome.state(f"polite-{name}") == "done"


@pytest.mark.parametrize("name,seconds", [("crawl-delay-1", 1), ("crawl-delay-half", 0.5), ("own-delay", 0.2)])
def test_the_gap_between_requests_is_kept(outcome, name, seconds):
    gaps = outcome.gaps(f"polite-{name}")
    assert len(gaps) >= 7
    assert sum(gaps) >= len(gaps) * seconds - STAMP_LATE
    assert statistics.median(gaps) >= seconds * 0.8
    assert outcome.sites[f"polite-{name}"].most_open <= 2

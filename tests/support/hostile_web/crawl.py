"""A crawl of hostile sites by the real binary: its configuration, and what it left behind."""
import sqlite3


def configuration(server, sites, names):
    return {
        "user_agent": {"name": "benchbot"},
        "concurrency": 96,
        "max_decoded_size": "8MiB",
        "dns": {"servers": [f"127.0.0.1:{names.port}"],
                "hosts": {site.host: site.address for site in sites if not site.host.endswith(".dns.test")}},
        "defaults": {
            "allow_addresses": ["127.0.1.0/24", "127.0.2.0/24"],
            "delay": "50ms", "jitter": 0, "retries": 1, "retry_delay": "200ms", "max_redirects": 20,
            "timeout": {"dns": "2s", "connect": "2s", "first_byte": "3s", "total": "3s"},
            "max_body_size": "8MiB", "max_retry_after": "10s", "min_rate": 0,
            "autothrottle": {"enabled": False, "max_delay": "1s"},
        },
        "sites": [{"name": site.name, "seeds": [server.url(site, path) for path in site.seeds], **site.keys}
                  for site in sites if site.seeds],
    }


class Outcome:
    """What the crawl left in its database, beside what the server saw."""

    def __init__(self, database, server, names, seconds, memory, process):
        self.server, self.names, self.seconds, self.memory = server, names, seconds, memory
        self.code, self.stderr = process.returncode, process.stderr.read()
        self.database = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self.sites = {site.name: site for site in server.sites.values()}

    def url(self, name, path):
        return self.server.url(self.sites[name], path)

    def row(self, name, path="/x"):
        row = self.database.execute("SELECT state, ifnull(reason, '') FROM urls WHERE url = ?",
                                    [self.url(name, path)]).fetchone()
        return row or ("unknown", "")

    def state(self, name, path="/x"):
        return self.row(name, path)[0]

    def sql(self, query, *values):
        return self.database.execute(query, values).fetchall()

    def outcomes(self, name, path="/x"):
        return [row[0] for row in self.sql("SELECT outcome FROM fetches JOIN urls ON urls.id = url_id WHERE url = ?"
                                           " ORDER BY fetches.id", self.url(name, path))]

    def stored(self, name, path="/x"):
        """(status, decoded size, truncated, parse error) of the stored page, or nothing."""
        return self.database.execute("SELECT status, size, truncated, parse_error FROM v_pages WHERE url = ?",
                                     [self.url(name, path)]).fetchone()

    def paths(self, name):
        return [path for path in self.server.paths(name) if path != "/robots.txt"]

    def gaps(self, name):
        times = self.server.times(name)
        return [b - a for a, b in zip(times, times[1:])]

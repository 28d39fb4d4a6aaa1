#include "config/fields.h"

namespace crawld::config {
namespace {

// One generic function a field serves all: `io` is a ReadField, WriteField or DescribeField.
template <class Owner, class Visit>
constexpr Field<Owner> field(std::string_view path, std::string_view help, Visit) {
  return {path, help, [](ReadField& io, Owner& owner) { Visit{}(io, owner); },
          [](WriteField& io, const Owner& owner) { Visit{}(io, owner); },
          [](DescribeField& io, const Owner& owner) { Visit{}(io, owner); }};
}

constexpr Choice<RobotsPolicy> kRobots[] = {{"obey", RobotsPolicy::obey},
                                            {"txt_only", RobotsPolicy::txt_only},
                                            {"ignore", RobotsPolicy::ignore}};
constexpr Choice<Scope> kScopes[] = {{"page", Scope::page},
                                     {"prefix", Scope::prefix},
                                     {"host", Scope::host},
                                     {"domain", Scope::domain},
                                     {"any", Scope::any}};
constexpr Choice<OnExcess> kOnExcess[] = {{"clamp", OnExcess::clamp}, {"skip", OnExcess::skip}};
constexpr Choice<Order> kOrders[] = {{"breadth", Order::breadth}, {"depth", Order::depth}};
constexpr Choice<Durability> kDurabilities[] = {{"full", Durability::full},
                                                {"normal", Durability::normal}};
constexpr Choice<LogFormat> kLogFormats[] = {
    {"text", LogFormat::text}, {"json", LogFormat::json}, {"journald", LogFormat::journald}};
constexpr Choice<TreeUse> kTreeUses[] = {{"when_needed", TreeUse::when_needed},
                                         {"always", TreeUse::always}};
constexpr Choice<Sitemaps> kSitemaps[] = {
    {"auto", Sitemaps::automatic}, {"usual", Sitemaps::usual}, {"off", Sitemaps::off}};
constexpr Choice<OptOut> kOptOuts[] = {{"record", OptOut::record}, {"obey", OptOut::obey}};
constexpr Choice<Compare> kCompares[] = {
    {"body", Compare::body}, {"text", Compare::text}, {"records", Compare::records}};
constexpr Choice<base::TlsVersion> kTlsVersions[] = {{"system", base::TlsVersion::system},
                                                     {"TLSv1.0", base::TlsVersion::tls1_0},
                                                     {"TLSv1.1", base::TlsVersion::tls1_1},
                                                     {"TLSv1.2", base::TlsVersion::tls1_2},
                                                     {"TLSv1.3", base::TlsVersion::tls1_3}};
constexpr Choice<bool> kSoftErrors[] = {{"detect", true}, {"ignore", false}};
constexpr Choice<bool> kSandbox[] = {{"required", true}, {"off", false}};

#define RUN(path, help, call) field<Config>(path, help, [](auto& io, auto& c) { io.call; })
#define SITE(path, help, call) field<Site>(path, help, [](auto& io, auto& s) { io.call; })

constexpr Field<Config> kRunFields[] = {
    RUN("user_agent.name", "product token that robots.txt is asked about", text(c.user_agent.name)),
    RUN("user_agent.url", "page where a webmaster can read about the crawl",
        text(c.user_agent.url)),
    RUN("user_agent.email", "whom a webmaster can write to", text(c.user_agent.email)),
    RUN("database", "the SQLite file", text(c.database)),
    RUN("control", "the daemon's control socket; empty: none. crawld crawl: DATABASE.sock",
        text(c.control)),
    RUN("concurrency", "fetch threads, each with one transfer", count(c.concurrency, {1, 10'000})),
    RUN("parse_workers", "parser processes; auto: one a core",
        count_or_auto(c.parse_workers, {1, 1'024})),
    RUN("sandbox", "required: no worker runs without it; off: for debugging",
        choice(c.sandbox, kSandbox)),
    RUN("durability", "full: a commit survives a power cut; normal: a kill",
        choice(c.durability, kDurabilities)),
    RUN("parse.tree", "when_needed: links and text without a tree", choice(c.tree, kTreeUses)),
    RUN("parse.timeout", "wall time of a page in a worker",
        duration(c.parse_timeout, {milliseconds(100), milliseconds(600'000)})),
    RUN("parse.cpu", "CPU time of a page in a worker",
        duration(c.parse_cpu, {milliseconds(1'000), milliseconds(600'000)})),
    RUN("parse.memory", "memory a page may add to a worker", bytes(c.parse_memory, {16ULL << 20})),
    RUN("max_decoded_size", "a body may unpack to so much", bytes(c.max_decoded_size, {1'024})),
    RUN("queue.items", "pages between fetch and parse", count(c.queue_items, {1, 1'000'000})),
    RUN("queue.bytes", "their bodies together", bytes(c.queue_bytes, {1ULL << 20})),
    RUN("log", "text, json or journald", choice(c.log, kLogFormats)),
    RUN("log_level", "of the daemon: debug, info, warn or error", text(c.log_level)),
    RUN("metrics.listen", "address:port or socket path for Prometheus; empty: none",
        text(c.metrics_listen)),
    RUN("disk_low", "below so much free disk fetching pauses", bytes(c.disk_low)),
    RUN("memory_high", "above so much resident memory fetching pauses; 0: never",
        bytes(c.memory_high)),
    RUN("stop_timeout", "grace for open transfers at the end", duration(c.stop_timeout)),
    RUN("stats_interval", "between two lines of figures in the log",
        duration(c.stats_interval, {milliseconds(1'000)})),
    RUN("max_requests_per_second", "over all hosts; 0: no cap",
        real(c.max_requests_per_second, {0, 1e6})),
    RUN("limit_rate", "bytes a second over all hosts; 0: no cap", bytes(c.limit_rate)),
    RUN("dns.servers", "address:port of resolvers; empty: the system's", texts(c.dns_servers)),
    RUN("dns.hosts", "name: address, asked before any server", text_map(c.dns_hosts)),
    RUN("search_index", "keep the full-text index", boolean(c.search_index)),
    RUN("hooks.webhook", "URL that changes are POSTed to as JSON; empty: none",
        secret(c.hooks.webhook)),
    RUN("hooks.secret", "key of the HMAC-SHA256 in X-Crawld-Signature", secret(c.hooks.secret)),
    RUN("hooks.exec", "program and arguments that get changes on stdin; empty: none",
        texts(c.hooks.exec)),
    RUN("hooks.changes", "told of: new, changed, unchanged, gone, moved, orphaned",
        texts(c.hooks.changes)),
    RUN("hooks.timeout", "of one delivery; what failed is tried again",
        duration(c.hooks.timeout, {milliseconds(100), milliseconds(600'000)})),
    RUN("hooks.allow_addresses", "CIDRs the webhook may stand at though not public",
        texts(c.hooks.allow_addresses)),
    RUN("orphan_check", "of the daemon: how often it looks for pages nobody links to; 0: never",
        duration(c.orphan_check)),
    RUN("limits.pages", "stored pages of a run; 0: no limit", count(c.limits.pages)),
    RUN("limits.time", "length of a run; 0: no limit", duration(c.limits.time)),
    RUN("limits.bytes", "received bytes of a run; 0: no limit", bytes(c.limits.bytes)),
    RUN("limits.errors", "failed URLs of a run; 0: no limit", count(c.limits.errors)),
};

constexpr Field<Site> kSiteFields[] = {
    SITE("sitemaps", "auto: from robots.txt and pages; usual: /sitemap.xml too; off; or URLs",
         choice_or_list(s.sitemaps, s.sitemap_urls, kSitemaps)),
    SITE("scope", "page, prefix, host, domain or any, as seen from the seeds",
         choice(s.scope, kScopes)),
    SITE("domains", "further domains in scope, with what is below them", texts(s.domains)),
    SITE("include", "globs, or re:EXPRESSION; empty: everything in scope", texts(s.include)),
    SITE("exclude", "globs, or re:EXPRESSION", texts(s.exclude)),
    SITE("max_depth", "link hops from a seed; none: no limit", optional_count(s.max_depth)),
    SITE("max_redirects", "redirects in a row", count(s.max_redirects, {0, 100})),
    SITE("follow_nofollow", "follow rel=nofollow links too", boolean(s.follow_nofollow)),
    SITE("follow_forms", "follow the targets of GET forms", boolean(s.follow_forms)),
    SITE("follow_requisites", "fetch images, scripts and style sheets",
         boolean(s.follow_requisites)),
    SITE("follow_css_urls", "read url() in style sheets", boolean(s.follow_css_urls)),
    SITE("ports", "allowed besides 80, 443 and the seeds' own", ports(s.ports)),
    SITE("robots", "obey; txt_only: not meta robots; ignore", choice(s.robots, kRobots)),
    SITE("opt_out", "noai, tdm-reservation, Content-Signal: record or obey",
         choice(s.opt_out, kOptOuts)),
    SITE("uses", "what the pages are for, as opt_out judges it", texts(s.uses)),
    SITE("delay", "between two requests to one host",
         duration(s.delay, {milliseconds(0), milliseconds(86'400'000)})),
    SITE("jitter", "share of the delay by which a gap may be longer", real(s.jitter, {0, 10})),
    SITE("concurrency_per_host", "requests open to one host",
         count(s.concurrency_per_host, {1, 1'000})),
    SITE("concurrency_per_ip",
         "requests open to one address; 0: no cap; unsaid: at least those to a host",
         count(s.concurrency_per_ip, {0, 1'000})),
    SITE("autothrottle.enabled", "slow down as the host's answers slow down",
         boolean(s.autothrottle.enabled)),
    SITE("autothrottle.target_concurrency", "requests in parallel to aim at",
         real(s.autothrottle.target_concurrency, {0.01, 1'000})),
    SITE("autothrottle.max_delay", "the longest gap it makes, back-off too",
         duration(s.autothrottle.max_delay, {milliseconds(100)})),
    SITE("max_crawl_delay", "the longest Crawl-delay that is kept", duration(s.max_crawl_delay)),
    SITE("pace", "other delays by time of day, UTC: \"mon-fri 08:00-18:00 delay 5s\", \"sat off\"",
         texts(s.pace)),
    SITE("on_excess", "of a longer one: clamp it, or skip the host",
         choice(s.on_excess, kOnExcess)),
    SITE("priority", "higher first", signed_number(s.priority, -1'000, 1'000)),
    SITE("order", "breadth or depth first", choice(s.order, kOrders)),
    SITE("timeout.dns", "of a look-up",
         duration(s.timeout.dns, {milliseconds(100), milliseconds(600'000)})),
    SITE("timeout.connect", "TCP and TLS handshakes",
         duration(s.timeout.connect, {milliseconds(100), milliseconds(600'000)})),
    SITE("timeout.first_byte", "until the answer starts",
         duration(s.timeout.first_byte, {milliseconds(100), milliseconds(3'600'000)})),
    SITE("timeout.total", "of a transfer",
         duration(s.timeout.total, {milliseconds(100), milliseconds(86'400'000)})),
    SITE("min_rate", "bytes a second below which a transfer is given up; 0: none",
         bytes(s.min_rate)),
    SITE("max_body_size", "a longer body is cut and marked truncated",
         bytes(s.max_body_size, {1'024})),
    SITE("content_types", "media types of pages that are received, such as text/*; empty: all",
         texts(s.content_types)),
    SITE("retries", "after the first attempt", count(s.retries, {0, 100})),
    SITE("retry_delay", "before the first retry; doubles", duration(s.retry_delay)),
    SITE("max_retry_after", "a longer Retry-After gives the URL up", duration(s.max_retry_after)),
    SITE("headers", "sent to the seeds' origins only; a User-Agent to all", secret_map(s.headers)),
    SITE("proxy", "URL of a proxy", secret(s.proxy)),
    SITE("auth", "basic user:password, digest user:password, or bearer token", secret(s.auth)),
    SITE("cookies", "keep and send cookies", boolean(s.cookies)),
    SITE("cookie_file", "Netscape cookies.txt read at the start", text(s.cookie_file)),
    SITE("verify_tls", "refuse certificates that do not verify", boolean(s.verify_tls)),
    SITE("ca_certificate", "PEM file to verify with; empty: the system's", text(s.ca_certificate)),
    SITE("certificate", "PEM file by which the seeds' servers know who asks; empty: none",
         text(s.certificate)),
    SITE("private_key", "PEM file of its key; empty: it stands in the certificate's file",
         text(s.private_key)),
    SITE("private_key_password", "what opens the key; empty: it is not locked",
         secret(s.private_key_password)),
    SITE("tls_min_version", "lowest version accepted; system: as OpenSSL is set up",
         choice(s.tls_min_version, kTlsVersions)),
    SITE("tls_ciphers", "OpenSSL's list for TLS 1.2 and below; empty: the usual ones",
         text(s.tls_ciphers)),
    SITE("http2", "offer HTTP/2", boolean(s.http2)),
    SITE("allow_addresses", "CIDRs that may be contacted though not public",
         texts(s.allow_addresses)),
    SITE("revisit.default", "first interval between visits",
         duration(s.revisit.default_interval, {milliseconds(1'000)})),
    SITE("revisit.min", "shortest interval", duration(s.revisit.min, {milliseconds(1'000)})),
    SITE("revisit.max", "longest interval", duration(s.revisit.max, {milliseconds(1'000)})),
    SITE("revisit.adaptive", "shorter after changes, longer without", boolean(s.revisit.adaptive)),
    SITE("revisit.compare",
         "what makes a page changed: any byte of its body, its text, or its records",
         choice(s.revisit.compare, kCompares)),
    SITE("schedule", "every N, a cron line, or continuous; empty: continuous", text(s.schedule)),
    SITE("soft_errors", "detect: a \"not found\" page or login wall replaces no good page; ignore",
         choice(s.soft_errors, kSoftErrors)),
    SITE("limits.pages", "pages fetched of this site; 0: no limit", count(s.limits.pages)),
    SITE("limits.time", "of a run, from its start; 0: no limit", duration(s.limits.time)),
    SITE("limits.bytes", "received of this site in a run; 0: no limit", bytes(s.limits.bytes)),
    SITE("limits.errors", "failed URLs of this site in a run; 0: no limit", count(s.limits.errors)),
    SITE("budget.per_host", "pages fetched of one host; 0: no limit", count(s.budget.per_host)),
    SITE("budget.per_prefix", "pages below one first path segment: count, or share of per_host",
         count_or_share(s.budget.per_prefix, s.budget.per_prefix_share)),
    SITE("traps.max_url_length", "bytes", count(s.traps.max_url_length, {16, 65'536})),
    SITE("traps.max_segments", "path segments", count(s.traps.max_segments, {1, 10'000})),
    SITE("traps.max_repeated_segments", "times one segment may stand in a path",
         count(s.traps.max_repeated_segments, {1, 10'000})),
    SITE("canonicalize.sort_query", "order of parameters does not matter",
         boolean(s.canonicalize.sort_query)),
    SITE("canonicalize.strip_tracking", "drop utm_*, gclid, fbclid and their like",
         boolean(s.canonicalize.strip_tracking)),
    SITE("canonicalize.strip_session_ids", "drop jsessionid, PHPSESSID and their like",
         boolean(s.canonicalize.strip_session_ids)),
    SITE("canonicalize.strip_index_pages", "/index.html is /",
         boolean(s.canonicalize.strip_index_pages)),
    SITE("canonicalize.fold_www", "www.example.org is example.org",
         boolean(s.canonicalize.fold_www)),
    SITE("canonicalize.strip_params", "further parameters to drop; a final * matches a prefix",
         texts(s.canonicalize.strip_params)),
    SITE("store_body", "keep bodies", boolean(s.store_body)),
    SITE("store_text", "keep the text", boolean(s.store_text)),
    SITE("main_text", "extract the main text of every page", boolean(s.main_text)),
    SITE("markdown", "extract Markdown of every page", boolean(s.markdown)),
    SITE("structured", "extract JSON-LD, microdata, OpenGraph of every page",
         boolean(s.structured)),
};

#undef RUN
#undef SITE

}  // namespace

std::span<const Field<Config>> run_fields() { return kRunFields; }
std::span<const Field<Site>> site_fields() { return kSiteFields; }

}  // namespace crawld::config

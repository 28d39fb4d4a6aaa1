#include "crawler/daemon/status_page.h"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/base/figures.h"

namespace crawld::daemon {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::string_view kHead =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"refresh\" content=\"5\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>crawld</title>\n"
    "<style>body{font:15px/1.4 sans-serif;margin:2em auto;max-width:70em;padding:0 1em}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.2em .6em;"
    "border-bottom:1px solid "
    "#ddd;vertical-align:top;overflow-wrap:anywhere}</style></head><body>\n";

// A table of text; nothing where there are no rows. Escapes all of it.
std::string table(std::string_view title, const Row& columns, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  std::string out = "<h2>" + base::html_text(title) + "</h2>\n<table>";
  if (!columns.empty()) {
    out += "<tr>";
    for (const std::string& column : columns) out += "<th>" + base::html_text(column) + "</th>";
    out += "</tr>\n";
  }
  for (const Row& row : rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += "<td>" + base::html_text(cell) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string number(const ordered_json& in, const char* key) {
  return base::grouped(in.value(key, std::uint64_t{0}));
}
std::string text(const ordered_json& in, const char* key) { return in.value(key, std::string()); }
std::string time(double milliseconds) {
  return base::human_time(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}
ordered_json list(const ordered_json& in, const char* key) {
  return in.value(key, ordered_json::array());
}

// " since ...", or nothing.
std::string since(const ordered_json& paused) {
  const ordered_json moment = paused.value("paused_since", ordered_json());
  return moment.is_string() ? " since " + moment.get<std::string>() : "";
}

std::string rate_text(double each_second) {
  char out[32];
  std::snprintf(out, sizeof out, each_second < 10 ? "%.1f" : "%.0f", each_second);
  return out;
}

std::string overview(const ordered_json& status, double rate) {
  const std::string held = text(status, "held_because");
  const std::string paused = since(status);
  return table(
      "Now", {},
      {{"limited by", held.empty() ? text(status, "limit") : held},
       {"paused", paused.empty() ? "no" : "all sites" + paused},
       {"pages stored", number(status, "pages") + ", " + rate_text(rate) + " a second"},
       {"requests",
        number(status, "requests") + ", " + number(status, "retries") + " to be tried again"},
       {"errors", number(status, "errors")},
       {"received", config::format_bytes(status.value("bytes", std::uint64_t{0}))},
       {"waiting", number(status, "waiting") + " URLs on " + number(status, "hosts") + " hosts"},
       {"open", number(status, "in_flight") + " transfers"},
       {"memory", config::format_bytes(status.value("resident_bytes", std::uint64_t{0}))}});
}

std::string queues(const ordered_json& status) {
  std::vector<Row> rows;
  const ordered_json all = status.value("queues", ordered_json::object());
  for (const auto& [name, queue] : all.items()) {
    rows.push_back({name, number(queue, "items"),
                    config::format_bytes(queue.value("bytes", std::uint64_t{0})),
                    number(queue, "threads_waiting")});
  }
  return table("Queues", {"queue", "items", "bytes", "threads that wait for room"}, rows);
}

// Why the next request does not go out at once.
std::string holdup(const ordered_json& host) {
  const double opens_in = host.value("opens_in_ms", 0.0);
  const std::string when = opens_in > 0 ? ", opens in " + time(opens_in) : "";
  if (host.value("circuit_open", false)) return "does not answer" + when;
  if (host.value("failures", 0) > 0) {
    return number(host, "failures") + " server errors in a row" + when;
  }
  if (host.value("troubles", 0) > 0) {
    return number(host, "troubles") + " troubles in a row" + when;
  }
  if (host.value("in_flight", 0) > 0) return "";
  return opens_in > 0 ? "politeness" + when : "";
}

std::string hosts(const ordered_json& status) {
  std::vector<Row> rows;
  for (const ordered_json& host : list(status, "busiest_hosts")) {
    rows.push_back(
        {text(host, "host"), number(host, "waiting"), number(host, "in_flight"),
         number(host, "pages"), time(host.value("gap_ms", 0.0)),
         base::grouped(static_cast<std::uint64_t>(host.value("latency_ms", 0.0))) + " ms",
         holdup(host)});
  }
  return table("Busiest hosts", {"host", "waiting", "open", "pages", "gap", "latency", "held back"},
               rows);
}

std::string sites(const ordered_json& status) {
  std::vector<Row> rows;
  for (const ordered_json& site : list(status, "sites")) {
    const bool left = site.value("left", false);
    std::string state = left ? "taken out by a reload" : "";
    if (site.value("paused", false)) state += (left ? ", paused" : "paused") + since(site);
    if (state.empty()) state = "crawled";
    rows.push_back({text(site, "name"), state});
  }
  return table("Sites", {}, rows);
}

std::string counts(std::string_view title, const ordered_json& status, const char* key) {
  std::vector<Row> rows;
  const ordered_json all = status.value(key, ordered_json::object());
  for (const auto& [name, count] : all.items()) rows.push_back({name, number(all, name.c_str())});
  return table(title, {}, rows);
}

std::string last_problems(const ordered_json& status) {
  std::vector<Row> rows;
  for (const ordered_json& problem : list(status, "last_problems")) {
    rows.push_back({text(problem, "at"), text(problem, "reason"), text(problem, "url")});
  }
  return table("Last problems", {"at", "reason", "URL"}, rows);
}

std::string hooks(const ordered_json& status) {
  std::vector<Row> rows;
  for (const ordered_json& hook : list(status, "hooks")) {
    rows.push_back({text(hook, "name"), number(hook, "delivered"), number(hook, "failures"),
                    text(hook, "problem")});
  }
  return table("Hooks", {"hook", "delivered", "failures", "problem"}, rows);
}

std::string coverage(const ordered_json& status) {
  std::vector<Row> rows;
  for (const ordered_json& drop : list(status, "coverage_drops")) {
    if (drop.is_string()) rows.push_back({drop.get<std::string>()});
  }
  return table("Fields that match less than before", {}, rows);
}

}  // namespace

// The style by its hash (the test of this name recomputes it); framed by nobody.
const std::string_view kStatusPagePolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "style-src 'sha256-V4lD0IDScVZToCzkFFDLyXxREPM7N6jLinQymkIxHYo='";

std::string StatusPage::of(std::string_view status_json) {
  const ordered_json status = ordered_json::parse(status_json, nullptr, false);
  if (!status.is_object()) return std::string(kHead) + "<p>no status</p></body></html>\n";
  const Moment now{.seconds = status.value("seconds", 0.0), .pages = status.value("pages", 0.0)};
  const double passed = now.seconds - before_.seconds;
  const double rate = passed > 0 ? (now.pages - before_.pages) / passed : 0;
  before_ = now;
  std::string out(kHead);
  out += "<h1>crawld " + base::html_text(text(status, "version")) + "</h1>\n<p>" +
         base::html_text(text(status, "database")) + ", pid " +
         std::to_string(status.value("pid", 0)) + ", running for " + time(now.seconds * 1'000) +
         "</p>\n";
  out += overview(status, rate) + sites(status) + hosts(status) + queues(status) +
         counts("URLs by state", status, "states") + counts("Problems", status, "problems") +
         last_problems(status) + coverage(status) + hooks(status);
  return out + "</body></html>\n";
}

}  // namespace crawld::daemon

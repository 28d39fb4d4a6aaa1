#include "tests/support/soak.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "crawler/pipeline/orphans.h"
#include "storage/reports/audit.h"
#include "storage/sqlite_store.h"
#include "tests/support/simulation.h"

namespace crawld::tests {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kPages = 6;  // of a site, its start page included
constexpr seconds kDelay{1};
constexpr milliseconds kLatency{20};

enum class Beat : std::uint8_t { six_hours, daily, weekly, adaptive };

Beat beat_of(std::size_t site) { return static_cast<Beat>(site % 4); }

config::Site site_at(std::size_t number) {
  config::Site site = quick_site({"http://s" + std::to_string(number) + ".test/"});
  site.name = "s" + std::to_string(number);
  site.delay = kDelay;
  site.store_body = false;
  switch (beat_of(number)) {
    case Beat::six_hours:
      site.schedule = "every 6h";
      break;
    case Beat::daily:
      site.schedule = "every 24h";
      break;
    case Beat::weekly:
      site.schedule = "30 4 * * 1";
      break;
    case Beat::adaptive:
      site.revisit = {.default_interval = hours(24), .min = hours(6), .max = hours(24 * 7)};
      break;
  }
  return site;
}

// The web on one day: what a URL answers depends on its site, its page and the clock only.
class SoakWeb {
 public:
  explicit SoakWeb(const ManualClock& clock) : clock_(clock) {}

  Answer answer(const std::string& url) const {
    const std::size_t number = std::stoul(url.substr(std::string("http://s").size()));
    const std::string path = url.substr(url.find('/', 7));
    const auto day = std::chrono::duration_cast<hours>(clock_.elapsed()).count() / 24;
    if (path == "/robots.txt") return robots(number);
    if (number % 50 == 7 && day >= 5 && day < 7) {  // busy for two days
      return {.status = 503, .body = {}, .headers = {{"Retry-After", "120"}}};
    }
    if (path == "/") return start_page(number, day);
    if (path.size() != 2) return {.status = 404, .body = {}, .headers = {}};
    return page(number, path[1] - '0', day);
  }

 private:
  static Answer robots(std::size_t number) {
    if (number % 3 == 0) return {.status = 404, .body = {}, .headers = {}};
    return {.body = "User-agent: *\nDisallow: /no\n", .headers = {{"Content-Type", "text/plain"}}};
  }

  // From the tenth day on some sites link to one page less.
  static Answer start_page(std::size_t number, std::int64_t day) {
    std::vector<std::string> targets = {"/no"};
    const std::size_t linked = number % 20 == 3 && day >= 10 ? kPages - 2 : kPages - 1;
    for (std::size_t i = 1; i <= linked; ++i) targets.push_back("/" + std::to_string(i));
    return {.body = links(targets)};
  }

  static Answer page(std::size_t number, int page, std::int64_t day) {
    if (page == 1 && number % 10 == 1 && day >= 12)
      return {.status = 404, .body = {}, .headers = {}};
    if (page == 2 && number % 10 == 2 && day >= 15) {
      return {.status = 301, .body = {}, .headers = {{"Location", "/3"}}};
    }
    // Page 3 is news every day; the others change every 5 to 8 days.
    const std::int64_t version = page == 3 ? day : day / (5 + page % 4);
    return {.body = "<!doctype html><title>" + std::to_string(page) + "</title><p>version " +
                    std::to_string(version) + " of page " + std::to_string(page) + " of " +
                    std::to_string(number)};
  }

  const ManualClock& clock_;
};

// What a server that logs its requests can check.
void check_log(const ScriptedWeb& web, SoakReport& report) {
  std::map<std::string, milliseconds> last;
  report.closest = milliseconds::max();
  std::map<std::string, bool> knows_robots;
  for (const SeenRequest& request : web.log()) {
    const std::string host = request.url.substr(0, request.url.find('/', 7));
    if (request.url.ends_with("/robots.txt")) {
      knows_robots[host] = true;
    } else {
      ++report.visits;
      if (!knows_robots[host]) report.broken.push_back(request.url + " before robots.txt");
      const bool forbids = std::stoul(host.substr(8)) % 3 != 0;
      if (forbids && request.url.ends_with("/no"))
        report.broken.push_back(request.url + " is disallowed");
    }
    const auto before = last.find(host);
    if (before != last.end()) {
      report.closest = std::min(report.closest, request.at - before->second);
    }
    last[host] = request.at;
  }
  report.requests = web.log().size();
  if (report.closest < kDelay) report.broken.push_back("two requests closer than the delay");
}

// Each page of a scheduled site was visited at each of its beats.
void check_beats(const ScriptedWeb& web, const SoakSetup& setup, SoakReport& report) {
  std::map<std::string, std::size_t> visits;
  for (const SeenRequest& request : web.log()) ++visits[request.url];
  const auto days = static_cast<std::size_t>(setup.time.count() / 24);
  for (std::size_t number = 0; number < setup.sites; ++number) {
    const bool sound = number % 50 != 7;
    const std::size_t beats = beat_of(number) == Beat::six_hours ? days * 4
                              : beat_of(number) == Beat::daily   ? days
                              : beat_of(number) == Beat::weekly  ? days / 7
                                                                 : days / 7;
    const std::string url = "http://s" + std::to_string(number) + ".test/5";
    if (sound && visits[url] < beats) {
      report.broken.push_back(url + " was visited " + std::to_string(visits[url]) + " times, not " +
                              std::to_string(beats));
    }
    if (beat_of(number) != Beat::adaptive && sound && visits[url] > beats + 3) {
      report.broken.push_back(url + " was visited " + std::to_string(visits[url]) + " times");
    }
  }
}

void check_books(storage::Database& reader, SoakReport& report) {
  const auto audit = storage::audit(reader);
  if (!audit) {
    report.broken.push_back(audit.error().message);
    return;
  }
  for (const storage::AuditCheck& check : *audit) {
    if (check.wrong > 0) report.broken.push_back("not so: " + check.name + ": " + check.example);
  }
}

}  // namespace

SoakReport soak(const SoakSetup& setup) {
  const auto started = std::chrono::steady_clock::now();
  SoakReport report;
  auto opened = storage::SqliteStore::open(
      setup.database, {.database = {.durability = storage::Durability::normal}});
  if (!opened) throw std::runtime_error(opened.error().message);
  storage::SqliteStore& store = **opened;
  ManualClock clock;
  ScriptedWeb web(clock);
  const SoakWeb answers(clock);
  web.latency(kLatency);
  web.otherwise([&](const std::string& url) { return answers.answer(url); });
  config::Config config;
  for (std::size_t i = 0; i < setup.sites; ++i) config.sites.push_back(site_at(i));
  Simulation simulation(config, web, clock, store, {.recurring = true}, Simulation::Recrawl::no,
                        200);
  simulation.run(100'000'000, setup.time);
  simulation.flush();
  auto orphans = pipeline::find_orphans(store.database(), *pipeline::compile_sites(config, {}), 1);
  if (orphans) simulation.tell(*std::move(orphans));
  simulation.flush();
  check_log(web, report);
  check_beats(web, setup, report);
  check_books(store.database(), report);
  for (const auto& [kind, count] : simulation.totals().changes) {
    if (kind != "unchanged") report.changes += count;
  }
  for (const char* kind : {"new", "changed", "unchanged", "gone", "moved", "orphaned"}) {
    const bool due = setup.time >= hours(24 * 23) || std::string_view(kind).size() <= 3;
    if (due && setup.sites >= 50 && !simulation.totals().changes.contains(kind)) {
      report.broken.push_back(std::string("no page is ") + kind);
    }
  }
  report.versions = simulation.totals().pages;
  report.took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace crawld::tests

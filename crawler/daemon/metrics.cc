#include "crawler/daemon/metrics.h"

#include "crawler/daemon/guards.h"
#include "crawler/daemon/status_json.h"
#include "crawler/daemon/status_page.h"

namespace crawld::daemon {
namespace {

// As the text format has it: control characters but the line's end stand as they are.
std::string label_value(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out + "\"";
}

class Page {
 public:
  void family(const char* name, const char* type, const char* help) {
    text_ += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
  }
  void sample(const std::string& name, double value) {
    char number[32];
    std::snprintf(number, sizeof(number), "%.17g", value);
    text_ += name + " " + number + "\n";
  }
  void one(const char* name, const char* type, const char* help, double value) {
    family(name, type, help);
    sample(name, value);
  }
  void by_label(const char* name, const char* type, const char* help, const char* label,
                const std::map<std::string, std::uint64_t>& values) {
    family(name, type, help);
    for (const auto& [key, value] : values) {
      sample(std::string(name) + "{" + label + "=" + label_value(key) + "}",
             static_cast<double>(value));
    }
  }
  // Prometheus counts cumulatively.
  void histogram(const char* name, const char* help, const base::Histogram& of) {
    family(name, "histogram", help);
    const base::Histogram::Snapshot now = of.snapshot();
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < base::Histogram::kBounds.size(); ++i) {
      below += now.counts[i];
      char bound[32];
      std::snprintf(bound, sizeof(bound), "%g", base::Histogram::kBounds[i]);
      sample(std::string(name) + "_bucket{le=\"" + bound + "\"}", static_cast<double>(below));
    }
    sample(std::string(name) + "_bucket{le=\"+Inf\"}", static_cast<double>(now.count));
    sample(std::string(name) + "_sum", now.sum);
    sample(std::string(name) + "_count", static_cast<double>(now.count));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// All workers together.
parsers::WorkerCounters add_workers(Page& page,
                                    const std::vector<parsers::WorkerCounters>& workers) {
  parsers::WorkerCounters all;
  for (const parsers::WorkerCounters& worker : workers) {
    all.pages += worker.pages;
    all.started += worker.started;
    all.recycled += worker.recycled;
    all.died += worker.died;
    all.timeouts += worker.timeouts;
    all.bad_replies += worker.bad_replies;
    all.cpu += worker.cpu;
  }
  page.one("crawld_worker_pages_total", "counter", "Pages that the parse workers were given.",
           static_cast<double>(all.pages));
  page.one("crawld_worker_starts_total", "counter", "Parse workers started.",
           static_cast<double>(all.started));
  page.by_label("crawld_worker_ends_total", "counter", "Parse workers that ended, by cause.",
                "cause",
                {{"recycled", all.recycled},
                 {"died", all.died - all.timeouts - all.bad_replies},
                 {"timeout", all.timeouts},
                 {"bad_reply", all.bad_replies}});
  return all;
}

void add_latencies(Page& page, const pipeline::Latencies& latencies) {
  page.histogram("crawld_dns_seconds", "Look-ups of names, cached ones too.", latencies.dns);
  page.histogram("crawld_connect_seconds", "New connections, from the start of the transfer.",
                 latencies.connect);
  page.histogram("crawld_first_byte_seconds", "Until the answer began.", latencies.first_byte);
  page.histogram("crawld_transfer_seconds", "Whole transfers.", latencies.transfer);
  page.histogram("crawld_parse_seconds", "Pages in a parse thread.", latencies.parse);
  page.histogram("crawld_commit_seconds", "Batches written.", latencies.commit);
}

void add_hooks(Page& page, const std::vector<HookStatus>& hooks) {
  std::map<std::string, std::uint64_t> delivered;
  std::map<std::string, std::uint64_t> failures;
  for (const HookStatus& hook : hooks) {
    delivered[hook.name] = hook.delivered;
    failures[hook.name] = hook.failures;
  }
  page.by_label("crawld_hook_changes_total", "counter", "Changes that a hook has taken.", "hook",
                delivered);
  page.by_label("crawld_hook_failures_total", "counter", "Deliveries that failed.", "hook",
                failures);
}

}  // namespace

std::string metrics_text(Session& session) {
  const pipeline::Status status = session.pipeline().status();
  const pipeline::RunTotals& totals = status.totals;
  Page page;
  page.one("crawld_pages_stored_total", "counter", "Page versions stored in this run.",
           static_cast<double>(totals.pages));
  page.one("crawld_requests_total", "counter", "Requests made for pages and sitemaps.",
           static_cast<double>(totals.fetches));
  page.one("crawld_received_bytes_total", "counter", "Bytes received, headers included.",
           static_cast<double>(totals.bytes));
  page.one("crawld_retries_total", "counter", "Requests that will be tried again.",
           static_cast<double>(totals.retries));
  page.by_label("crawld_outcomes_total", "counter", "Visits by their verdict.", "verdict",
                totals.outcomes);
  page.by_label("crawld_changes_total", "counter", "Changes of pages, by kind.", "change",
                totals.changes);
  page.by_label("crawld_problems_total", "counter", "Visits that did not go well, by reason.",
                "reason", totals.problems);
  page.by_label("crawld_pruned_total", "counter", "What went in this run by `keep`.", "what",
                {{"versions", status.pruned.versions},
                 {"bodies", status.pruned.bodies},
                 {"requests", status.pruned.requests}});
  page.by_label("crawld_urls", "gauge", "URLs in the books by state.", "state", status.states);
  page.one("crawld_waiting_urls", "gauge", "URLs that wait to be fetched.",
           static_cast<double>(status.frontier.waiting));
  page.one("crawld_in_flight_requests", "gauge", "Transfers that are open.",
           static_cast<double>(status.frontier.in_flight));
  page.one("crawld_connecting_requests", "gauge",
           "Requests whose host takes its time to be reached.",
           static_cast<double>(status.frontier.connecting));
  page.one("crawld_hosts", "gauge", "Hosts known to the frontier.",
           static_cast<double>(status.frontier.hosts));
  page.by_label("crawld_queue_items", "gauge", "Items in a queue between two stages.", "queue",
                {{"fetched", status.fetched.items}, {"commits", status.commits.items}});
  page.by_label("crawld_queue_bytes", "gauge", "Bytes in a queue between two stages.", "queue",
                {{"fetched", status.fetched.bytes}, {"commits", status.commits.bytes}});
  const parsers::WorkerCounters workers = add_workers(page, session.workers());
  page.family("crawld_cpu_seconds_total", "counter", "CPU time by stage.");
  page.sample("crawld_cpu_seconds_total{stage=\"fetch\"}", seconds(status.fetch_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"parse\"}", seconds(status.parse_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"commit\"}", seconds(status.commit_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"workers\"}", seconds(workers.cpu));
  page.family("crawld_limiting_factor", "gauge", "1 for the one thing that bounds the rate now.");
  for (std::size_t i = 0; i < pipeline::kLimits; ++i) {
    const auto limit = static_cast<pipeline::Limit>(i);
    page.sample("crawld_limiting_factor{factor=\"" + std::string(to_string(limit)) + "\"}",
                limit == status.limit ? 1 : 0);
  }
  add_latencies(page, session.pipeline().latencies());
  add_hooks(page, session.hooks());
  page.one("process_resident_memory_bytes", "gauge", "Resident memory of the daemon.",
           static_cast<double>(resident_memory()));
  return page.take();
}

base::Result<std::unique_ptr<HttpListener>> serve_metrics(const std::string& listen,
                                                          Session& session,
                                                          std::function<bool()> healthy) {
  return HttpListener::open(
      listen,
      [&session, healthy = std::move(healthy),
       status = std::make_shared<StatusPage>()](const std::string& path) -> HttpPage {
        if (path == "/") {
          return {.type = "text/html; charset=utf-8",
                  .body = status->of(status_json(session)),
                  .policy = std::string(kStatusPagePolicy)};
        }
        if (path == "/status.json") {
          return {.type = "application/json", .body = status_json(session) + "\n"};
        }
        if (path == "/metrics") {
          return {.type = "text/plain; version=0.0.4", .body = metrics_text(session)};
        }
        if (path != "/health" && path != "/healthz")
          return {.status = 404, .body = "no such page\n"};
        const bool fine = healthy();
        return {.status = fine ? 200 : 503, .body = fine ? "ok\n" : "stuck\n"};
      });
}

}  // namespace crawld::daemon

#include "crawler/daemon/metrics.h"

#include <httplib.h>

#include "crawler/base/escape.h"
#include "crawler/base/thread.h"
#include "crawler/daemon/guards.h"

namespace crawld::daemon {
namespace {

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
      sample(std::string(name) + "{" + label + "=" + base::json_string(key) + "}",
             static_cast<double>(value));
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

constexpr pipeline::Limit kLimits[] = {pipeline::Limit::nothing_left, pipeline::Limit::politeness,
                                       pipeline::Limit::connections,  pipeline::Limit::host_slots,
                                       pipeline::Limit::parse,        pipeline::Limit::commit,
                                       pipeline::Limit::disk,         pipeline::Limit::memory,
                                       pipeline::Limit::paused,       pipeline::Limit::none};

bool is_local_host(const std::string& header) {
  std::string host = header;
  if (!host.starts_with("["))
    host = host.substr(0, host.find(':'));
  else
    host = host.substr(0, host.find(']') + 1);
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
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
  page.by_label("crawld_problems_total", "counter", "Visits that did not go well, by reason.",
                "reason", totals.problems);
  page.by_label("crawld_urls", "gauge", "URLs in the books by state.", "state", status.states);
  page.one("crawld_waiting_urls", "gauge", "URLs that wait to be fetched.",
           static_cast<double>(status.frontier.waiting));
  page.one("crawld_in_flight_requests", "gauge", "Transfers that are open.",
           static_cast<double>(status.frontier.in_flight));
  page.one("crawld_hosts", "gauge", "Hosts known to the frontier.",
           static_cast<double>(status.frontier.hosts));
  page.by_label("crawld_queue_items", "gauge", "Items in a queue between two stages.", "queue",
                {{"fetched", status.fetched.items}, {"commits", status.commits.items}});
  page.by_label("crawld_queue_bytes", "gauge", "Bytes in a queue between two stages.", "queue",
                {{"fetched", status.fetched.bytes}, {"commits", status.commits.bytes}});
  std::uint64_t died = 0;
  std::chrono::nanoseconds worker_cpu{0};
  for (const parsers::WorkerCounters& worker : session.workers()) {
    died += worker.died;
    worker_cpu += worker.cpu;
  }
  page.one("crawld_worker_deaths_total", "counter", "Parse workers that died of a page.",
           static_cast<double>(died));
  page.family("crawld_cpu_seconds_total", "counter", "CPU time by stage.");
  page.sample("crawld_cpu_seconds_total{stage=\"fetch\"}", seconds(status.fetch_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"parse\"}", seconds(status.parse_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"commit\"}", seconds(status.commit_cpu));
  page.sample("crawld_cpu_seconds_total{stage=\"workers\"}", seconds(worker_cpu));
  page.family("crawld_limiting_factor", "gauge", "1 for the one thing that bounds the rate now.");
  for (const pipeline::Limit limit : kLimits) {
    page.sample("crawld_limiting_factor{factor=\"" + std::string(to_string(limit)) + "\"}",
                limit == status.limit ? 1 : 0);
  }
  page.one("process_resident_memory_bytes", "gauge", "Resident memory of the daemon.",
           static_cast<double>(resident_memory()));
  return page.take();
}

struct MetricsServer::Server {
  httplib::Server http;
  base::Thread thread;
};

MetricsServer::MetricsServer() : server_(std::make_unique<Server>()) {}

base::Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const std::string& listen,
                                                                 Session& session,
                                                                 std::function<bool()> healthy) {
  const std::size_t colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon);
  const int port = colon == std::string::npos ? -1 : std::atoi(listen.c_str() + colon + 1);
  if (!is_local_host(host) || port < 0 || port > 65'535) {
    return base::Error{base::Error::Code::invalid,
                       "metrics.listen: \"" + listen +
                           "\" is no loopback address with a port, such as 127.0.0.1:9464"};
  }
  std::unique_ptr<MetricsServer> metrics(new MetricsServer);
  httplib::Server& http = metrics->server_->http;
  http.set_read_timeout(10, 0);
  http.set_write_timeout(10, 0);
  http.set_payload_max_length(4'096);
  http.new_task_queue = [] { return new httplib::ThreadPool(4); };
  const auto guarded = [](const httplib::Request& request, httplib::Response& response) {
    if (is_local_host(request.get_header_value("Host"))) return true;
    response.status = 403;
    return false;
  };
  http.Get("/metrics",
           [&session, guarded](const httplib::Request& request, httplib::Response& response) {
             if (guarded(request, response))
               response.set_content(metrics_text(session), "text/plain; version=0.0.4");
           });
  http.Get("/healthz", [healthy = std::move(healthy), guarded](const httplib::Request& request,
                                                               httplib::Response& response) {
    if (!guarded(request, response)) return;
    const bool fine = healthy();
    response.status = fine ? 200 : 503;
    response.set_content(fine ? "ok\n" : "stuck\n", "text/plain");
  });
  if (!http.bind_to_port(host, port)) {
    return base::Error{base::Error::Code::io,
                       "cannot listen at " + listen + " for metrics; is the port taken?"};
  }
  auto thread = base::Thread::start("metrics", 1U << 20, [&http] { http.listen_after_bind(); });
  if (!thread) return std::move(thread).error();
  metrics->server_->thread = *std::move(thread);
  return metrics;
}

MetricsServer::~MetricsServer() { server_->http.stop(); }

}  // namespace crawld::daemon

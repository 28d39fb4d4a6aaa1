// Prometheus' text format over HTTP on loopback, and a health page.
//
// GET /metrics and GET /healthz only; a Host header that is no address or localhost is
// refused (DNS rebinding), slow peers are cut after 10 s. Threads of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "crawler/base/result.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

// The page of one moment.
std::string metrics_text(Session& session);

class MetricsServer {
 public:
  // `listen`: "127.0.0.1:9464". Only loopback addresses; port 0 takes a free one.
  static base::Result<std::unique_ptr<MetricsServer>> open(const std::string& listen,
                                                           Session& session,
                                                           std::function<bool()> healthy);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

 private:
  struct Server;
  MetricsServer();
  std::unique_ptr<Server> server_;
};

}  // namespace crawld::daemon

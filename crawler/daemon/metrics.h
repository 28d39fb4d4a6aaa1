// Prometheus' text format, a health page, and a status page for people.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "crawler/base/result.h"
#include "crawler/daemon/http_listener.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

// The page of one moment.
std::string metrics_text(Session& session);

// Serves / (daemon/status_page.h), /status.json (daemon/status_json.h), /metrics, /health and
// /healthz at `listen` (daemon/http_listener.h), until the listener is destroyed. `session`
// outlives it; `healthy` is called by its thread.
base::Result<std::unique_ptr<HttpListener>> serve_metrics(const std::string& listen,
                                                          Session& session,
                                                          std::function<bool()> healthy);

}  // namespace crawld::daemon

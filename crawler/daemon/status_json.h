// `crawld status`: what a running crawl does, as one JSON object.
#pragma once

#include <string>

#include "crawler/daemon/session.h"

namespace crawld::daemon {

std::string status_json(Session& session);

}  // namespace crawld::daemon

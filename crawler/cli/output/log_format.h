// The form of log lines that a configuration asks for.
#pragma once

#include "config/config.h"
#include "crawler/base/log.h"

namespace crawld::cli {

base::log::Format log_format(config::LogFormat format);

}  // namespace crawld::cli

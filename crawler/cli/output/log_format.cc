#include "crawler/cli/output/log_format.h"

namespace crawld::cli {

base::log::Format log_format(config::LogFormat format) {
  switch (format) {
    case config::LogFormat::text:
      return base::log::Format::text;
    case config::LogFormat::json:
      return base::log::Format::json;
    case config::LogFormat::journald:
      return base::log::Format::journald;
  }
  return base::log::Format::text;
}

}  // namespace crawld::cli

#include "crawler/cli/ending.h"

namespace crawld::cli {

Ending ending_of(pipeline::End end) {
  switch (end) {
    case pipeline::End::running:
    case pipeline::End::nothing_left:
      return {};
    case pipeline::End::page_limit:
      return {kFinished, "page limit reached", false};
    case pipeline::End::byte_limit:
      return {kSizeLimit, "size limit reached", false};
    case pipeline::End::error_limit:
      return {kTooManyErrors, "error limit reached", false};
    case pipeline::End::login_failed:
      return {kError, "a login failed", false};
    case pipeline::End::store_failed:
      return {kError, "the database failed", false};
    case pipeline::End::stage_failed:
      return {kError, "a stage failed", false};
  }
  return {};
}

std::optional<Ending> end_of_time(std::chrono::milliseconds most, base::Instant started,
                                  base::Instant now) {
  if (most.count() == 0 || now - started < most) return std::nullopt;
  return Ending{kTimeLimit, "time limit reached", false};
}

}  // namespace crawld::cli

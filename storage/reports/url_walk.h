// Every URL whose turn may still come, or that was refused: for a reload.
//
// Walks in slices, each a read of its own, so that it holds no snapshot. Threads: those of
// the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "crawler/base/result.h"
#include "crawler/model/request.h"
#include "crawler/model/settlement.h"
#include "storage/database.h"

namespace crawld::storage {

// Views hold during the call only.
struct JudgedUrl {
  model::UrlId id = 0;
  std::string_view url;
  std::string_view site;  // name
  model::Verdict state = model::Verdict::queued;
  std::string_view reason;
  std::uint32_t depth = 0;
  std::uint32_t redirects = 0;
  bool is_seed = false;
  bool is_embedded = false;
  bool is_target = false;  // of a redirect, which leads where it leads
  bool is_due = false;     // a visit is planned
  model::Purpose purpose = model::Purpose::page;
};

// `go_on` is called some times a second; once it says no, the walk ends well.
base::Status each_judged_url(Database& reader, const std::function<void(const JudgedUrl&)>& visit,
                             const std::function<bool()>& go_on);

// Every URL that was left behind by a limit that is a run's own.
base::Status each_url_over_limits(Database& reader, const std::function<void(model::UrlId)>& visit);

}  // namespace crawld::storage

// What changed between two texts, line by line: `crawld diff`.
//
// The shortest edit script after Myers (1986), with its cost bounded: texts that
// differ too much are shown as one replacement of the part that differs.
// Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/request.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

enum class DiffKind : std::uint8_t { same, removed, added };

struct DiffLine {
  DiffKind kind = DiffKind::same;
  std::string_view text;  // into `from` or `to`, without its line end
  friend bool operator==(const DiffLine&, const DiffLine&) = default;
};

std::vector<DiffLine> diff_lines(std::string_view from, std::string_view to);

// Unified form (POSIX diff -u) with `context` lines around each change; empty when
// there is none.
std::string unified_diff(std::string_view from, std::string_view to, std::string_view from_name,
                         std::string_view to_name, std::size_t context = 3);

// A stored version of a page, newest first.
struct PageVersion {
  PageId id = 0;
  std::uint64_t number = 0;  // 1: the oldest
  Millis fetched_at = 0;
  int status = 0;
  std::string change;
  std::string title;
  std::string content_hash;
};

base::Result<std::vector<PageVersion>> page_versions(Database& reader, model::UrlId url);
// What else is known of a version: name and value, always the same names in the same order.
using VersionFacts = std::vector<std::pair<std::string_view, std::string>>;
base::Result<VersionFacts> version_facts(Database& reader, PageId page);
// Main text where there is one, else the text. Empty when none was stored.
base::Result<std::string> version_text(Database& reader, PageId page);

}  // namespace crawld::storage

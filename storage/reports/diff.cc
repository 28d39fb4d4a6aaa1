#include "storage/reports/diff.h"

#include <algorithm>
#include <unordered_map>

namespace crawld::storage {
namespace {

// Edits beyond which two texts count as different altogether: the search costs
// edits * (edits + lines) steps and edits^2 numbers of memory.
constexpr std::int64_t kMaxEdits = 2'000;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

using Numbers = std::vector<std::uint32_t>;

// Equal lines get equal numbers, so that the search compares numbers.
Numbers numbered(const std::vector<std::string_view>& lines,
                 std::unordered_map<std::string_view, std::uint32_t>& names) {
  Numbers numbers;
  for (const auto line : lines) {
    numbers.push_back(names.emplace(line, static_cast<std::uint32_t>(names.size())).first->second);
  }
  return numbers;
}

// Steps of the script from (0, 0) to (n, m); empty when it takes too many edits.
class Script {
 public:
  Script(const Numbers& from, const Numbers& to)
      : from_(from),
        to_(to),
        n_(static_cast<std::int64_t>(from.size())),
        m_(static_cast<std::int64_t>(to.size())) {}

  std::vector<DiffKind> steps() {
    for (std::int64_t edits = 0; edits <= std::min(kMaxEdits, n_ + m_); ++edits) {
      if (advance(edits)) return walk_back(edits);
    }
    return {};
  }

 private:
  // trace_[d][(k + d) / 2] is how far diagonal k gets with d edits.
  std::int64_t reach(std::int64_t edits, std::int64_t diagonal) const {
    if (edits < 0 || diagonal < -edits || diagonal > edits) return -1;
    return trace_[static_cast<std::size_t>(edits)]
                 [static_cast<std::size_t>((diagonal + edits) / 2)];
  }
  bool goes_down(std::int64_t edits, std::int64_t diagonal) const {
    return diagonal == -edits ||
           (diagonal != edits && reach(edits - 1, diagonal - 1) < reach(edits - 1, diagonal + 1));
  }

  bool advance(std::int64_t edits) {
    std::vector<std::int32_t> row(static_cast<std::size_t>(edits) + 1);
    bool arrived = false;
    for (std::int64_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
      std::int64_t x = 0;
      if (edits > 0) {
        x = goes_down(edits, diagonal) ? reach(edits - 1, diagonal + 1)
                                       : reach(edits - 1, diagonal - 1) + 1;
      }
      while (x < n_ && x - diagonal < m_ && x - diagonal >= 0 &&
             from_[static_cast<std::size_t>(x)] == to_[static_cast<std::size_t>(x - diagonal)]) {
        ++x;
      }
      row[static_cast<std::size_t>((diagonal + edits) / 2)] = static_cast<std::int32_t>(x);
      arrived = arrived || (x >= n_ && x - diagonal >= m_);
    }
    trace_.push_back(std::move(row));
    return arrived;
  }

  std::vector<DiffKind> walk_back(std::int64_t edits) const {
    std::vector<DiffKind> steps;
    std::int64_t x = n_;
    std::int64_t y = m_;
    for (; edits > 0; --edits) {
      const std::int64_t diagonal = x - y;
      const bool down = goes_down(edits, diagonal);
      const std::int64_t before = down ? diagonal + 1 : diagonal - 1;
      const std::int64_t from_x = reach(edits - 1, before);
      const std::int64_t middle = down ? from_x : from_x + 1;
      for (; x > middle; --x, --y) steps.push_back(DiffKind::same);
      steps.push_back(down ? DiffKind::added : DiffKind::removed);
      x = from_x;
      y = from_x - before;
    }
    for (; x > 0; --x) steps.push_back(DiffKind::same);
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  const Numbers& from_;
  const Numbers& to_;
  const std::int64_t n_;
  const std::int64_t m_;
  std::vector<std::vector<std::int32_t>> trace_;
};

std::vector<DiffKind> steps_between(const Numbers& from, const Numbers& to) {
  std::size_t head = 0;
  while (head < from.size() && head < to.size() && from[head] == to[head]) ++head;
  std::size_t tail = 0;
  while (tail < from.size() - head && tail < to.size() - head &&
         from[from.size() - 1 - tail] == to[to.size() - 1 - tail]) {
    ++tail;
  }
  const auto at = [&](const Numbers& all) {
    return Numbers(all.begin() + static_cast<std::ptrdiff_t>(head),
                   all.end() - static_cast<std::ptrdiff_t>(tail));
  };
  const Numbers inner_from = at(from);
  const Numbers inner_to = at(to);
  std::vector<DiffKind> steps(head, DiffKind::same);
  std::vector<DiffKind> inner = Script(inner_from, inner_to).steps();
  if (inner.empty()) {
    inner.assign(inner_from.size(), DiffKind::removed);
    inner.insert(inner.end(), inner_to.size(), DiffKind::added);
  }
  steps.insert(steps.end(), inner.begin(), inner.end());
  steps.insert(steps.end(), tail, DiffKind::same);
  return steps;
}

std::string range(std::size_t first, std::size_t count) {
  // An empty range names the line before it.
  const std::string start = std::to_string(count == 0 ? first : first + 1);
  return count == 1 ? start : start + "," + std::to_string(count);
}

void append_hunk(std::string& out, const std::vector<DiffLine>& lines, std::size_t begin,
                 std::size_t end, std::size_t from_line, std::size_t to_line) {
  std::size_t removed = 0;
  std::size_t added = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    const DiffKind kind = lines[i].kind;
    removed += kind != DiffKind::added;
    added += kind != DiffKind::removed;
    body += kind == DiffKind::same ? ' ' : kind == DiffKind::removed ? '-' : '+';
    body += lines[i].text;
    body += '\n';
  }
  out += "@@ -" + range(from_line, removed) + " +" + range(to_line, added) + " @@\n" + body;
}

}  // namespace

std::vector<DiffLine> diff_lines(std::string_view from, std::string_view to) {
  const auto old_lines = lines_of(from);
  const auto new_lines = lines_of(to);
  std::unordered_map<std::string_view, std::uint32_t> names;
  const Numbers old_numbers = numbered(old_lines, names);
  const Numbers new_numbers = numbered(new_lines, names);
  std::vector<DiffLine> lines;
  std::size_t x = 0;
  std::size_t y = 0;
  for (const DiffKind kind : steps_between(old_numbers, new_numbers)) {
    lines.push_back({kind, kind == DiffKind::added ? new_lines[y] : old_lines[x]});
    x += kind != DiffKind::added;
    y += kind != DiffKind::removed;
  }
  return lines;
}

std::string unified_diff(std::string_view from, std::string_view to, std::string_view from_name,
                         std::string_view to_name, std::size_t context) {
  const std::vector<DiffLine> lines = diff_lines(from, to);
  std::string out;
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t done = 0;
  const auto move_to = [&](std::size_t end) {
    for (; done < end; ++done) {
      x += lines[done].kind != DiffKind::added;
      y += lines[done].kind != DiffKind::removed;
    }
  };
  for (std::size_t i = 0; i < lines.size();) {
    if (lines[i].kind == DiffKind::same) {
      ++i;
      continue;
    }
    // A hunk ends where more than twice the context is unchanged.
    std::size_t last = i;
    for (std::size_t j = i; j < lines.size() && j - last <= 2 * context + 1; ++j) {
      if (lines[j].kind != DiffKind::same) last = j;
    }
    const std::size_t begin = std::max(done, i < context ? 0 : i - context);
    const std::size_t end = std::min(lines.size(), last + 1 + context);
    move_to(begin);
    if (out.empty()) out = "--- " + std::string(from_name) + "\n+++ " + std::string(to_name) + "\n";
    append_hunk(out, lines, begin, end, x, y);
    move_to(end);
    i = end;
  }
  return out;
}

base::Result<std::vector<PageVersion>> page_versions(Database& reader, model::UrlId url) {
  // Only versions after the first are indexed by URL; the first is what they, or the
  // visits, point to.
  std::vector<PageVersion> versions;
  auto done = reader.each(
      "SELECT id, fetched_at, status, change, ifnull(title, ''), ifnull(content_hash, '') "
      "FROM pages WHERE id IN (SELECT page_id FROM visits WHERE url_id = ?1 "
      "UNION SELECT id FROM pages WHERE url_id = ?1 AND previous_id IS NOT NULL "
      "UNION SELECT previous_id FROM pages WHERE url_id = ?1 AND previous_id IS NOT NULL) "
      "ORDER BY id DESC",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(url)); },
      [&](Statement& s) {
        versions.push_back({.id = static_cast<PageId>(s.integer(0)),
                            .number = 0,
                            .fetched_at = s.integer(1),
                            .status = static_cast<int>(s.integer(2)),
                            .change = std::string(s.text(3)),
                            .title = std::string(s.text(4)),
                            .content_hash = std::string(s.text(5))});
      });
  if (!done) return std::move(done).error();
  for (std::size_t i = 0; i < versions.size(); ++i) versions[i].number = versions.size() - i;
  return versions;
}

base::Result<VersionFacts> version_facts(Database& reader, PageId page) {
  constexpr std::string_view kNames[] = {"status", "content type", "lang",      "title",
                                         "author", "date",         "canonical", "description",
                                         "robots", "refresh"};
  VersionFacts facts;
  auto done = reader.each(
      "SELECT status, content_type, lang, title, author, date, canonical, description, robots, "
      "refresh FROM pages WHERE id = ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(page)); },
      [&](Statement& s) {
        int at = 0;
        for (const std::string_view name : kNames) facts.emplace_back(name, s.text(at++));
      });
  if (!done) return std::move(done).error();
  return facts;
}

base::Result<std::string> version_text(Database& reader, PageId page) {
  std::string text;
  auto done = reader.each(
      "SELECT ifnull(body, '') FROM search_content WHERE id = ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(page)); },
      [&](Statement& s) { text = s.text(0); });
  if (!done) return std::move(done).error();
  return text;
}

}  // namespace crawld::storage

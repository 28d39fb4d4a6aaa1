#include "crawler/cli/warc_files.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/version.h"
#include "crawler/base/clock.h"
#include "crawler/cli/output_file.h"
#include "storage/warc.h"

namespace crawld::cli {
namespace {

struct Names {
  std::string warc;   // empty: standard output
  std::string index;  // empty: none
};

Names names_of(const std::string& path) {
  if (path.empty() || path == "-") return {};
  std::string stem = path;
  for (const std::string_view ending : {".cdxj", ".gz", ".warc"}) {
    if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
  }
  return {path.ends_with(".cdxj") ? stem + ".warc.gz" : path, stem + ".cdxj"};
}

base::Status write_index(const std::string& path, std::vector<std::string>& lines) {
  std::sort(lines.begin(), lines.end());
  auto output = OutputFile::open(path);
  if (!output) return std::move(output).error();
  for (const std::string& line : lines) output->write(line);
  return output->finish();
}

}  // namespace

base::Result<storage::ExportEnd> write_warc_files(
    storage::Database& reader, const std::string& path, std::int64_t after,
    const std::function<bool(std::uint64_t)>& enough) {
  const Names names = names_of(path);
  auto output = OutputFile::open(names.warc);
  if (!output) return std::move(output).error();
  std::uint64_t written = 0;
  const std::size_t slash = names.warc.rfind('/');
  const storage::WarcOptions options{
      .after = after,
      .gzip = !names.warc.ends_with(".warc"),
      .file_name = names.warc.substr(slash == std::string::npos ? 0 : slash + 1),
      .software = "crawld/" + std::string(config::kVersion),
      .written_at = base::to_millis(base::SystemClock().wall()),
      .enough = [&] { return enough(written); }};
  std::vector<std::string> lines;
  auto end = storage::export_warc(
      reader, options,
      [&](std::string_view bytes) {
        written += bytes.size();
        return output->write(bytes);
      },
      [&](std::string_view line) {
        if (!names.index.empty()) lines.emplace_back(line);
      });
  if (!end) return end;
  if (auto done = output->finish(); !done) return std::move(done).error();
  if (names.index.empty()) return end;
  if (auto done = write_index(names.index, lines); !done) return std::move(done).error();
  return end;
}

}  // namespace crawld::cli

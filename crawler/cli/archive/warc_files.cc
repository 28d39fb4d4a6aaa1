#include "crawler/cli/archive/warc_files.h"

#include <filesystem>
#include <string_view>

#include "config/version.h"
#include "crawler/base/clock.h"
#include "crawler/cli/output/output_file.h"
#include "storage/archive/line_sorter.h"
#include "storage/archive/warc.h"

namespace crawld::cli {
namespace {

namespace fs = std::filesystem;

struct Names {
  std::string warc;   // empty: standard output
  std::string index;  // empty: none
};

Names names_of(const std::string& path) {
  if (path.empty() || path == "-") return {};
  std::string stem = path;
  for (const std::string_view ending : {".cdxj", ".gz", ".zst", ".warc"}) {
    if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
  }
  return {path.ends_with(".cdxj") ? stem + ".warc.gz" : path, stem + ".cdxj"};
}

storage::RecordPacking packing_of(const std::string& path) {
  if (path.ends_with(".warc")) return storage::RecordPacking::none;
  return path.ends_with(".zst") ? storage::RecordPacking::zstd : storage::RecordPacking::gzip;
}

// A WARC beside the index of another one would mislead: both get their names once both are whole.
base::Status finish(OutputFile& warc, OutputFile& index, storage::LineSorter& lines) {
  auto done = warc.settle();
  if (done) done = lines.each([&](std::string_view line) { return index.write(line); });
  if (done) done = index.settle();
  if (done) done = warc.finish();
  if (done) done = index.finish();
  return done;
}

}  // namespace

base::Result<storage::ExportEnd> write_warc_files(
    storage::Database& reader, const std::string& path, std::int64_t after,
    const std::function<bool(std::uint64_t)>& enough) {
  const Names names = names_of(path);
  auto output = OutputFile::open(names.warc);
  if (!output) return std::move(output).error();
  auto index = OutputFile::open(names.index);
  if (!index) return std::move(index).error();
  std::uint64_t written = 0;
  const storage::WarcOptions options{.after = after,
                                     .packing = packing_of(names.warc),
                                     .file_name = fs::path(names.warc).filename().string(),
                                     .software = "crawld/" + std::string(config::kVersion),
                                     .written_at = base::to_millis(base::SystemClock().wall()),
                                     .enough = [&] { return enough(written); }};
  storage::LineSorter lines(fs::path(names.index).parent_path().string());
  base::Status kept = base::Done{};
  auto end = storage::export_warc(
      reader, options,
      [&](std::string_view bytes) {
        written += bytes.size();
        return kept.ok() && output->write(bytes);
      },
      [&](std::string_view line) {
        if (kept.ok() && !names.index.empty()) kept = lines.add(line);
      });
  if (!end) return end;
  if (!kept) return std::move(kept).error();
  auto done = names.index.empty() ? output->finish() : finish(*output, *index, lines);
  if (!done) return std::move(done).error();
  return end;
}

}  // namespace crawld::cli

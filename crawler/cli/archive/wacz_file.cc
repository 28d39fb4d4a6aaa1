#include "crawler/cli/archive/wacz_file.h"

#include <filesystem>

#include "config/version.h"
#include "crawler/base/clock.h"
#include "crawler/cli/output/output_file.h"
#include "storage/archive/wacz.h"

namespace crawld::cli {

base::Result<storage::ExportEnd> write_wacz_file(storage::Database& reader, const std::string& path,
                                                 std::int64_t after,
                                                 const std::function<bool(std::uint64_t)>& enough) {
  auto output = OutputFile::open(path);
  if (!output) return std::move(output).error();
  if (!output->can_patch()) {
    return base::Error{
        base::Error::Code::invalid,
        "cannot write " + path + ": a package needs a file, this is a pipe or a device"};
  }
  std::uint64_t written = 0;
  const storage::WaczOptions options{
      .after = after,
      .software = "crawld/" + std::string(config::kVersion),
      .written_at = base::to_millis(base::SystemClock().wall()),
      .sort_directory = std::filesystem::path(path).parent_path().string(),
      .enough = [&] { return enough(written); }};
  const storage::ZipSink sink{
      .write =
          [&](std::string_view bytes) {
            written += bytes.size();
            return output->write(bytes);
          },
      .patch = [&](std::uint64_t at, std::string_view bytes) { return output->patch(at, bytes); }};
  auto end = storage::export_wacz(reader, options, sink);
  if (!end) return end;
  if (auto done = output->finish(); !done) return std::move(done).error();
  return end;
}

}  // namespace crawld::cli

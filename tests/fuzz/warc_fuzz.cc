// A WARC file from anywhere, and the HTTP responses in it. The first byte is the size of
// the pieces in which it comes.
#include <algorithm>
#include <cstdlib>

#include "storage/archive/archived_response.h"
#include "storage/archive/warc_reader.h"

using namespace crawld;

namespace {

constexpr std::uint64_t kMostBlock = 10'000;
constexpr std::uint64_t kMostBody = 5'000;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_record(const storage::ArchiveRecord& record) {
  check(record.block.size() <= kMostBlock);
  check(!record.cut || record.block.size() == kMostBlock);
  (void)storage::warc_date(record.field("WARC-Date"));
  const auto archived = storage::read_archived_response(record.block, kMostBody);
  if (!archived) return;
  check(archived->response.status >= 100 && archived->response.status <= 999);
  check(archived->response.body.size() <= kMostBody);
  for (const auto& [name, value] : archived->response.headers.all()) {
    check(name.find('\n') == name.npos && value.find('\n') == value.npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  std::uint64_t inflated = 0;
  storage::WarcReader reader(
      [&](std::span<char> into) -> base::Result<std::size_t> {
        const std::size_t count = std::min({piece, into.size(), rest.size()});
        std::copy_n(rest.begin(), count, into.begin());
        rest.remove_prefix(count);
        return count;
      },
      kMostBlock);
  std::uint64_t before = 0;
  while (true) {
    const auto record = reader.next();
    if (!record) {
      const auto passed = reader.recover();
      if (!passed || !*passed) return 0;
      check(**passed > 0);
      ++before;
      continue;
    }
    if (!record->has_value()) return 0;
    check((*record)->number == ++before);
    check_record(**record);
    inflated += (*record)->block.size();
    if (inflated > 1'000'000) return 0;
  }
}

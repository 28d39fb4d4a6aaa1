// A ZIP file from anywhere, and the contents of its entries. The first byte is the size of the
// pieces in which it comes.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "storage/archive/zip_reader.h"

using namespace crawld;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  const std::string_view file(reinterpret_cast<const char*>(data + 1), size - 1);
  const storage::ReadAt read = [&](std::uint64_t offset,
                                   std::span<char> into) -> base::Result<std::size_t> {
    if (offset >= file.size()) return std::size_t{0};
    const std::size_t count = std::min({piece, into.size(), file.size() - offset});
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  };
  const auto entries =
      storage::read_zip_directory(read, file.size(), [](std::string_view) { return true; });
  if (!entries) return 0;
  std::uint64_t packed = 0;
  for (const storage::ZipDirectoryEntry& entry : *entries) {
    packed += entry.packed;
    storage::ZipEntryReader reader(read, entry);
    std::array<char, 777> block;
    std::uint64_t given = 0;
    while (true) {
      const auto count = reader.read(block);
      check(!count || *count <= block.size());
      if (!count || *count == 0) break;
      given += *count;
      check(given <= entry.size);
    }
  }
  check(packed <= file.size());
  return 0;
}

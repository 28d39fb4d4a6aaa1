#include "storage/bodies/dictionary_rows.h"

#include <zstd.h>

#include <new>
#include <string>
#include <utility>

namespace crawld::storage {
namespace {

constexpr std::size_t kLargest = 1U << 20;
constexpr int kLevel = 9;  // a dictionary is written once: 3 ms

std::string packed(std::string_view bytes) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
  // With room for the worst case only memory can run out.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  out.resize(size);
  return out;
}

}  // namespace

base::Result<std::shared_ptr<const model::BodyDictionary>> read_dictionary(Database& database,
                                                                           std::uint64_t id) {
  std::shared_ptr<const model::BodyDictionary> dictionary;
  auto done = database.each(
      "SELECT data FROM dictionaries WHERE id = ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(id)); },
      [&](Statement& s) {
        auto bytes = model::unpack({.bytes = std::string(s.blob(0))}, kLargest);
        if (!bytes) return;
        dictionary = std::make_shared<const model::BodyDictionary>(
            model::BodyDictionary{.id = id, .bytes = *std::move(bytes)});
      });
  if (!done) return std::move(done).error();
  return dictionary;
}

base::Status write_dictionary(Database& database, const model::BodyDictionary& dictionary,
                              model::HostId host, std::uint64_t bodies) {
  const std::string data = packed(dictionary.bytes);
  return database.run(
      "INSERT INTO dictionaries (id, host_id, bodies, size, data) VALUES (?1, ?2, ?3, ?4, ?5)",
      [&](Statement& s) {
        s.integer(1, static_cast<std::int64_t>(dictionary.id)).integer(2, host);
        s.integer(3, static_cast<std::int64_t>(bodies));
        s.integer(4, static_cast<std::int64_t>(dictionary.bytes.size())).blob(5, data);
      });
}

}  // namespace crawld::storage

#include "storage/bodies/body_reader.h"

#include <algorithm>
#include <utility>

#include "storage/bodies/dictionary_rows.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr std::size_t kMostDictionaries = 64;  // 8 MiB together
constexpr std::size_t kMaxBody = 1ULL << 30;   // nothing larger is stored

}  // namespace

base::Result<StoredBody> BodyReader::of_page(PageId page) {
  const auto bind = [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(page)); };
  StoredBody stored;
  std::uint64_t body = 0;
  auto done = database_.each("SELECT body_id FROM pages WHERE id = ?1", bind, [&](Statement& s) {
    body = static_cast<std::uint64_t>(s.integer(0));
  });
  if (!done) return std::move(done).error();
  if (body != 0) {
    auto found = row(body);
    if (!found) return std::move(found).error();
    stored.size = found->size;
    auto packing = packed(*std::move(found));
    if (!packing) return std::move(packing).error();
    stored.packed = *std::move(packing);
  }
  done = database_.each(
      "SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]') "
      "FROM pages AS p JOIN json_each(ifnull(p.headers, '[]')) AS j WHERE p.id = ?1",
      bind,
      [&](Statement& s) { stored.headers.add(std::string(s.text(0)), std::string(s.text(1))); });
  if (!done) return std::move(done).error();
  return stored;
}

base::Result<model::PackedBody> BodyReader::packed(std::uint64_t body) {
  auto found = row(body);
  if (!found) return std::move(found).error();
  return packed(*std::move(found));
}

base::Result<std::string> BodyReader::bytes(std::uint64_t body) {
  auto found = row(body);
  if (!found) return std::move(found).error();
  return bytes(*std::move(found), "body " + std::to_string(body));
}

base::Result<std::string> BodyReader::bytes_of_answer(std::int64_t fetch) {
  auto found = row("SELECT codec, size, data FROM answer_bodies WHERE fetch_id = ?1", fetch);
  if (!found) return std::move(found).error();
  return bytes(*std::move(found), "body of the answer to fetch " + std::to_string(fetch));
}

base::Result<std::string> BodyReader::bytes(Row row, const std::string& name) {
  if (!row.found) {
    return Error{Code::not_found, "there is no " + name + " in " + database_.path()};
  }
  const std::uint64_t size = row.size;
  auto packing = packed(std::move(row));
  if (!packing) return std::move(packing).error();
  auto bytes = model::unpack(*packing, kMaxBody);
  if (!bytes || bytes->size() != size) {
    return Error{Code::corrupt, name + " of " + database_.path() + " is damaged"};
  }
  return *std::move(bytes);
}

base::Result<BodyReader::Row> BodyReader::row(std::uint64_t body) {
  return row("SELECT codec, size, data FROM bodies WHERE id = ?1", static_cast<std::int64_t>(body));
}

// `sql` finds codec, size and data by the key.
base::Result<BodyReader::Row> BodyReader::row(const char* sql, std::int64_t key) {
  Row row;
  auto done = database_.each(
      sql, [&](Statement& s) { s.integer(1, key); },
      [&](Statement& s) {
        row = {.codec = std::string(s.text(0)),
               .data = std::string(s.blob(2)),
               .size = static_cast<std::uint64_t>(s.integer(1)),
               .found = true};
      });
  if (!done) return std::move(done).error();
  return row;
}

base::Result<model::PackedBody> BodyReader::packed(Row row) {
  const auto packing = model::BodyPacking::from(row.codec);
  if (!packing) return model::PackedBody{};
  model::PackedBody body{.codec = packing->codec, .bytes = std::move(row.data)};
  if (packing->dictionary == 0) return body;
  auto with = dictionary(packing->dictionary);
  if (!with) return std::move(with).error();
  body.dictionary = *std::move(with);
  return body;
}

base::Result<std::shared_ptr<const model::BodyDictionary>> BodyReader::dictionary(
    std::uint64_t id) {
  const auto known = std::find_if(dictionaries_.begin(), dictionaries_.end(),
                                  [id](const auto& one) { return one->id == id; });
  if (known != dictionaries_.end()) {
    auto found = *known;
    dictionaries_.erase(known);
    dictionaries_.push_front(found);
    return found;
  }
  auto read = read_dictionary(database_, id);
  if (!read) return std::move(read).error();
  if (*read != nullptr) {
    dictionaries_.push_front(*read);
    if (dictionaries_.size() > kMostDictionaries) dictionaries_.pop_back();
  }
  return *std::move(read);
}

}  // namespace crawld::storage

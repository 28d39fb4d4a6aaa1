#include "storage/reports/body_function.h"

#include <sqlite3.h>

#include <memory>
#include <new>

#include "storage/bodies/body_reader.h"

namespace crawld::storage {
namespace {

using Find = base::Result<std::string>(BodyReader& bodies, std::int64_t key);

base::Result<std::string> of_page(BodyReader& bodies, std::int64_t id) {
  return bodies.bytes(static_cast<std::uint64_t>(id));
}

base::Result<std::string> of_answer(BodyReader& bodies, std::int64_t fetch) {
  return bodies.bytes_of_answer(fetch);
}

void body(sqlite3_context* context, sqlite3_value* key, Find* find) {
  if (sqlite3_value_type(key) != SQLITE_INTEGER) return sqlite3_result_null(context);
  auto* const bodies = static_cast<BodyReader*>(sqlite3_user_data(context));
  const auto bytes = find(*bodies, sqlite3_value_int64(key));
  if (!bytes) return sqlite3_result_null(context);
  sqlite3_result_blob64(context, bytes->data(), bytes->size(), SQLITE_TRANSIENT);
}

// No exception may cross SQLite.
template <Find* find>
void body_or_no_memory(sqlite3_context* context, int, sqlite3_value** values) {
  try {
    body(context, values[0], find);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

template <Find* find>
base::Status add(Database& reader, const char* name) {
  auto bodies = std::make_unique<BodyReader>(reader);
  // SQLite takes it over, also where it fails.
  const int rc =
      sqlite3_create_function_v2(reader.raw(), name, 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                 bodies.release(), body_or_no_memory<find>, nullptr, nullptr,
                                 [](void* owned) { delete static_cast<BodyReader*>(owned); });
  if (rc != SQLITE_OK) {
    return database_error(reader.raw(), rc, "cannot define " + std::string(name) + "()");
  }
  return base::Done{};
}

}  // namespace

base::Status add_body_functions(Database& reader) {
  auto done = add<of_page>(reader, "body");
  return done ? add<of_answer>(reader, "answer_body") : done;
}

}  // namespace crawld::storage

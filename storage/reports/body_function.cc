#include "storage/reports/body_function.h"

#include <sqlite3.h>

#include <memory>
#include <new>

#include "storage/bodies/body_reader.h"

namespace crawld::storage {
namespace {

void body(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) != SQLITE_INTEGER) return sqlite3_result_null(context);
  auto* const bodies = static_cast<BodyReader*>(sqlite3_user_data(context));
  const auto bytes = bodies->bytes(static_cast<std::uint64_t>(sqlite3_value_int64(values[0])));
  if (!bytes) return sqlite3_result_null(context);
  sqlite3_result_blob64(context, bytes->data(), bytes->size(), SQLITE_TRANSIENT);
}

// No exception may cross SQLite.
void body_or_no_memory(sqlite3_context* context, int count, sqlite3_value** values) {
  try {
    body(context, count, values);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

base::Status add_body_function(Database& reader) {
  auto bodies = std::make_unique<BodyReader>(reader);
  // SQLite takes it over, also where it fails.
  const int rc = sqlite3_create_function_v2(
      reader.raw(), "body", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, bodies.release(), body_or_no_memory,
      nullptr, nullptr, [](void* owned) { delete static_cast<BodyReader*>(owned); });
  if (rc != SQLITE_OK) return database_error(reader.raw(), rc, "cannot define body()");
  return base::Done{};
}

}  // namespace crawld::storage

// The migrations of this build, embedded from storage/migrations/.

#include "storage/database.h"

namespace crawld::storage {
namespace {

constexpr Migration kMigrations[] = {
#include "migrations.inc"
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace crawld::storage

#include "storage/site_ids.h"

namespace crawld::storage {

base::Result<std::int64_t> SiteIds::enter_one(Database& database, const std::string& name,
                                              bool active) {
  auto done = database.run(
      "INSERT INTO sites (name, active) VALUES (?1, ?2) "
      "ON CONFLICT (name) DO UPDATE SET active = max(active, ?2)",
      [&](Statement& s) { s.text(1, name).integer(2, active ? 1 : 0); });
  if (!done) return std::move(done).error();
  std::int64_t row = 0;
  done = database.each(
      "SELECT id FROM sites WHERE name = ?1", [&](Statement& s) { s.text(1, name); },
      [&](Statement& s) { row = s.integer(0); });
  if (!done) return std::move(done).error();
  return row;
}

base::Status SiteIds::enter(Database& database, const std::vector<std::string>& names,
                            Others others, const std::set<model::SiteId>& left) {
  SiteIds entered;
  auto done = database.begin();
  if (done && others == Others::retire) done = database.execute("UPDATE sites SET active = 0");
  for (const std::string& name : names) {
    if (!done) break;
    const auto id = static_cast<model::SiteId>(entered.rows_.size());
    const bool active = others == Others::retire && !left.contains(id);
    auto row = enter_one(database, name, active);
    if (!row) {
      done = std::move(row).error();
      break;
    }
    entered.sites_.emplace(*row, id);
    entered.rows_.push_back(*row);
  }
  if (done) done = database.commit();
  if (!done) {
    database.rollback();
    return done;
  }
  *this = std::move(entered);
  return base::Done{};
}

}  // namespace crawld::storage

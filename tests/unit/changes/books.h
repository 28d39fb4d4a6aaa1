// A small crawl over a real database, for tests of what is told of changes.
#pragma once

#include <memory>

#include "storage/sqlite_store.h"
#include "tests/support/simulation.h"
#include "tests/unit/storage/scratch.h"

namespace crawld::tests {

class Books {
 public:
  explicit Books(config::Site site) : scratch_(std::make_unique<storage::Scratch>()) {
    auto store = storage::SqliteStore::open(
        path(), {.database = {.durability = storage::Durability::normal}});
    if (!store) throw std::runtime_error(store.error().message);
    store_ = *std::move(store);
    config_.sites = {std::move(site)};
    simulation_ = std::make_unique<Simulation>(config_, web, clock, *store_,
                                               pipeline::RunMode{.recurring = true});
  }

  std::string path() const { return scratch_->path(); }
  std::unique_ptr<storage::Database> reader() const {
    return *storage::Database::open_reader(path());
  }
  Simulation& simulation() { return *simulation_; }
  pipeline::SiteTable table() const { return *pipeline::compile_sites(config_, {}); }
  config::Config& config() { return config_; }

  // Runs and puts everything away.
  void run(std::chrono::milliseconds time) {
    simulation_->run(100'000, time);
    simulation_->flush();
  }

  ManualClock clock;
  ScriptedWeb web{clock};

 private:
  const std::unique_ptr<storage::Scratch> scratch_;
  std::unique_ptr<storage::SqliteStore> store_;
  config::Config config_;
  std::unique_ptr<Simulation> simulation_;
};

inline config::Site hourly_site(const std::string& seed) {
  config::Site site = quick_site({seed});
  site.revisit = {.default_interval = std::chrono::hours(1),
                  .min = std::chrono::hours(1),
                  .max = std::chrono::hours(1),
                  .adaptive = false};
  return site;
}

}  // namespace crawld::tests

// A simulated month of 1,000 sites at their schedules (tests/support/soak.h).
//
//   soak [SITES [DAYS]]      exit 1 when a promise was not kept or the books do not balance
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/support/soak.h"

int main(int argc, char** argv) {
  using namespace crawld::tests;
  SoakSetup setup;
  if (argc > 1) setup.sites = std::strtoull(argv[1], nullptr, 10);
  if (argc > 2) setup.time = std::chrono::hours(24 * std::atoi(argv[2]));
  std::string folder = std::filesystem::temp_directory_path() / "crawld_soak_XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  setup.database = folder + "/crawl.db";
  const SoakReport report = soak(setup);
  const auto bytes = std::filesystem::file_size(setup.database);
  std::filesystem::remove_all(folder);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "%zu sites, %lld days: %llu requests, %llu visits, %llu versions, %llu changes; closest two "
      "requests to a host %lld ms; %.1f s, %.0f us a request; RSS %.1f MB; database %.1f MB\n",
      setup.sites, static_cast<long long>(setup.time.count() / 24),
      static_cast<unsigned long long>(report.requests),
      static_cast<unsigned long long>(report.visits),
      static_cast<unsigned long long>(report.versions),
      static_cast<unsigned long long>(report.changes),
      static_cast<long long>(report.closest.count()),
      static_cast<double>(report.took.count()) / 1'000,
      static_cast<double>(report.took.count()) * 1'000 / static_cast<double>(report.requests),
      static_cast<double>(usage.ru_maxrss) / 1'000, static_cast<double>(bytes) / 1e6);
  for (std::size_t i = 0; i < report.broken.size() && i < 20; ++i) {
    std::printf("broken: %s\n", report.broken[i].c_str());
  }
  std::puts(report.broken.empty() ? "the books balance" : "promises were broken");
  return report.broken.empty() ? 0 : 1;
}

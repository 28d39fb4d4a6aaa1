#include "crawler/cli/flags/crawl_options.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/config.h"

using namespace crawld;
using namespace crawld::cli;

namespace {

// The site that results from a file with these defaults and from `--concurrency-per-host`.
config::Site site_of(const std::string& defaults, const std::string& flag = {}) {
  std::string folder = "/tmp/crawld-options-XXXXXX";
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  CrawlOptions options;
  options.config_file = folder + "/crawl.yaml";
  options.concurrency_per_host = flag;
  std::ofstream(options.config_file) << "defaults: {" << defaults << "}\n"
                                     << "sites: [{name: a, seeds: ['http://a.test/']}]\n";
  auto loaded = load_config(options);
  std::filesystem::remove_all(folder);
  REQUIRE(loaded);
  const auto made = make_plan(options, *std::move(loaded));
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  return made->config.sites.at(0);
}

}  // namespace

TEST_CASE("what the file says of one address holds where no flag says more") {
  CHECK(site_of("concurrency_per_host: 4, concurrency_per_ip: 2").concurrency_per_ip == 2);
  CHECK(site_of("concurrency_per_ip: 0").concurrency_per_ip == 0);
  CHECK(site_of("concurrency_per_ip: 2", "8").concurrency_per_ip == 8);
  CHECK(site_of("concurrency_per_ip: 0", "8").concurrency_per_ip == 0);
}

TEST_CASE("a file in the place of a URL is told how to be given") {
  std::string folder = "/tmp/crawld-options-XXXXXX";
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string file = folder + "/urls.txt";
  std::ofstream(file) << "http://a.test/\n";
  CrawlOptions options;
  options.urls = {file};
  auto loaded = load_config(options);
  REQUIRE(loaded);
  const auto made = make_plan(options, *std::move(loaded));
  std::filesystem::remove_all(folder);
  REQUIRE_FALSE(made);
  CHECK(made.error().message == "\"" + file + "\" is a file; a list of URLs by -i " + file);
}

// Which sites are asked about a link that its own site refuses.
#include "crawler/pipeline/site_index.h"

#include <catch2/catch.hpp>

using namespace crawld;
using model::Purpose;
using Sites = std::vector<model::SiteId>;

namespace {

config::Site site_at(const std::string& seed, config::Scope scope) {
  config::Site site;
  site.name = seed;
  site.seeds = {seed};
  site.scope = scope;
  return site;
}

class Index {
 public:
  explicit Index(std::vector<config::Site> sites) : index_(table_of(std::move(sites))) {}
  Sites near(const std::string& url, Purpose purpose = Purpose::page) const {
    return index_.near(*model::Url::parse(url), purpose);
  }

 private:
  static pipeline::SiteTable table_of(std::vector<config::Site> sites) {
    config::Config config;
    config.sites = std::move(sites);
    return *pipeline::compile_sites(config, {});
  }

  pipeline::SiteIndex index_;
};

}  // namespace

TEST_CASE("of the sites that are parts of one host those above a URL alone are asked about it") {
  std::vector<config::Site> users;
  for (int i = 0; i < 50; ++i) {
    const std::string seed = "http://a.test/users/u" + std::to_string(i) + "/start";
    users.push_back(site_at(seed, i % 2 == 0 ? config::Scope::prefix : config::Scope::page));
  }
  users.push_back(site_at("http://a.test/users/", config::Scope::prefix));
  const Index index(users);
  CHECK(index.near("http://a.test/users/u4/deep/page?x=/users/u7/") == Sites{4, 50});
  CHECK(index.near("http://a.test/users/u7/start") == Sites{7, 50});
  CHECK(index.near("http://a.test/users/") == Sites{50});
  CHECK(index.near("http://a.test/").empty());
  CHECK(index.near("http://b.test/users/u4/").empty());
}

TEST_CASE("a site that takes session ids out of paths is found by a path that holds one") {
  const Index index({site_at("http://a.test/shop/", config::Scope::prefix)});
  CHECK(index.near("http://a.test/(S(lit3py55t21z5v55vlm25s55))/shop/x") == Sites{0});
  CHECK(index.near("http://a.test/shop;jsessionid=1A/x") == Sites{0});
}

TEST_CASE("all sites of a host are asked about a sitemap there") {
  const Index index({site_at("http://a.test/x/", config::Scope::prefix),
                     site_at("http://a.test/y/", config::Scope::page)});
  CHECK(index.near("http://a.test/sitemap.xml", Purpose::sitemap) == Sites{0, 1});
  CHECK(index.near("http://a.test/sitemap.xml").empty());
}

TEST_CASE("sites at the host of a URL are asked before those of the domain it is in") {
  const Index index({site_at("http://www.a.test/", config::Scope::domain),
                     site_at("http://docs.a.test/", config::Scope::host),
                     site_at("http://docs.a.test/x/", config::Scope::prefix)});
  CHECK(index.near("http://docs.a.test/x/y") == Sites{1, 2, 0});
  CHECK(index.near("http://other.a.test/") == Sites{0});
}

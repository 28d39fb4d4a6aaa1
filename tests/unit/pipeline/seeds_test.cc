// Seeds that come while a crawl runs, and what they do to the scope of their site.
#include <catch2/catch.hpp>

#include "crawler/pipeline/site_rules.h"

using namespace crawld;

namespace {

pipeline::SiteBook book_of(config::Scope scope) {
  config::Site site;
  site.name = "test";
  site.seeds = {"http://a.test/"};
  site.scope = scope;
  config::Config config;
  config.sites = {site};
  return pipeline::SiteBook(*pipeline::compile_sites(config, {}));
}

std::vector<model::Url> urls(const std::vector<std::string>& texts) {
  std::vector<model::Url> all;
  for (const std::string& text : texts) all.push_back(*model::Url::parse(text));
  return all;
}

bool admits(const pipeline::SiteBook& book, const std::string& url) {
  const policy::Judgement judgement =
      (*book.table())[0]->scope.judge(*model::Url::parse(url), {}, 2026);
  return judgement.verdict == model::Verdict::queued;
}

}  // namespace

TEST_CASE("added seeds that are in scope already change and leave nothing behind") {
  auto book = book_of(config::Scope::host);
  const auto before = (*book.table())[0];
  book.add_seeds(0, urls({"http://a.test/1", "http://a.test/2"}));
  CHECK((*book.table())[0] == before);
  CHECK(book.take_added().empty());
}

TEST_CASE("of added seeds that widen the scope alike the first one is kept") {
  auto book = book_of(config::Scope::host);
  book.add_seeds(0, urls({"http://b.test/1", "http://b.test/2", "http://c.test:8080/"}));
  CHECK(admits(book, "http://b.test/3"));
  CHECK(admits(book, "http://c.test:8080/x"));
  const auto added = book.take_added();
  REQUIRE(added.size() == 2);
  CHECK(added[0].second.href() == "http://b.test/1");
  CHECK(book.take_added().empty());
}

TEST_CASE("where each seed is a scope of its own each added one is kept") {
  auto book = book_of(config::Scope::page);
  book.add_seeds(0, urls({"http://a.test/1", "http://a.test/2", "http://a.test/1"}));
  CHECK(book.take_added().size() == 2);
  CHECK(admits(book, "http://a.test/2"));
  CHECK_FALSE(admits(book, "http://a.test/3"));
}

TEST_CASE("a seed that moves leaves the rules of its site where they are, for all who hold them") {
  auto book = book_of(config::Scope::host);
  const auto held = book.table();
  book.add_seeds(0, urls({"http://b.test/"}));
  CHECK(book.table() == held);  // no copy: a list of seeds is as long as its user likes
  CHECK(admits(book, "http://b.test/x"));
}

TEST_CASE("added seeds stay in scope through a reload, and are no news by it") {
  auto book = book_of(config::Scope::host);
  book.add_seeds(0, urls({"http://b.test:8080/"}));
  CHECK(book.take_added().size() == 1);
  auto other = book_of(config::Scope::host);
  book.replace(*other.table());
  CHECK(admits(book, "http://b.test:8080/x"));
  CHECK_FALSE(admits(book, "http://b.test:8081/x"));
  CHECK(book.take_added().empty());
}

TEST_CASE("seeds of a run before come back by name, near a seed, and are no news") {
  auto book = book_of(config::Scope::host);
  book.restore_seeds({{"test", urls({"http://www.a.test/", "http://b.test/"})},
                      {"other", urls({"http://w2.a.test/"})}});
  CHECK(admits(book, "http://www.a.test/x"));
  CHECK_FALSE(admits(book, "http://b.test/"));
  CHECK_FALSE(admits(book, "http://w2.a.test/"));
  CHECK(book.take_added().empty());
}

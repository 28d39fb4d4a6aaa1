#include "crawler/daemon/scope_change.h"

#include <catch2/catch.hpp>

#include "tests/unit/storage/scratch.h"

using namespace crawld;
using daemon::judge_since_last_run;
using daemon::scope_fingerprint;

namespace {

config::Config site_at(const char* seed) {
  config::Config config;
  config.sites.resize(1);
  config.sites[0].name = "a";
  config.sites[0].seeds = {seed};
  return config;
}

}  // namespace

TEST_CASE("what decides scope changes the fingerprint, and nothing else does") {
  const config::Config before = site_at("http://a.test/");
  const std::string known = scope_fingerprint(before);
  config::Config after = before;
  after.sites[0].delay = std::chrono::milliseconds(7);
  CHECK(scope_fingerprint(after) == known);
  after.sites[0].max_depth = 0;
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].include = {"*a*"};
  const std::string including = scope_fingerprint(after);
  after.sites[0].exclude = std::exchange(after.sites[0].include, {});
  CHECK(scope_fingerprint(after) != including);
  CHECK(scope_fingerprint(site_at("http://b.test/")) != known);
  after = before;
  after.sites[0].budget.per_host = 7;
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].allow_addresses = {"10.0.0.0/8"};
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].canonicalize.fold_www = true;
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].canonicalize.host_aliases = {{"b.test", "a.test"}};
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].canonicalize.strip_params = {"from"};
  CHECK(scope_fingerprint(after) != known);
  after = before;
  after.sites[0].canonicalize.sort_query = !after.sites[0].canonicalize.sort_query;
  CHECK(scope_fingerprint(after) != known);
}

TEST_CASE("the books are judged anew when the scope is another than in the run before, once") {
  storage::Scratch scratch;
  auto store = storage::SqliteStore::open(scratch.path(), {});
  REQUIRE(store.ok());
  REQUIRE((*store)
              ->database()
              .execute("INSERT INTO sites VALUES (1, 'a', 1);"
                       "INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, "
                       "attempts, hop, run_id) VALUES "
                       "(1, 'http://a.test/x', 1, 1, 'queued', 1, 0, 0, 'L', 1), "
                       "(2, 'http://b.test/x', 1, 1, 'out_of_scope', 1, 0, 0, 'L', 1)")
              .ok());
  const auto judge = [&](const char* seed) {
    const config::Config config = site_at(seed);
    const auto table = pipeline::compile_sites(config, {});
    const std::string fingerprint = scope_fingerprint(config);
    auto news = judge_since_last_run(**store, *table, fingerprint, base::SystemClock().wall());
    REQUIRE(news.ok());
    storage::CommitBatch batch;
    batch.scope = news->scope;
    REQUIRE((*store)->put(batch).ok());
    return news->all;
  };
  CHECK(judge("http://a.test/").empty());  // as they were judged
  const auto news = judge("http://b.test/");
  REQUIRE(news.size() == 2);
  CHECK(news[0].verdict == model::Verdict::out_of_scope);
  CHECK(news[1].verdict == model::Verdict::queued);
  CHECK(judge("http://b.test/").empty());  // the books are not read: nothing entered this
}

TEST_CASE("what robots.txt refused under another name is asked about under the new one") {
  storage::Scratch scratch;
  auto store = storage::SqliteStore::open(scratch.path(), {});
  REQUIRE(store.ok());
  config::Config config = site_at("http://a.test/");
  storage::CommitBatch batch;
  batch.scope = scope_fingerprint(config);
  REQUIRE((*store)->put(batch).ok());
  REQUIRE((*store)
              ->database()
              .execute("INSERT INTO sites VALUES (1, 'a', 1);"
                       "INSERT INTO urls (id, url, host_id, site_id, state, reason, depth, "
                       "redirects, attempts, hop, run_id) VALUES "
                       "(1, 'http://a.test/x', 1, 1, 'disallowed', 'robots.txt line 2, version 1', "
                       "1, 0, 0, 'L', 1), "
                       "(2, 'http://a.test/y', 1, 1, 'disallowed', 'opt_out noai', 1, 0, 0, "
                       "'L', 1), "
                       "(3, 'http://a.test/z', 1, 1, 'disallowed', 'robots.txt too costly', 1, 0, "
                       "0, 'L', 1)")
              .ok());
  config.sites[0].opt_out = config::OptOut::obey;
  config.sites[0].uses = {"ai-train"};
  const auto judge = [&] {
    const auto table = pipeline::compile_sites(config, {});
    const auto news = judge_since_last_run(**store, *table, scope_fingerprint(config),
                                           base::SystemClock().wall());
    REQUIRE(news.ok());
    return news->all;
  };
  CHECK(judge().empty());  // another scope, the same name
  SECTION("the run's") { config.user_agent.name = "goodbot"; }
  SECTION("the site's own") { config.sites[0].headers["user-agent"] = "goodbot/2.0 (+http://b/)"; }
  const auto news = judge();
  REQUIRE(news.size() == 2);
  CHECK((news[0].id == 1 && news[1].id == 3));
  CHECK(news[0].verdict == model::Verdict::queued);
}

TEST_CASE("what a limit of the run before left behind is queued by the next one") {
  storage::Scratch scratch;
  auto store = storage::SqliteStore::open(scratch.path(), {});
  REQUIRE(store.ok());
  config::Config config = site_at("http://a.test/");
  config.sites[0].limits.time = std::chrono::seconds(1);
  const std::string fingerprint = scope_fingerprint(config);
  storage::CommitBatch batch;
  batch.scope = fingerprint;
  REQUIRE((*store)->put(batch).ok());
  REQUIRE(
      (*store)
          ->database()
          .execute("INSERT INTO sites VALUES (1, 'a', 1);"
                   "INSERT INTO url_counts VALUES (1, 'over_budget', 2);"
                   "INSERT INTO urls (id, url, host_id, site_id, state, reason, depth, "
                   "redirects, attempts, hop, run_id) VALUES "
                   "(1, 'http://a.test/x', 1, 1, 'over_budget', 'limits.time', 1, 0, 0, 'L', 1), "
                   "(2, 'http://a.test/y', 1, 1, 'over_budget', 'budget.per_host', 1, 0, 0, "
                   "'L', 1)")
          .ok());
  const auto table = pipeline::compile_sites(config, {});
  const auto news = judge_since_last_run(**store, *table, fingerprint, base::SystemClock().wall());
  REQUIRE(news.ok());
  REQUIRE(news->all.size() == 1);
  CHECK(news->all[0].id == 1);
  CHECK(news->all[0].verdict == model::Verdict::queued);
}

TEST_CASE("other sitemaps are another scope where they stand for the seeds, and only there") {
  config::Config config;
  config.sites.emplace_back();
  config.sites[0].name = "a";
  const auto with = [&](const char* sitemap) {
    config.sites[0].sitemap_urls = {sitemap};
    return scope_fingerprint(config);
  };
  CHECK(with("http://a.test/1.xml") != with("http://a.test/2.xml"));
  config.sites[0].seeds = {"http://a.test/"};
  CHECK(with("http://a.test/1.xml") == with("http://a.test/2.xml"));
}

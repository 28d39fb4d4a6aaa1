// Pages that nobody links to any more, and those that are linked to again.
#include "crawler/pipeline/orphans.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "storage/reports/changes.h"
#include "tests/unit/changes/books.h"

using namespace crawld;
using namespace crawld::tests;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

std::vector<std::string> orphans(storage::Database& reader) {
  std::vector<std::string> urls;
  auto done = reader.each(
      "SELECT url FROM v_orphans ORDER BY url", [](storage::Statement&) {},
      [&](storage::Statement& s) { urls.emplace_back(s.text(0)); });
  REQUIRE(done);
  return urls;
}

// "orphaned http://a.test/x", in order.
std::vector<std::string> told(Books& books, const std::set<std::string>& wanted) {
  const auto slice = storage::read_changes(*books.reader(), 0, 1'000, wanted);
  REQUIRE(slice);
  std::vector<std::string> out;
  for (const std::string& change : slice->changes) {
    const json row = json::parse(change);
    CHECK(row["page_id"].is_number());
    out.push_back(row["change"].get<std::string>() + " " + row["url"].get<std::string>());
  }
  return out;
}

pipeline::OrphanNews look_for_orphans(Books& books, std::uint64_t salt) {
  auto news = pipeline::find_orphans(*books.reader(), books.table(), salt);
  REQUIRE(news);
  books.simulation().tell(*news);
  books.simulation().flush();
  return *news;
}

}  // namespace

TEST_CASE("a page that nobody links to any more is an orphan until somebody does") {
  Books books(hourly_site("http://a.test/"));
  books.web.answers("http://a.test/", {{.body = links({"/kept", "/lost", "/sub"})},
                                       {.body = links({"/kept", "/sub"})},
                                       {.body = links({"/kept", "/lost#part"})}});
  books.web.page("http://a.test/kept", links({"/"}));
  books.web.page("http://a.test/lost", links({"/lost", "/only-from-lost"}));
  books.web.page("http://a.test/only-from-lost", "x");
  books.web.page("http://a.test/sub", links({"http://A.test:80/kept?utm_source=x"}));
  books.run(minutes(30));
  const auto look = [&] { return look_for_orphans(books, 7); };
  CHECK(look().orphaned.empty());
  books.run(hours(1));
  CHECK(look().orphaned.size() == 1);
  CHECK(orphans(*books.reader()) == std::vector<std::string>{"http://a.test/lost"});
  CHECK(look().orphaned.empty());  // told once
  CHECK(told(books, {"orphaned"}) == std::vector<std::string>{"orphaned http://a.test/lost"});
  books.run(hours(1));
  const pipeline::OrphanNews news = look();
  CHECK(news.adopted.size() == 1);
  CHECK(orphans(*books.reader()) == std::vector<std::string>{"http://a.test/sub"});
  CHECK(told(books, {"orphaned", "adopted"}) ==
        std::vector<std::string>{"orphaned http://a.test/lost", "orphaned http://a.test/sub",
                                 "adopted http://a.test/lost"});
  CHECK(static_cast<std::int64_t>(*storage::last_change(*books.reader())) ==
        *books.reader()->number("SELECT max(fetch_id) FROM v_changes"));
}

TEST_CASE("an orphan that is gone is an orphan no more, and nobody adopted it") {
  Books books(hourly_site("http://a.test/"));
  books.web.answers("http://a.test/", {{.body = links({"/lost"})}, {.body = "none"}});
  books.web.answers("http://a.test/lost",
                    {{.body = "x"}, {.body = "x"}, {.status = 404, .body = {}, .headers = {}}});
  books.run(minutes(90));
  REQUIRE(look_for_orphans(books, 7).orphaned.size() == 1);
  books.run(hours(1));
  const pipeline::OrphanNews news = look_for_orphans(books, 7);
  CHECK(news.adopted.empty());
  CHECK(news.ended.size() == 1);
  CHECK(orphans(*books.reader()).empty());
  CHECK(told(books, {"orphaned", "adopted"}) ==
        std::vector<std::string>{"orphaned http://a.test/lost"});
}

// The bit table of who is linked to is wrong of one URL in seventy.
TEST_CASE("an orphan is adopted by a link only, never by chance") {
  std::vector<std::string> linked;
  for (int i = 0; i < 60; ++i) linked.push_back("/lost/" + std::to_string(i));
  std::vector<std::string> elsewhere;
  for (int i = 0; i < 3'900; ++i) elsewhere.push_back("http://b.test/" + std::to_string(i));
  Books books(hourly_site("http://a.test/"));
  books.web.answers("http://a.test/", {{.body = links(linked)}, {.body = links(elsewhere)}});
  for (const std::string& path : linked) books.web.page("http://a.test" + path, path);
  books.run(minutes(90));
  // Whom chance hides from one look shows the next.
  for (std::uint64_t salt = 0; orphans(*books.reader()).size() < linked.size(); ++salt) {
    REQUIRE(salt < 5);
    look_for_orphans(books, salt);
  }
  for (std::uint64_t salt = 5; salt < 20; ++salt) {
    CHECK(look_for_orphans(books, salt).adopted.empty());
  }
}

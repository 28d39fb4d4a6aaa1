#include "storage/archive/mirror_book.h"

#include <catch2/catch.hpp>

namespace crawld::storage {
namespace {

using Name = MirrorBook::Name;

TEST_CASE("a name is taken once, as a folder or a file") {
  const auto book = *MirrorBook::open();
  CHECK(*book->name("a.test") == Name::free);
  REQUIRE(book->take_name("a.test", Name::folder));
  REQUIRE(book->take_name("a.test", Name::file));
  CHECK(*book->name("a.test") == Name::folder);
}

TEST_CASE("pages come back in the order in which they were added, with all that was told") {
  const auto book = *MirrorBook::open();
  const MirrorPage page{.url_id = 7,
                        .id = 9,
                        .url = "http://a.test/",
                        .kind = "html",
                        .content_type = "text/html",
                        .fetched_at = 1'700'000'000'000,
                        .truncated = true};
  REQUIRE(book->add(page, "a.test/index.html"));
  REQUIRE(book->add({.url_id = 3, .id = 4, .url = "http://a.test/b"}, "a.test/b.html"));
  CHECK(*book->path_of("http://a.test/b") == "a.test/b.html");
  CHECK(book->path_of("http://a.test/c")->empty());
  const auto first = *book->entries(0, 1);
  REQUIRE(first.size() == 1);
  CHECK(first[0].path == "a.test/index.html");
  CHECK((first[0].page.url_id == 7 && first[0].page.id == 9 && first[0].page.truncated));
  CHECK(first[0].page.fetched_at == 1'700'000'000'000);
  const auto rest = *book->entries(first[0].key, 10);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].page.url == "http://a.test/b");
}

TEST_CASE("of a redirect the last answer holds") {
  const auto book = *MirrorBook::open();
  REQUIRE(book->add_redirect("http://a.test/1", "http://a.test/2"));
  REQUIRE(book->add_redirect("http://a.test/1", "http://a.test/3"));
  CHECK(*book->redirect_of("http://a.test/1") == "http://a.test/3");
  CHECK(book->redirect_of("http://a.test/3")->empty());
}

TEST_CASE("files of before that no page has any more are gone") {
  const auto book = *MirrorBook::open();
  for (const char* path : {"c", "a", "b", "b"}) REQUIRE(book->add_old(path));
  REQUIRE(book->add({.url = "http://a.test/"}, "b"));
  CHECK(*book->was_there("b"));
  CHECK_FALSE(*book->was_there("d"));
  CHECK(*book->gone("", 1) == std::vector<std::string>{"a"});
  CHECK(*book->gone("a", 5) == std::vector<std::string>{"c"});
}

}  // namespace
}  // namespace crawld::storage

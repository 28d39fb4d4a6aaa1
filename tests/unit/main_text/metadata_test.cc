#include "parsers/main_text/metadata.h"

#include <catch2/catch.hpp>

#include "parsers/text/language.h"

namespace crawld::parsers {
namespace {

PageMetadata read(std::string_view html, std::string_view url = "https://a.test/") {
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  return read_metadata(*tree, url);
}

}  // namespace

TEST_CASE("dates of all usual forms become ISO 8601") {
  CHECK(date_to_iso8601("2019-11-18") == "2019-11-18");
  CHECK(date_to_iso8601("2019-11-18T10:05:00+0100") == "2019-11-18T10:05:00+01:00");
  CHECK(date_to_iso8601("2019-11-18T10:05:00.123Z") == "2019-11-18T10:05:00Z");
  CHECK(date_to_iso8601("Mon, 18 Nov 2019 10:00:00 GMT") == "2019-11-18T10:00:00Z");
  CHECK(date_to_iso8601("November 18, 2019") == "2019-11-18");
  CHECK(date_to_iso8601("18. Mai 2019") == "2019-05-18");
  CHECK(date_to_iso8601("18.11.2019, 14:30 Uhr") == "2019-11-18T14:30:00");
  CHECK(date_to_iso8601("11/18/2019") == "2019-11-18");
  CHECK(date_to_iso8601("20191118") == "2019-11-18");
  CHECK(date_to_iso8601("2019-11") == "2019-11");
  CHECK(date_to_iso8601("last Monday").empty());
  CHECK(date_to_iso8601("2019-02-31").empty());
}

TEST_CASE("dates on pages are read in the languages of CLDR") {
  CHECK(date_to_iso8601("20 Δεκεμβρίου 2009, 10:30") == "2009-12-20T10:30:00");
  CHECK(date_to_iso8601("3 августа 2020") == "2020-08-03");
  CHECK(date_to_iso8601("18 czerwca 2010") == "2010-06-18");
}

TEST_CASE("the title is what the page calls its article, without the site's name") {
  CHECK(read("<title>Cats and dogs at home | A Site</title>").title == "Cats and dogs at home");
  CHECK(read("<title>Short - Long enough to be a title</title><h1>Short</h1>").title ==
        "Short - Long enough to be a title");
  CHECK(read("<meta property=og:title content='The News - Site'>"
             "<meta property=og:site_name content=Site>")
            .title == "The News");
}

TEST_CASE("a property may have several names (RDFa Core 5), Dublin Core's with a colon") {
  const auto told = read(
      "<meta property='x:title dc:title' content=T><meta name=author content=FAIL>"
      "<meta property='dc:description og:description' content=D>");
  CHECK(told.title == "T");
  CHECK(told.description == "D");
}

TEST_CASE("a day gets its hour from the date that is shown") {
  CHECK(read("<meta property=dcterms:created content=2015-01-28>"
             "<time datetime=2015-01-28T15:41:20+01:00>Wednesday</time>")
            .date == "2015-01-28T15:41:20+01:00");
  CHECK(read("<meta itemprop='datePublished dateCreated' content=2015-01-28>"
             "<time datetime=2015-01-29T15:41:20+01:00>Thursday</time>")
            .date == "2015-01-28");
}

TEST_CASE("an author's address is no name, and a part of a block may be the byline") {
  CHECK(read("<meta name=author content='Ann Roe (http://a.test/~ann)'>").author == "Ann Roe");
  CHECK(read("<meta property=og:article:author content='The Staff'>").author == "The Staff");
  CHECK(read("<div class=article__author>By\n Ann Roe</div>").author == "Ann Roe");
  CHECK(read("<div class=comment__author>Troll</div>").author.empty());
}

TEST_CASE("author and date are found in JSON-LD, meta elements and bylines") {
  const auto told =
      read(R"(<script type="application/ld+json">{"@type":"Article","author":[{"name":"Ann"}],)"
           R"("datePublished":"2020-01-02T03:04:05Z","articleBody":"<p>Text.</p>"}</script>)");
  CHECK(told.author == "Ann");
  CHECK(told.date == "2020-01-02T03:04:05Z");
  CHECK(told.article_body.find("Text.") != std::string::npos);
  CHECK(read("<span class=byline>By Bob Roe</span>").author == "Bob Roe");
  CHECK(read("<span class=byline>By Bob Roe, March 11, 2015</span>").author == "Bob Roe");
  CHECK(read("<span class=byline>Bob Roe, Août 11, 2015</span>").author == "Bob Roe");
  CHECK(read("<span class=byline>By Theresa May | 11 March 2015</span>").author == "Theresa May");
  CHECK(read("<span class=byline>Bob Roe \u2014 \u2022</span>").author == "Bob Roe");
  CHECK(read("<time datetime=2020-01-02>then</time>").date == "2020-01-02");
  CHECK(read("<p>", "https://a.test/2018/09/10/x").date == "2018-09-10");
}

TEST_CASE("an author of JSON-LD may stand elsewhere, in a list, and beside those of others") {
  const auto author = [](std::string_view json) {
    return read("<script type='application/ld+json'>" + std::string(json) + "</script>").author;
  };
  CHECK(author(R"({"@graph":[{"author":{"@id":"#p"}},{"@id":"#o","name":"Firm"},)"
               R"({"@id":"#p","name":"Ann"}]})") == "Ann");
  CHECK(author(R"([{"@id":"#p","name":"Ann"},{"author":[{"@id":"#p"}]}])") == "Ann");
  CHECK(author(R"({"author":{"@id":"#p"}})").empty());
  CHECK(author(R"({"author":["Ann","Bob"]})") == "Ann");
  CHECK(author(R"({"author":{"worksFor":{"name":"Firm"},"name":"Ann"}})") == "Ann");
  CHECK(author(R"({"review":[{"author":"Troll"},{"author":{"name":"T"}}],"author":"Ann"})") ==
        "Ann");
  CHECK(author(R"({"comment":{"author":{"name":"Troll"}}})").empty());
  CHECK(author(R"({"@type":"Movie","review":{"author":"Critic"}})") == "Critic");
}

TEST_CASE("papers tell author and day by the names of Highwire") {
  const auto told = read(
      "<meta name=citation_author content='Roe, Ann'><meta name=citation_author content=Bob>"
      "<meta name=citation_publication_date content=2015/03/04>");
  CHECK(told.author == "Roe, Ann");
  CHECK(told.date == "2015-03-04");
}

TEST_CASE("the language of a text is told, of a few letters it is not") {
  CHECK(detect_language("This is a plain English sentence about the weather of today.") == "en");
  CHECK(detect_language("Dies ist ein deutscher Satz über das Wetter von heute und morgen.") ==
        "de");
  CHECK(detect_language("xq").empty());
}

}  // namespace crawld::parsers

#include <catch2/catch.hpp>

#include "crawler/policy/mirror_path.h"

namespace crawld::policy {
namespace {

std::string path_of(std::string_view url, std::string_view kind = "html",
                    std::string_view type = "text/html") {
  return mirror_path(*model::Url::parse(url), kind, type).joined();
}

TEST_CASE("a page stands where its URL says, with a name that a browser knows") {
  CHECK(path_of("http://a.test/") == "a.test/index.html");
  CHECK(path_of("http://a.test/docs/") == "a.test/docs/index.html");
  CHECK(path_of("http://a.test/docs") == "a.test/docs.html");
  CHECK(path_of("http://a.test/x.htm") == "a.test/x.htm");
  CHECK(path_of("http://a.test/x.php?id=3&n=4") == "a.test/x.php@id=3&n=4.html");
  CHECK(path_of("http://a.test/?page=2") == "a.test/index@page=2.html");
  CHECK(path_of("https://a.test:8443/x") == "a.test+8443/x.html");
  CHECK(path_of("http://a.test/x", "xhtml", "application/xhtml+xml") == "a.test/x.xhtml");
  CHECK(path_of("http://a.test//x//y") == "a.test/x/y.html");
}

TEST_CASE("other types get an ending where they have none, or where browsers go by it") {
  CHECK(path_of("http://a.test/s.css", "text", "text/css") == "a.test/s.css");
  CHECK(path_of("http://a.test/s.css?v=1.2b", "text", "Text/CSS; charset=x") ==
        "a.test/s.css@v=1.2b.css");
  CHECK(path_of("http://a.test/s.php", "text", "text/css") == "a.test/s.php.css");
  CHECK(path_of("http://a.test/m.mjs", "text", "text/javascript") == "a.test/m.mjs");
  CHECK(path_of("http://a.test/logo", "binary", "image/png") == "a.test/logo.png");
  CHECK(path_of("http://a.test/logo.jpeg", "binary", "image/png") == "a.test/logo.jpeg");
  CHECK(path_of("http://a.test/logo.png?v=2", "binary", "image/png") == "a.test/logo.png@v=2.png");
  CHECK(path_of("http://a.test/data", "binary", "application/x-own") == "a.test/data");
  CHECK(path_of("http://a.test/", "json", "application/json") == "a.test/index.json");
}

TEST_CASE("what the server does not call a page is none on disk") {
  CHECK(path_of("http://a.test/x.html", "binary", "application/zip") == "a.test/x.html.zip");
  CHECK(path_of("http://a.test/x.HTM", "text", "text/plain") == "a.test/x.HTM.txt");
  CHECK(path_of("http://a.test/x.xhtml", "text", "text/x-own") == "a.test/x.xhtml.txt");
  CHECK(path_of("http://a.test/x.html", "binary", "") == "a.test/x.html.bin");
}

TEST_CASE("names are such that every system takes them") {
  CHECK(path_of("http://a.test/b%C3%BCcher/%E2%82%AC") ==
        "a.test/b\xC3\xBC"
        "cher/\xE2\x82\xAC.html");
  CHECK(path_of("http://a.test/a%00b") == "a.test/a%00b.html");
  CHECK(path_of("http://a.test/%ff") == "a.test/%ff.html");  // no UTF-8: as it is written
  CHECK(path_of("http://a.test/a%2Fb%5Cc") == "a.test/a%2Fb%5Cc.html");
  CHECK(path_of("http://a.test/a:b*c%3F%22%3C%3E|") == "a.test/a%3Ab%2Ac%3F%22%3C%3E%7C.html");
  CHECK(path_of("http://a.test/CON") == "a.test/_CON.html");
  CHECK(path_of("http://a.test/aux.txt", "text", "text/plain") == "a.test/_aux.txt");
  CHECK(path_of("http://a.test/com1/lpt9.x/common") == "a.test/_com1/_lpt9.x/common.html");
  CHECK(path_of("http://a.test/dir./end%20/x") == "a.test/dir%2E/end%20/x.html");
  CHECK(path_of("http://a.test/%E2%80%AEgnp.exe", "binary", "image/png") ==
        "a.test/%E2%80%AEgnp.exe");
  CHECK(path_of("http://[::1]/") == "[%3A%3A1]/index.html");
}

TEST_CASE("no URL leads out of its host's folder") {
  CHECK(path_of("http://a.test/../../etc/passwd") == "a.test/etc/passwd.html");
  CHECK(path_of("http://a.test/%2e%2e/%2E./x") == "a.test/x.html");
  CHECK(path_of("http://a.test/..%2f..%2fetc") == "a.test/..%2F..%2Fetc.html");
  CHECK(path_of("http://a.test/...") == "a.test/..%2E.html");
  CHECK(path_of("http://a.test/.../x") == "a.test/..%2E/x.html");
}

TEST_CASE("long names and deep paths are cut, and stay apart by a mark of their URL") {
  const std::string front = "http://a.test/" + std::string(5'000, 'n');
  const MirrorPath one = mirror_path(*model::Url::parse(front + "1.html"), "html", "");
  const MirrorPath two = mirror_path(*model::Url::parse(front + "2.html"), "html", "");
  CHECK(one.file.size() == 200);
  CHECK(one.file.ends_with(".html"));
  CHECK(one.file != two.file);
  std::string deep = "http://a.test";
  for (int i = 0; i < 200; ++i) deep += "/folder" + std::to_string(i);
  const MirrorPath flat = mirror_path(*model::Url::parse(deep + "/x"), "html", "");
  CHECK(flat.folders == std::vector<std::string>{"a.test"});
  CHECK(flat.joined().size() < 900);
  CHECK(flat.file != mirror_path(*model::Url::parse(deep + "0/x"), "html", "").file);
}

TEST_CASE("a cut leaves characters whole") {
  const std::string euros = "http://a.test/" + [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "%E2%82%AC";
    return text;
  }();
  const std::string file = mirror_path(*model::Url::parse(euros), "html", "").file;
  const std::string stem = file.substr(0, file.find('~'));
  CHECK(stem.size() % 3 == 0);
  CHECK(stem.ends_with("\xE2\x82\xAC"));
}

TEST_CASE("a mark stands in front of the ending and is the URL's") {
  const std::string marked = marked_name("x.html", "http://a.test/x");
  CHECK(marked.size() == std::string("x~01234567.html").size());
  CHECK(marked.starts_with("x~"));
  CHECK(marked.ends_with(".html"));
  CHECK(marked == marked_name("x.html", "http://a.test/x"));
  CHECK(marked != marked_name("x.html", "http://a.test/X"));
}

TEST_CASE("paths that some disk takes for one are folded to one") {
  CHECK(folded_path("a.test/Index.HTML") == folded_path("a.test/index.html"));
  CHECK(folded_path("\xC3\x84") == folded_path("a\xCC\x88"));  // one letter, or a and its dots
  CHECK(folded_path("a.test/x") != folded_path("a.test/y"));
}

TEST_CASE("one file refers to another by a relative, encoded path") {
  CHECK(relative_reference("a.test/index.html", "a.test/x.html") == "x.html");
  CHECK(relative_reference("a.test/d/e/x.html", "a.test/d/y.html") == "../y.html");
  CHECK(relative_reference("a.test/ab/x.html", "a.test/a/x.html") == "../a/x.html");
  CHECK(relative_reference("a.test/x.html", "b.test+81/y.html") == "../b.test+81/y.html");
  CHECK(relative_reference("a.test/x", "a.test/a%3Ab c&d'(\xC3\xBC).html") ==
        "a%253Ab%20c%26d%27%28%C3%BC%29.html");
  CHECK(relative_reference("a.test/x", "a.test/x").empty());
}

}  // namespace
}  // namespace crawld::policy

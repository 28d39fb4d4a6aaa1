// From a body to the body of a mirror: the parser finds the places, the policy fills them.
#include <catch2/catch.hpp>

#include <map>

#include "crawler/policy/mirror_rewrite.h"
#include "parsers/bytes/source_offsets.h"
#include "parsers/gumbo_parser.h"

namespace crawld {
namespace {

using Files = std::map<std::string, std::string>;

const Files kFiles = {{"http://a.test/d/x", "x.html"},
                      {"http://a.test/d/y?b=1&c=2", "y@b.html"},
                      {"http://a.test/s.css", "../s.css"},
                      {"http://a.test/i.png", "../i.png"},
                      {"http://a.test/d/\xC3\xBC", "ue.html"}};

model::ParsedPage places_of(std::string_view body, const std::string& type) {
  parsers::GumboParser parser;
  auto outcome = parser.parse({.url = "http://a.test/d/page",
                               .headers = {.content_type = type},
                               .body = body,
                               .wants = {.packed_body = false, .url_places = true}},
                              {});
  REQUIRE(std::holds_alternative<model::ParsedPage>(outcome));
  return std::get<model::ParsedPage>(std::move(outcome));
}

policy::Rewritten rewritten(std::string_view body, const std::string& type = "text/html") {
  const model::ParsedPage page = places_of(body, type);
  return policy::rewrite(page.body.empty() ? body : page.body, page.url_places,
                         [](const std::string& url) -> std::optional<std::string> {
                           const std::size_t hash = std::min(url.find('#'), url.size());
                           const auto found = kFiles.find(url.substr(0, hash));
                           if (found == kFiles.end()) return std::nullopt;
                           return found->second + url.substr(hash);
                         });
}

std::string html(std::string_view body) { return rewritten(body).body; }

TEST_CASE("a link to a page of the mirror leads to its file, another to the web") {
  CHECK(html("<a href=\"/d/x\">x</a><a href='other?q=1&amp;r'>o</a>") ==
        "<a href=\"x.html\">x</a><a href='http://a.test/d/other?q=1&amp;r'>o</a>");
  CHECK(html("<a href=\"x#part\">") == "<a href=\"x.html#part\">");
  const auto counted = rewritten("<a href=x><a href=o><a href=http://b.test/><img src=/i.png>");
  CHECK(counted.local == 2);
  CHECK(counted.on_web == 2);
}

TEST_CASE("a value keeps its quotes, and gets some where it had none") {
  CHECK(html("<a href=x>") == "<a href=\"x.html\">");
  CHECK(html("<a href=x/>") == "<a href=\"http://a.test/d/x/\">");
  CHECK(html("<A HREF = 'x' >") == "<A HREF = 'x.html' >");
  CHECK(html("<a href='o\"\"&#39;'>") == "<a href='http://a.test/d/o%22%22&#39;'>");
}

TEST_CASE("references in attributes are read before the URL is, and written behind it") {
  CHECK(html("<a href=\"y?b=1&amp;c=2\">") == "<a href=\"y@b.html\">");
  CHECK(html("<a href=\"&#x78;\">") == "<a href=\"x.html\">");
  CHECK(html("<a href=\"?b=1&copy=2\">") == "<a href=\"http://a.test/d/page?b=1&amp;copy=2\">");
}

TEST_CASE("what is no place of the web keeps its bytes") {
  for (const std::string page :
       {"<a href='javascript:f(\"x\")'>", "<img src=\"data:image/gif;base64,R0\">",
        "<a href=mailto:a@b.test>", "<a href='tel:1'>", "<a href=#part>", "<a href=''>", "<a href>",
        "<a href='HTTP://b.test/A'>", "<script>var a = '<a href=\"x\">';</script>",
        "<!-- <a href=x> -->", "<textarea><a href=x></textarea>", "<a title=x name=x>",
        "<style>a{background:url(data:,x)}</style>", "<p style='fill:url(#x)'>"}) {
    INFO(page);
    CHECK(html(page) == page);
  }
}

TEST_CASE("candidates of a srcset are rewritten one by one") {
  CHECK(html("<img srcset='/i.png 1x, o.png 2x,data:,x 3x' src=/i.png>") ==
        "<img srcset='../i.png 1x, http://a.test/d/o.png 2x,data:,x 3x' src=\"../i.png\">");
  CHECK(html("<link rel=preload imagesrcset='/i.png 10w'>") ==
        "<link rel=preload imagesrcset='../i.png 10w'>");
  CHECK(html("<img data-src=/i.png data-srcset='/i.png 1x'>") ==
        "<img data-src=\"../i.png\" data-srcset='../i.png 1x'>");
}

TEST_CASE("with a base references are of what it names, and it is emptied") {
  CHECK(html("<base href=/d/ target=t><a href=x><a href=#p><a href=''><a href>") ==
        "<base href=\"\" target=t><a href=\"x.html\"><a href=\"http://a.test/d/#p\">"
        "<a href='http://a.test/d/'><a href=\"http://a.test/d/\">");
}

TEST_CASE("what an image draws by a fragment is of its own document, with a base too") {
  const std::string draws = "<svg><use href='#p'/><use xlink:href=\"#p\"/><image href=/i.png />";
  CHECK(html("<base href=/d/>" + draws + "<a href=#p>") ==
        "<base href=\"\"><svg><use href='#p'/><use xlink:href=\"#p\"/><image href=\"../i.png\" />"
        "<a href=\"http://a.test/d/#p\">");
}

TEST_CASE("a security policy of a page, which would refuse files, is emptied") {
  CHECK(html("<meta http-equiv=Content-Security-Policy content=\"default-src https://a.test\">") ==
        "<meta http-equiv=Content-Security-Policy content=\"\">");
  const std::string other = "<meta name=Content-Security-Policy content=\"default-src x\">";
  CHECK(html(other) == other);
}

TEST_CASE("a second href of a base does not come to count") {
  CHECK(html("<base href='/d/' href=/e/><a href=x>") ==
        "<base href='' href=/e/><a href=\"x.html\">");
}

TEST_CASE("style sheets, elements and attributes of style lead to files") {
  CHECK(rewritten("@import \"/s.css\";@import url( /s.css );a{b:url('/i.png')}", "text/css").body ==
        "@import \"../s.css\";@import url( \"../s.css\" );a{b:url(\"../i.png\")}");
  CHECK(rewritten("a{b:url(\\2f i.png) url(o\\\\\\)p)}", "text/css").body ==
        "a{b:url(\"../i.png\") url(\"http://a.test/d/o/)p\")}");
  CHECK(html("<style>a{b:url(/i.png)}</style>") == "<style>a{b:url(\"../i.png\")}</style>");
  CHECK(html("<p style='font-family:\"\xC3\xBC\";b:url(/i.png) url(o)'>") ==
        "\xEF\xBB\xBF<p style='font-family:&quot;&#xFC;&quot;;b:url(&quot;../i.png&quot;) "
        "url(&quot;http://a.test/d/o&quot;)'>");
}

TEST_CASE("refreshes, forms, frames and media lead to files") {
  CHECK(html("<meta http-equiv=refresh content='5; URL=x'>") ==
        "<meta http-equiv=refresh content='5; URL=x.html'>");
  CHECK(html("<meta http-equiv=refresh content=\"0;url='x' \">") ==
        "<meta http-equiv=refresh content=\"0;url=&#39;x.html&#39; \">");
  CHECK(html("<form action=x><button formaction=x></form><iframe src=x></iframe>"
             "<video poster=/i.png></video><object data=/i.png></object>") ==
        "<form action=\"x.html\"><button formaction=\"x.html\"></form>"
        "<iframe src=\"x.html\"></iframe>"
        "<video poster=\"../i.png\"></video><object data=\"../i.png\"></object>");
  CHECK(html("<svg><image xlink:href=/i.png /><use href=#a /></svg>") ==
        "<svg><image xlink:href=\"../i.png\" /><use href=#a /></svg>");
}

TEST_CASE("the document of a srcdoc leads to files, as deep as documents are read") {
  CHECK(html("<iframe srcdoc=\"<a href='x'>&uuml;</a><img src=&quot;/i.png&quot;>\"></iframe>") ==
        "<iframe srcdoc=\"&lt;a href=&#39;x.html&#39;>&#xFC;&lt;/a>"
        "&lt;img src=&quot;../i.png&quot;>\"></iframe>");
  CHECK(html("<iframe srcdoc='<p style=b:url(/i.png)>'>") ==
        "<iframe srcdoc='&lt;p style=&quot;b:url(&amp;quot;../i.png&amp;quot;)&quot;>'>");
  // In another, without quotes.
  CHECK(html("<iframe srcdoc='<iframe srcdoc=&amp;lt;a&amp;#32;href=x&amp;gt;>'>")
            .find("srcdoc=&quot;&amp;lt;a href=&amp;quot;x.html&amp;quot;>&quot;") !=
        std::string::npos);
  std::string deep = "<a href=x>";
  for (int depth = 0; depth < model::kMaxSrcdocDepth; ++depth) {
    deep = "<iframe srcdoc=\"" + policy::attribute_text(deep) + "\">";
  }
  CHECK(rewritten(deep).local == 1);
  const std::string deeper = "<iframe srcdoc=\"" + policy::attribute_text(deep) + "\">";
  CHECK(html(deeper) == deeper);
}

TEST_CASE("the document of a srcdoc has the base of its page, or its own") {
  CHECK(html("<base href=/d/e/><iframe srcdoc='<a href=../x>'>") ==
        "<base href=\"\"><iframe srcdoc='&lt;a href=&quot;x.html&quot;>'>");
  CHECK(html("<base href=/d/><iframe srcdoc='<base href=e/><a href=../x>'>") ==
        "<base href=\"\">"
        "<iframe srcdoc='&lt;base href=&quot;&quot;>&lt;a href=&quot;x.html&quot;>'>");
  const std::string front = "<html xmlns=\"http://www.w3.org/1999/xhtml\">";
  CHECK(rewritten(front + "<iframe srcdoc=\"&lt;a href=x>\"/></html>", "application/xhtml+xml")
            .body == front + "<iframe srcdoc=\"&lt;a href=&quot;x.html&quot;>\"/></html>");
}

TEST_CASE("a srcdoc without references keeps its bytes") {
  for (const std::string page :
       {"<iframe srcdoc='<p>&#x41;'>", "<iframe srcdoc>", "<iframe srcdoc=''>",
        "<div srcdoc='<a href=x>'>", "<iframe srcdoc='<a href=http://b.test/>b'>"}) {
    INFO(page);
    CHECK(html(page) == page);
  }
}

TEST_CASE("a canonical link goes on to name the page of the web") {
  CHECK(html("<link rel=canonical href=/d/x>") ==
        "<link rel=canonical href=\"http://a.test/d/x\">");
}

TEST_CASE("checks of what comes from a file are taken out, of what comes from the web kept") {
  CHECK(html("<link rel=stylesheet integrity=sha256-A href=/s.css crossorigin>") ==
        "<link rel=stylesheet  href=\"../s.css\" >");
  const std::string web =
      "<script src=\"http://b.test/j\" integrity=\"sha256-A\" crossorigin>"
      "</script>";
  CHECK(html(web) == web);
}

TEST_CASE("an element that the standard opens anew is rewritten once") {
  CHECK(html("<p><a href=x>one<p>two</a>three") == "<p><a href=\"x.html\">one<p>two</a>three");
  CHECK(html("<table><a href=x>out</a><tr><td><a href=x>") ==
        "<table><a href=\"x.html\">out</a><tr><td><a href=\"x.html\">");
}

TEST_CASE("a page that says its encoding itself keeps its bytes") {
  // In Shift_JIS the second byte of a character may be a letter, "\" or "|" of ASCII.
  const std::string front = "<meta charset=shift_jis><title>\x83\x5C\x95\x5C</title>";
  CHECK(html(front + "<a title=\"\x95\x5C\" href=\"x\">\x83\x5C</a><a href=\"\x83\x5C\">") ==
        front +
            "<a title=\"\x95\x5C\" href=\"x.html\">\x83\x5C</a>"
            "<a href=\"http://a.test/d/%E3%82%BD\">");
  const std::string latin = "<meta charset=windows-1252>\xFC<a href=x>\xFC\x80";
  CHECK(html(latin) == "<meta charset=windows-1252>\xFC<a href=\"x.html\">\xFC\x80");
  const std::string marked = "\xEF\xBB\xBF<a href=x>\xC3\xBC";
  CHECK(html(marked) == "\xEF\xBB\xBF<a href=\"x.html\">\xC3\xBC");
}

TEST_CASE("a page whose encoding the server told says it itself on disk") {
  CHECK(rewritten("<a href=x>\xC3\xBC", "text/html; charset=utf-8").body ==
        "\xEF\xBB\xBF<a href=\"x.html\">\xC3\xBC");
  CHECK(rewritten("<a href=x>\x83\x5C", "text/html; charset=shift_jis").body ==
        "\xEF\xBB\xBF<a href=\"x.html\">\xE3\x82\xBD");
  CHECK(rewritten("<a href=x>plain", "text/html; charset=utf-8").body ==
        "<a href=\"x.html\">plain");
  CHECK(rewritten("a{b:url(/i.png)}/*\xFC*/", "text/css; charset=latin1").body ==
        "\xEF\xBB\xBF"
        "a{b:url(\"../i.png\")}/*\xC3\xBC*/");
}

TEST_CASE("a page in UTF-16 becomes UTF-8") {
  const std::string utf16("\xFF\xFE<\0a\0 \0h\0r\0e\0f\0=\0x\0>\0\xFC\0", 24);
  CHECK(html(utf16) == "\xEF\xBB\xBF<a href=\"x.html\">\xC3\xBC");
}

TEST_CASE("XHTML is rewritten as XML, with its style in or out of CDATA") {
  const std::string front = "<html xmlns=\"http://www.w3.org/1999/xhtml\">";
  CHECK(rewritten(front + "<script src=\"x\"/><style><![CDATA[a{b:url(/i.png)}]]></style>"
                          "<style>a{b:url(/i.png)}</style><a href='y?b=1&amp;c=2'/></html>",
                  "application/xhtml+xml")
            .body ==
        front +
            "<script src=\"x.html\"/><style><![CDATA[a{b:url(\"../i.png\")}]]></style>"
            "<style>a{b:url(&quot;../i.png&quot;)}</style><a href='y@b.html'/></html>");
}

TEST_CASE("an image in SVG leads to files by its references and its styles") {
  const std::string front = "<svg xmlns=\"http://www.w3.org/2000/svg\">";
  CHECK(rewritten(front + "<a xlink:href='x#p'><image href=\"/i.png\"/></a><use href=\"#own\"/>"
                          "<style>@import '/s.css';a{fill:url(#own)}</style>"
                          "<rect style=\"fill:url(/i.png)\"/><a href='other'/></svg>",
                  "image/svg+xml; charset=utf-8")
            .body ==
        front +
            "<a xlink:href='x.html#p'><image href=\"../i.png\"/></a><use href=\"#own\"/>"
            "<style>@import &quot;../s.css&quot;;a{fill:url(#own)}</style>"
            "<rect style=\"fill:url(&quot;../i.png&quot;)\"/>"
            "<a href='http://a.test/d/other'/></svg>");
  const std::string latin =
      "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><svg><text>\xFC</text><a href=\"";
  CHECK(rewritten(latin + "x\"/></svg>", "image/svg+xml").body == latin + "x.html\"/></svg>");
}

TEST_CASE("names with prefixes are those that their prefixes stand for") {
  const std::string front =
      "<h:html xmlns:h='http://www.w3.org/1999/xhtml' xmlns:s=\"http://www.w3.org/2000/svg\" "
      "xmlns:l='http://www.w3.org/1999/xlink' xmlns:o='urn:other'>";
  CHECK(rewritten(front + "<h:a href='x'/><h:img src='/i.png'/><h:style>a{b:url(/i.png)}</h:style>"
                          "<s:svg><s:image l:href='/i.png'/><s:a l:href='x'/></s:svg>",
                  "application/xhtml+xml")
            .body == front +
                         "<h:a href='x.html'/><h:img src='../i.png'/>"
                         "<h:style>a{b:url(&quot;../i.png&quot;)}</h:style>"
                         "<s:svg><s:image l:href='../i.png'/><s:a l:href='x.html'/></s:svg>");
  const std::string others = "<o:a href='x' o:href='x'/><u:a href='x' u:href='x'/></h:html>";
  CHECK(rewritten(front + others, "application/xhtml+xml").body == front + others);
}

TEST_CASE("the sheet of an xml-stylesheet leads to its file") {
  const std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
  CHECK(rewritten("<?xml version='1.0'?><?xml-stylesheet type='text/css' href = \"/s.css\"?>" + svg,
                  "image/svg+xml")
            .body ==
        "<?xml version='1.0'?><?xml-stylesheet type='text/css' href = \"../s.css\"?>" + svg);
  for (const std::string other :
       {"<?xml-stylesheet href='#own'?>", "<?xml-stylesheet?>", "<?xml-stylesheet href?>",
        "<?xml-stylesheet href=/s.css?>", "<?xml-stylesheet href='/s.css?>",
        "<?other href='/s.css'?>", "<!--?xml-stylesheet href='/s.css'-->"}) {
    INFO(other);
    CHECK(rewritten(other + svg, "image/svg+xml").body == other + svg);
  }
}

TEST_CASE("a feed keeps its links, which its readers follow from elsewhere") {
  const std::string feed = "<feed xmlns='http://www.w3.org/2005/Atom'><link href='x'/></feed>";
  CHECK(rewritten(feed, "application/atom+xml").body == feed);
}

TEST_CASE("places that do not fit the body are passed over") {
  const std::vector<model::UrlPlace> places = {
      {.offset = 2, .length = 1, .pieces = {{.text = {}, .url = "http://a.test/d/x"}}},
      {.offset = 1, .length = 3, .pieces = {{.text = {}, .url = "http://a.test/d/x"}}},
      {.offset = 4, .length = 9, .pieces = {{.text = {}, .url = "http://a.test/d/x"}}},
      {.offset = 99, .length = ~0ULL, .pieces = {{.text = {}, .url = "http://a.test/d/x"}}}};
  CHECK(policy::rewrite("abcdef", places, [](const std::string&) { return "-"; }).body == "ab-def");
}

TEST_CASE("offsets of a decoded text are found in its bytes, or the two do not match") {
  std::vector<std::uint64_t> offsets = {0, 3, 4, 8};
  REQUIRE(parsers::to_source_offsets("\xC3\xBC\xC3\xBC\"\xC3\xBC\"", "\xFC\xFC\"\xFC\"", offsets) ==
          false);  // 3 is inside of a character and touches no mark
  offsets = {0, 4, 5, 7, 8};
  REQUIRE(parsers::to_source_offsets("\xC3\xBC\xC3\xBC\"\xC3\xBC\"", "\xFC\xFC\"\xFC\"", offsets));
  CHECK(offsets == std::vector<std::uint64_t>{0, 2, 3, 4, 5});
  offsets = {2};
  CHECK_FALSE(parsers::to_source_offsets("a\"", "a'", offsets));
  CHECK_FALSE(parsers::to_source_offsets("a\"", "a", offsets));
}

}  // namespace
}  // namespace crawld

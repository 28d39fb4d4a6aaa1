#include "parsers/worker/wire.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "parsers/worker/wire_json.h"
#include "parsers/worker/wire_limits.h"

using namespace crawld;
using namespace crawld::parsers;

namespace {

// What came out of the frame that `bytes` are, taken in pieces of `step` bytes.
struct Received {
  FrameReader::Next result = FrameReader::Next::need_more;
  Frame frame;
};

Received receive(FrameReader& reader, std::string_view bytes, std::size_t step) {
  Received out;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t n = std::min({step, room.size(), bytes.size()});
    std::memcpy(room.data(), bytes.data(), n);
    reader.received(n);
    bytes.remove_prefix(n);
    out.result = reader.next(out.frame);
    if (out.result == FrameReader::Next::refused) break;
  }
  return out;
}

// A view into `frame`, as what is decoded of it may be.
std::string_view payload_of(std::string_view frame) { return frame.substr(sizeof(FrameHeader)); }

model::ParsedPage full_page() {
  model::ParsedPage page;
  page.kind = model::DocumentKind::xhtml;
  page.base = "http://a.test/";
  page.charset = "utf-8";
  page.charset_source = "meta";
  page.lang = "de";
  page.title = "Größe 😀";
  page.description = "d";
  page.canonical = "http://a.test/c";
  page.robots = {"noindex", "nofollow"};
  page.refresh = "http://a.test/r";
  page.links = {{"http://a.test/1", "eins", "", model::LinkTag::a, false},
                {"http://a.test/2", "", "nofollow", model::LinkTag::other, true}};
  page.links_truncated = true;
  page.text = "text";
  page.main_text = "main";
  page.markdown = "# md";
  page.author = "au";
  page.date = "2026-01-02";
  page.headings = {{1, "h"}, {6, ""}};
  page.jsonld = "[{\"a\":1}]";
  page.microdata = "[]";
  page.opengraph = "{\"og:title\":\"x\"}";
  page.structured_other = "{\"rdfa\":[]}";
  page.meta = {{"name", "content"}};
  page.feeds = {{"http://a.test/f", "application/rss+xml", "F"}};
  page.records = {{"rule", "{\"x\":null}", "{}"}};
  page.url_places = {{.offset = 7,
                      .length = 1ULL << 40,
                      .syntax = model::UrlPlace::Syntax::plain,
                      .css = true,
                      .pieces = {{"größe", "http://a.test/", true, false}, {"", "", false, true}},
                      .document = "<a>",
                      .within = {{.offset = 1, .document = "<b>", .within = {{.length = 2}}}}}};
  page.sitemap = {model::SitemapKind::index,
                  {{"http://a.test/u", 123, "2026", "daily", 0.5F, "t"}},
                  {{"http://a.test/s", 0, "", "", -1, ""}},
                  "cut"};
  page.content_hash = "0123456789abcdef0123456789abcdef";
  page.simhash = 0xFEDCBA9876543210;
  page.body_size = 77;
  page.body = std::string("raw\0body", 8);
  page.packed_body.bytes = "\xFF\xFE packed";
  page.unchanged = true;
  page.used_tree = true;
  page.over_limits = true;
  page.marked = true;
  page.form = {.found = true,
               .action = "/in",
               .method = "post",
               .enctype = "multipart/form-data",
               .charset = "koi8-r",
               .fields = {{"user", "Größe", true}, {"keep", "on", false}}};
  return page;
}

std::string reply_frame(model::ParseOutcome outcome, std::uint32_t sequence = 9) {
  std::string out;
  encode_reply({.heap = 4096, .outcome = std::move(outcome)}, sequence, out);
  return out;
}

}  // namespace

TEST_CASE("a page survives the way through a frame, every field of it") {
  const std::string frame = reply_frame(full_page());
  std::string why;
  const auto reply = decode_reply(FrameType::page, payload_of(frame), why);
  CAPTURE(why);
  REQUIRE(reply.has_value());
  CHECK(reply->heap == 4096);
  // Encoding it again gives the same bytes, so no field was lost or changed.
  CHECK(reply_frame(reply->outcome) == frame);
  const auto& page = std::get<model::ParsedPage>(reply->outcome);
  CHECK(page.title == "Größe 😀");
  CHECK(page.links.size() == 2);
  CHECK(page.links[1].tag == model::LinkTag::other);
  CHECK(page.body == std::string("raw\0body", 8));
  CHECK(page.packed_body.bytes == "\xFF\xFE packed");
  CHECK(page.sitemap.urls[0].priority == 0.5F);
  CHECK(page.form.fields[0].value == "Größe");
  CHECK_FALSE(page.form.fields[1].sent);
  REQUIRE(page.url_places.size() == 1);
  const model::UrlPlace& place = page.url_places[0];
  CHECK((place.offset == 7 && place.length == 1ULL << 40 && place.css));
  CHECK(place.syntax == model::UrlPlace::Syntax::plain);
  REQUIRE(place.pieces.size() == 2);
  CHECK((place.pieces[0].text == "größe" && place.pieces[0].url == "http://a.test/"));
  CHECK((place.document == "<a>" && place.within.size() == 1));
  CHECK((place.within[0].document == "<b>" && place.within[0].within[0].length == 2));
  CHECK((place.pieces[0].was_absolute && !place.pieces[0].stays && place.pieces[1].stays));
}

TEST_CASE("documents that stand in one another deeper than any is read are refused") {
  for (const int depth : {model::kMaxSrcdocDepth, model::kMaxSrcdocDepth + 1}) {
    model::ParsedPage page = full_page();
    model::UrlPlace* place = page.url_places.data();
    place->within.clear();
    for (int i = 0; i < depth; ++i) place = &place->within.emplace_back();
    std::string why;
    const auto reply = decode_reply(FrameType::page, payload_of(reply_frame(page)), why);
    CHECK(reply.has_value() == (depth == model::kMaxSrcdocDepth));
    CHECK(why == (reply ? "" : "documents are nested too deep"));
  }
}

TEST_CASE("a failure survives the way through a frame") {
  const std::string frame =
      reply_frame(model::ParseFailure{model::ParseFailureKind::bad_encoding, "cut off"});
  std::string why;
  const auto reply = decode_reply(FrameType::failure, payload_of(frame), why);
  REQUIRE(reply.has_value());
  const auto& failure = std::get<model::ParseFailure>(reply->outcome);
  CHECK(failure.kind == model::ParseFailureKind::bad_encoding);
  CHECK(failure.detail == "cut off");
}

TEST_CASE("a worker cannot say that there is no worker") {
  const std::string frame =
      reply_frame(model::ParseFailure{model::ParseFailureKind::no_worker, "so there"});
  std::string why;
  CHECK_FALSE(decode_reply(FrameType::failure, payload_of(frame), why).has_value());
}

TEST_CASE("a job survives the way through a frame, with a body that is sent behind it") {
  ParseJob job{.url = "http://a.test/",
               .purpose = model::Purpose::sitemap,
               .headers = {.content_type = "text/html; charset=\xFF"},
               .body = std::string_view("\0\xFFx", 3),
               .truncated = true,
               .rule_set = 3,
               .max_decoded_size = 1ULL << 40,
               .known_hash = "abc",
               .robots_agent = "bot",
               .form = "#login",
               .marker = "a.out",
               .dictionary = std::make_shared<const model::BodyDictionary>(
                   model::BodyDictionary{.id = 1ULL << 40, .bytes = "went ahead"})};
  job.wants.markdown = true;
  std::string frame;
  encode_job(job, 5, frame);
  frame += job.body;
  FrameReader reader(kMaxJobFrame);
  const auto received = receive(reader, frame, 7);
  REQUIRE(received.result == FrameReader::Next::frame);
  CHECK(received.frame.sequence == 5);
  const auto got = decode_job(received.frame.payload);
  REQUIRE(got.has_value());
  CHECK(got->body == job.body);
  CHECK(got->headers.content_type == job.headers.content_type);
  CHECK(got->max_decoded_size == job.max_decoded_size);
  CHECK(got->wants.markdown);
  CHECK(got->truncated);
  CHECK(got->known_hash == "abc");
  CHECK(got->robots_agent == "bot");
  CHECK(got->form == "#login");
  CHECK(got->marker == "a.out");
  REQUIRE(got->dictionary != nullptr);
  CHECK(got->dictionary->id == 1ULL << 40);
  CHECK(got->dictionary->bytes.empty());
}

TEST_CASE("a dictionary survives the way through a frame, and one for no slot is refused") {
  for (const std::uint32_t slot : {63U, 64U}) {
    std::string frame;
    encode_dictionary({.slot = slot, .id = 1ULL << 40, .bytes = "\xFF\n<html"}, frame);
    const auto taught = decode_dictionary(payload_of(frame));
    REQUIRE(taught.has_value() == (slot == 63));
    if (!taught) continue;
    CHECK(taught->id == 1ULL << 40);
    CHECK(taught->bytes == "\xFF\n<html");
  }
}

TEST_CASE("rules cross as they are, nested fields as well") {
  FieldRule inner{.name = "inner", .source = "css:b", .replace = {{"a", "b"}}};
  FieldRule outer{.name = "outer", .source = "css:a", .type = ValueType::price, .list = true};
  outer.fields = {inner};
  const WorkerSetup setup{.sandbox = false,
                          .memory = 5,
                          .rule_sets = {{}, {{{.name = "r", .match = "*", .fields = {outer}}}}}};
  std::string frame;
  encode_setup(setup, frame);
  const auto got = decode_setup(payload_of(frame));
  REQUIRE(got.has_value());
  CHECK_FALSE(got->sandbox);
  CHECK(got->memory == 5);
  REQUIRE(got->rule_sets.size() == 2);
  const auto& field = got->rule_sets[1].rules[0].fields[0];
  CHECK(field.type == ValueType::price);
  CHECK(field.fields[0].replace == inner.replace);
}

TEST_CASE("frames are found whatever the pieces in which they arrive") {
  const std::string one = reply_frame(full_page(), 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}, one.size() - 1, one.size() * 3}) {
    FrameReader reader(kMaxReplyFrame);
    std::uint32_t frames = 0;
    std::string_view bytes;
    const std::string stream = one + one + one;
    bytes = stream;
    while (!bytes.empty()) {
      const auto room = reader.room();
      const std::size_t n = std::min({step, room.size(), bytes.size()});
      std::memcpy(room.data(), bytes.data(), n);
      reader.received(n);
      bytes.remove_prefix(n);
      Frame frame;
      while (reader.next(frame) == FrameReader::Next::frame) {
        ++frames;
        CHECK(frame.payload == std::string_view(one).substr(sizeof(FrameHeader)));
      }
    }
    CHECK(frames == 3);
  }
}

TEST_CASE("a frame larger than the buffer arrives whole") {
  model::ParsedPage page;
  page.packed_body.bytes.assign(9 << 20, 'p');
  const std::string frame = reply_frame(page);
  FrameReader reader(kMaxReplyFrame);
  const auto received = receive(reader, frame, 1 << 16);
  REQUIRE(received.result == FrameReader::Next::frame);
  CHECK(received.frame.payload.size() == frame.size() - sizeof(FrameHeader));
}

TEST_CASE("a header with another magic, version, type or a length over the limit is refused") {
  const std::string good = reply_frame(full_page());
  for (const std::size_t at : {offsetof(FrameHeader, magic), offsetof(FrameHeader, version),
                               offsetof(FrameHeader, type), offsetof(FrameHeader, length) + 3}) {
    CAPTURE(at);
    std::string bad = good;
    bad[at] = '\x7F';
    FrameReader reader(kMaxReplyFrame);
    CHECK(receive(reader, bad, 64).result == FrameReader::Next::refused);
  }
}

TEST_CASE("a lying length sets no memory aside for what has not come") {
  std::string header = reply_frame(full_page()).substr(0, sizeof(FrameHeader));
  const std::uint32_t length = kMaxReplyFrame;
  std::memcpy(header.data() + offsetof(FrameHeader, length), &length, sizeof length);
  FrameReader reader(kMaxReplyFrame);
  CHECK(receive(reader, header, 64).result == FrameReader::Next::need_more);
  CHECK(reader.room().size() <= 256U << 10);
}

TEST_CASE("a payload that is cut anywhere or too long is refused, never half read") {
  const std::string payload(payload_of(reply_frame(full_page())));
  std::string why;
  for (std::size_t n = 0; n < payload.size(); ++n) {
    CHECK_FALSE(decode_reply(FrameType::page, std::string_view(payload).substr(0, n), why));
  }
  CHECK_FALSE(decode_reply(FrameType::page, payload + "x", why));
}

TEST_CASE("a reply with broken UTF-8, JSON, hash or range is refused with the reason") {
  const auto refusal = [](auto change) {
    model::ParsedPage page = full_page();
    change(page);
    std::string why;
    CHECK_FALSE(decode_reply(FrameType::page, payload_of(reply_frame(page)), why));
    return why;
  };
  CHECK(refusal([](auto& p) { p.title = "\xC0\xAF"; }) == "text is not UTF-8");
  // Each half is no character, the block of text as a whole is.
  CHECK(refusal([](auto& p) { p.title = "\xC3", p.description = "\xA4"; }) ==
        "text is cut inside of a character");
  CHECK(refusal([](auto& p) { p.jsonld = "[1,]"; }) == "JSON is broken");
  CHECK(refusal([](auto& p) { p.jsonld = "{}"; }) == "JSON is broken");
  CHECK(refusal([](auto& p) { p.opengraph = "{\n}"; }) == "JSON is broken");
  CHECK(refusal([](auto& p) { p.records[0].fields_json = ""; }) == "JSON is broken");
  CHECK(refusal([](auto& p) { p.content_hash = "../../etc/passwd"; }) == "content hash is none");
  CHECK(refusal([](auto& p) { p.headings[0].level = 7; }) == "heading level out of range");
  CHECK(refusal([](auto& p) { p.sitemap.urls[0].priority = 1.0F / 0.0F; }) ==
        "priority out of range");
  CHECK(refusal([](auto& p) { p.links[0].tag = static_cast<model::LinkTag>(99); }) ==
        "enumerator out of range");
  CHECK(refusal([](auto& p) { p.robots.assign(kMaxRobots + 1, ""); }) == "list is too long");
}

TEST_CASE("what fit_to_limits() leaves is accepted by the decoder") {
  model::ParsedPage page = full_page();
  page.title.assign(kMaxShortText - 1, 'x');
  page.title += "ä";  // its second byte is over the limit
  page.text.assign(kMaxText + 5, 'x');
  page.jsonld = "[\"" + std::string(kMaxJson, 'x') + "\"]";
  page.robots.assign(kMaxRobots * 2, "x");
  page.headings.assign(kMaxHeadings + 1, {1, "h"});
  page.meta.assign(kMaxMeta + 1, {"a", "b"});
  page.records[0].fields_json = page.jsonld;
  const std::string long_url(kMaxLinkBytes / 500, 'u');
  page.links.assign(1'000, {long_url, "", "", model::LinkTag::a, false});
  page.links_truncated = false;
  page.url_places[0].pieces.assign(kMaxUrlPlaceBytes / 500, {std::string(500, 'x'), "u"});
  fit_to_limits(page);
  CHECK(page.url_places.empty());  // half of them would lead nowhere
  CHECK(page.title.size() == kMaxShortText - 1);
  CHECK(page.links.size() == 500);
  CHECK(page.links_truncated);
  CHECK(page.jsonld == "[]");
  std::string why;
  const bool accepted =
      decode_reply(FrameType::page, payload_of(reply_frame(page)), why).has_value();
  CAPTURE(why);
  CHECK(accepted);
}

TEST_CASE("fit_to_limits() mends text that is no UTF-8 and empties JSON that is none") {
  model::ParsedPage page = full_page();
  page.title = "caf\xE9";
  page.links[0].text = "\xFF";
  page.jsonld = std::string(600, '[') + std::string(600, ']');
  page.opengraph = "{\"a\":\"\xFF\"}";
  page.records[0].fields_json = "{";
  fit_to_limits(page);
  CHECK(page.url_places.size() == 1);
  CHECK(page.title == "caf\xEF\xBF\xBD");
  CHECK(page.jsonld == "[]");
  CHECK(page.opengraph == "{}");
  CHECK(page.records[0].fields_json == "{}");
  CHECK(page.records[0].errors_json != "{}");
  std::string why;
  CHECK(decode_reply(FrameType::page, payload_of(reply_frame(page)), why).has_value());
}

TEST_CASE("JSON is checked as RFC 8259 has it") {
  for (const char* good : {"{}", "{\"a\": [1, -2.5e+10, true, false, null, \"\\u00e4\\n\"]}",
                           "{\"a\":{\"b\":{}}}", "{\"\":0}", "{\"a\":\"\xC3\xA4\"}", "{ }"}) {
    CAPTURE(good);
    CHECK(is_one_line_json(good, JsonShape::object));
  }
  for (const char* bad : {"",
                          "[]",
                          "{",
                          "}",
                          "{}}",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "{,}",
                          "{\"a\":01}",
                          "{\"a\":.5}",
                          "{\"a\":1.}",
                          "{\"a\":+1}",
                          "{\"a\":nul}",
                          "{\"a\":\"\\x\"}",
                          "{\"a\":\"\\u12\"}",
                          "{\"a\":\"\t\"}",
                          "{\"a\":1}\n",
                          "{\"a\":[1 2]}",
                          "{\"a\":[1}}",
                          "{a:1}",
                          "{\"a\":1} {}",
                          "{\"a\":NaN}"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_one_line_json(bad, JsonShape::object));
  }
}

TEST_CASE("JSON is checked without recursion and refused beyond 512 levels") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(is_one_line_json(nested(512), JsonShape::array));
  CHECK_FALSE(is_one_line_json(nested(513), JsonShape::array));
  CHECK_FALSE(is_one_line_json(nested(1'000'000), JsonShape::array));
}

#include "parsers/worker/converting_parser.h"

#include <catch2/catch.hpp>
#include <deque>
#include <functional>

#include "parsers/gumbo_parser.h"

using namespace crawld;
using namespace crawld::parsers;
using model::DocumentKind;
using model::ParsedPage;
using model::ParseFailure;
using model::ParseFailureKind;
using model::ParseOutcome;
using Instant = std::chrono::steady_clock::time_point;

namespace {

constexpr Instant kNever = Instant::max();
const std::string kBody = "%PDF-1.4 \x01\x02";

// What the parser below was asked, and how it answers in place of the real one.
struct Script {
  std::vector<ParseJob> jobs;
  std::vector<std::string> bodies;
  std::vector<Instant> deadlines;
  std::vector<const ParseJob*> announced;
  std::deque<std::function<ParseOutcome()>> answers;  // empty: the real ones
};

class ScriptedParser final : public Parser {
 public:
  explicit ScriptedParser(Script& script) : script_(script) {}
  ParseOutcome parse(const ParseJob& job, Instant deadline) override {
    script_.jobs.push_back(job);
    script_.bodies.emplace_back(job.body);
    script_.deadlines.push_back(deadline);
    if (script_.answers.empty()) return real_.parse(job, deadline);
    auto answer = std::move(script_.answers.front());
    script_.answers.pop_front();
    return answer ? answer() : real_.parse(job, deadline);
  }
  void announce(const ParseJob* job) override { script_.announced.push_back(job); }

 private:
  Script& script_;
  GumboParser real_;
};

struct Program {
  base::Result<std::string> print = std::string();
  std::vector<std::string> commands;
  std::vector<std::string> bodies;
  bool interrupted = false;
};

class ScriptedConverter final : public Converter {
 public:
  explicit ScriptedConverter(Program& program) : program_(program) {}
  base::Result<std::string> convert(const std::vector<std::string>& command, std::string_view body,
                                    std::uint64_t) override {
    program_.commands.push_back(command.front());
    program_.bodies.emplace_back(body);
    return program_.print;
  }
  void interrupt() override { program_.interrupted = true; }

 private:
  Program& program_;
};

struct Stage {
  Script script;
  Program program;
  ConvertingParser parser{std::make_unique<ScriptedParser>(script),
                          std::make_unique<ScriptedConverter>(program),
                          {{"application/pdf", {"/bin/pdf"}},
                           {"application/msword", {"/bin/word"}},
                           {"text/*", {"/bin/text"}}}};

  ParsedPage page(const ParseJob& job) {
    auto outcome = parser.parse(job, kNever);
    REQUIRE(std::holds_alternative<ParsedPage>(outcome));
    return std::get<ParsedPage>(std::move(outcome));
  }
};

// `body` outlives the job.
ParseJob pdf_job(const std::string& type = "application/pdf", std::string_view body = kBody) {
  return {.url = "http://a.test/b/c.pdf", .headers = {.content_type = type}, .body = body};
}

}  // namespace

TEST_CASE("a document gets the text of its print and keeps what it is itself") {
  Stage stage;
  stage.program.print = std::string(
      "<html lang=fr><title>Manual</title><meta name=author content='A. Writer'>"
      "<h1>Start</h1><p>Read it.<a href='/next'>next</a>");
  ParseJob job = pdf_job();
  job.wants.main_text = job.wants.raw_body = true;
  const ParsedPage page = stage.page(job);
  CHECK(page.kind == DocumentKind::binary);
  CHECK(page.charset.empty());
  CHECK(page.body_size == kBody.size());
  CHECK(page.body == kBody);
  const ParsedPage alone = std::get<ParsedPage>(GumboParser().parse(job, kNever));
  CHECK(page.content_hash == alone.content_hash);
  CHECK(page.packed_body.bytes == alone.packed_body.bytes);
  CHECK(page.title == "Manual");
  CHECK(page.lang == "fr");
  CHECK(page.text.find("Read it.") != std::string::npos);
  CHECK(page.author == "A. Writer");
  REQUIRE(page.headings.size() == 1);
  CHECK(page.headings[0].text == "Start");
  REQUIRE(page.links.size() == 1);
  CHECK(page.links[0].url == "http://a.test/next");
  CHECK(page.simhash != 0);
  CHECK(page.convert_error.empty());
  CHECK(stage.program.commands == std::vector<std::string>{"/bin/pdf"});
  CHECK(stage.program.bodies == std::vector<std::string>{kBody});
}

TEST_CASE("what the headers say counts once") {
  Stage stage;
  stage.program.print = std::string("<meta name=robots content=nofollow><p>text");
  ParseJob job = pdf_job();
  job.headers.link = "</x>; rel=\"canonical\", </other>; rel=\"next\"";
  job.headers.refresh = "5; url=/soon";
  job.headers.x_robots_tag = "noindex";
  const ParsedPage page = stage.page(job);
  const ParsedPage alone = std::get<ParsedPage>(GumboParser().parse(job, kNever));
  REQUIRE(alone.links.size() >= 2);
  CHECK(page.links.size() == alone.links.size());
  CHECK(page.canonical == "http://a.test/x");
  CHECK(page.refresh == alone.refresh);
  CHECK(std::count(page.robots.begin(), page.robots.end(), "noindex") == 1);
  CHECK(std::count(page.robots.begin(), page.robots.end(), "nofollow") == 1);
}

TEST_CASE("a print that is no markup is text, also with bytes that text has not") {
  Stage stage;
  stage.program.print = std::string("Chapter 1\x01\n\n  < 5 apples\f", 26);
  const ParsedPage page = stage.page(pdf_job());
  CHECK(page.text.find("Chapter 1") != std::string::npos);
  CHECK(page.text.find("< 5 apples") != std::string::npos);
  CHECK(page.convert_error.empty());
}

TEST_CASE("a program is chosen by the media type, and PDF by its first bytes") {
  const auto [type, body, program] = GENERATE(table<std::string, std::string, std::string>(
      {{"Application/PDF; x=y", "\x01 no pdf", "/bin/pdf"},
       {"", kBody, "/bin/pdf"},
       {"application/octet-stream", kBody, "/bin/pdf"},
       {"text/html", kBody, "/bin/pdf"},
       {"application/msword", kBody, "/bin/pdf"},
       {"application/msword", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "/bin/word"},
       {"text/x-other", "some words", "/bin/text"},
       {"application/zip", "PK\3\4", ""},
       {"application/octet-stream", "\x01\x02", ""},
       {"text/html", "<p>markup is read by ourselves", ""},
       {"application/pdf", "<!doctype html><p>as labelled", "/bin/pdf"},
       {"application/pdf", "", ""}}));
  CAPTURE(type, body);
  Stage stage;
  stage.program.print = std::string("print");
  const ParsedPage page = stage.page(pdf_job(type, body));
  CHECK((stage.program.commands.empty() ? "" : stage.program.commands.front()) == program);
}

TEST_CASE("a coded body is decoded behind the wall before a program gets it") {
  // "%PDF-1.4 x" by gzip
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x53\x0d\x70\x71\xd3\x35\xd4\x33\x51\xa8\x00\x00"
      "\xf3\xa2\x06\x3d\x0a\x00\x00\x00",
      30);
  for (const std::string type : {"application/pdf", "", "application/octet-stream"}) {
    CAPTURE(type);
    Stage stage;
    stage.program.print = std::string("words");
    ParseJob job = pdf_job(type, packed);
    job.headers.content_encoding = "gzip";
    const ParsedPage page = stage.page(job);
    CHECK(stage.program.bodies == std::vector<std::string>{"%PDF-1.4 x"});
    CHECK(page.text == "words");
    REQUIRE(stage.script.jobs.size() == 3);
    CHECK_FALSE(stage.script.jobs[1].wants.reading);
    CHECK(stage.script.jobs[2].headers.content_encoding.empty());
  }
}

TEST_CASE("a page that no program is named for is asked for once, as it is, and announced on") {
  Stage stage;
  const ParseJob next = pdf_job();
  const ParseJob job = pdf_job("text/html", "<p>x");
  ParseJob robots = pdf_job();
  robots.purpose = model::Purpose::robots;
  ParseJob unread = pdf_job();
  unread.wants.reading = false;
  ParseJob image = pdf_job("image/png", "\x89PNG\r\n\x1A\n");
  for (const ParseJob& one : {robots, unread, image}) {
    stage.parser.announce(&next);
    stage.page(one);
  }
  CHECK(stage.script.announced == std::vector<const ParseJob*>(3, &next));
  CHECK(stage.script.jobs.size() == 3);
  stage.parser.announce(&next);
  stage.page(job);
  CHECK(stage.script.jobs.size() == 4);
  CHECK(stage.program.commands.empty());
}

TEST_CASE("nothing is announced where a conversion may come between") {
  Stage stage;
  const ParseJob next = pdf_job();
  stage.parser.announce(&next);
  stage.program.print = std::string("x");
  stage.page(pdf_job());
  CHECK(stage.script.announced.empty());
  stage.page(pdf_job("image/png", "\x89PNG\r\n\x1A\n"));
  CHECK(stage.script.announced == std::vector<const ParseJob*>{nullptr});
}

TEST_CASE("a document that is stored already is not converted again") {
  Stage stage;
  ParseJob job = pdf_job();
  job.known_hash = std::get<ParsedPage>(GumboParser().parse(job, kNever)).content_hash;
  CHECK(stage.page(job).unchanged);
  CHECK(stage.program.commands.empty());
}

TEST_CASE("a program that fails loses nothing of the page and is told") {
  Stage stage;
  stage.program.print = base::Error{base::Error::Code::io, "converter /bin/pdf ended badly"};
  const ParsedPage page = stage.page(pdf_job());
  CHECK(page.kind == DocumentKind::binary);
  CHECK_FALSE(page.packed_body.empty());
  CHECK(page.text.empty());
  CHECK(page.convert_error == "converter /bin/pdf ended badly");
}

TEST_CASE("a print that kills its reader loses nothing of the page, one without reader waits") {
  Stage stage;
  stage.program.print = std::string("x");
  const auto failing = [](ParseFailureKind kind) {
    return [kind] { return ParseOutcome(ParseFailure{.kind = kind, .detail = "so"}); };
  };
  stage.script.answers = {nullptr, failing(ParseFailureKind::crashed)};
  const ParsedPage page = stage.page(pdf_job());
  CHECK_FALSE(page.packed_body.empty());
  CHECK(page.convert_error == "what /bin/pdf printed cannot be read: crashed: so");
  stage.script.answers = {nullptr, failing(ParseFailureKind::no_worker)};
  const auto outcome = stage.parser.parse(pdf_job(), kNever);
  CHECK(std::get<ParseFailure>(outcome).kind == ParseFailureKind::no_worker);
}

TEST_CASE("a page whose program is interrupted is to be read again") {
  Stage stage;
  stage.program.print = base::Error{base::Error::Code::busy, "interrupted"};
  const auto outcome = stage.parser.parse(pdf_job(), kNever);
  REQUIRE(std::holds_alternative<ParseFailure>(outcome));
  CHECK(std::get<ParseFailure>(outcome).kind == ParseFailureKind::no_worker);
  stage.parser.cut_short();
  CHECK(stage.program.interrupted);
}

TEST_CASE("the print gets as much time as the document, and never stays never") {
  Stage stage;
  stage.program.print = std::string("x");
  stage.page(pdf_job());
  CHECK(stage.script.deadlines == std::vector<Instant>(2, kNever));
  const Instant deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  (void)stage.parser.parse(pdf_job(), deadline);
  CHECK(stage.script.deadlines.at(2) == deadline);
  CHECK(stage.script.deadlines.at(3) >= deadline);
  CHECK(stage.script.deadlines.at(3) < deadline + std::chrono::hours(1));
}

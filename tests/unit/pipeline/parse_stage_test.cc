// What a parse thread asks its parser for, and what it makes of the answer.
#include "crawler/pipeline/parse_stage.h"

#include <catch2/catch.hpp>
#include <optional>

#include "parsers/gumbo_parser.h"
#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

// Reads with the real parser and keeps what it made.
class WatchedParser final : public parsers::Parser {
 public:
  model::ParseOutcome parse(const parsers::ParseJob& job,
                            std::chrono::steady_clock::time_point deadline) override {
    model::ParseOutcome outcome = parser_.parse(job, deadline);
    dictionary = job.dictionary;
    repack = job.wants.repack;
    if (lacks_worker) return model::ParseFailure{.kind = model::ParseFailureKind::no_worker};
    if (auto* read = std::get_if<model::ParsedPage>(&outcome)) page = *read;
    return outcome;
  }

  void announce(const parsers::ParseJob* job) override { announced = job->dictionary; }

  model::ParsedPage page;
  std::shared_ptr<const model::BodyDictionary> dictionary;  // of the last job
  std::shared_ptr<const model::BodyDictionary> announced;
  bool repack = false;
  bool lacks_worker = false;

 private:
  parsers::GumboParser parser_;
};

// One page with main text and a link to a picture, visited again and again.
struct Visits {
  Visits() {
    site.main_text = true;
    config.sites = {site};
    auto table = pipeline::compile_sites(config, {.recurring = true});
    REQUIRE(table);
    sites.emplace(*table);
    stage.emplace(parser, *sites, clock,
                  pipeline::ParseStage::Options{
                      .forbidden_address = [](const model::Url&) { return false; }});
  }

  model::Settled visit(const std::string& text) {
    model::Response response;
    response.status = 200;
    response.headers.add("Content-Type", "text/html");
    response.body = "<title>t</title><a href=/next>next</a><p>" + text;
    model::Fetched fetched{.lease = {.url_id = 1, .request = {.url = url, .history = history}},
                           .outcome = std::move(response),
                           .fetched_at = clock.wall()};
    model::Settled settled = std::get<model::Settled>(stage->step(std::move(fetched)));
    ++history.visits;
    if (settled.store_page) {
      history.content_hash = std::get<model::ParsedPage>(settled.parsed.page).content_hash;
    }
    return settled;
  }

  const model::Url url = *model::Url::parse("http://a.test/");
  config::Site site = quick_site({"http://a.test/"});
  config::Config config;
  model::History history;
  WatchedParser parser;
  ManualClock clock;
  std::optional<pipeline::SiteBook> sites;
  std::optional<pipeline::ParseStage> stage;
};

}  // namespace

TEST_CASE("nothing is made of a page that came back as it is stored, and its links are read") {
  Visits visits;
  CHECK(visits.visit("first").verdict == model::Verdict::done);
  CHECK(visits.parser.page.used_tree);

  const model::Settled same = visits.visit("first");
  CHECK(same.verdict == model::Verdict::not_modified);
  CHECK(visits.parser.page.unchanged);
  CHECK_FALSE(visits.parser.page.used_tree);
  CHECK(visits.parser.page.links.size() == 1);

  CHECK(visits.visit("second").verdict == model::Verdict::done);
  CHECK(visits.parser.page.used_tree);
  CHECK_FALSE(visits.parser.page.packed_body.empty());
}

TEST_CASE("what came as gzip is packed anew where few pages come, and left as it is else") {
  Visits visits;
  const auto dictionary = std::make_shared<const model::BodyDictionary>(
      model::BodyDictionary{.id = 1, .bytes = "\n<title>t</title>"});
  pipeline::ParseStage stage(visits.parser, *visits.sites, visits.clock,
                             {.forbidden_address = [](const model::Url&) { return false; },
                              .dictionary_of = [&](model::HostId) { return dictionary; }});
  const auto page = [&](model::UrlId id) {
    model::Response response;
    response.status = 200;
    response.body = "<p>" + std::to_string(id);
    return model::Fetched{.lease = {.url_id = id, .host_id = 1, .request = {.url = visits.url}},
                          .outcome = std::move(response),
                          .fetched_at = visits.clock.wall()};
  };
  const auto asked_to_repack = [&](std::chrono::milliseconds wait, const model::Fetched* next) {
    visits.clock.advance(wait);
    stage.step(page(1), pipeline::Look::both, next);
    return visits.parser.repack;
  };
  const model::Fetched behind = page(2);
  stage.step(page(1));
  CHECK_FALSE(asked_to_repack(std::chrono::milliseconds(49), nullptr));
  CHECK(asked_to_repack(std::chrono::milliseconds(50), nullptr));
  CHECK_FALSE(asked_to_repack(std::chrono::milliseconds(50), &behind));
  visits.clock.advance(std::chrono::milliseconds(50));
  stage.step(page(2));  // as it was announced
  CHECK_FALSE(visits.parser.repack);
}

TEST_CASE("a page that was announced is asked for as it was, with a new dictionary at hand too") {
  Visits visits;
  auto newest = std::make_shared<const model::BodyDictionary>(model::BodyDictionary{.id = 1});
  pipeline::ParseStage stage(
      visits.parser, *visits.sites, visits.clock,
      {.forbidden_address = [](const model::Url&) { return false; },
       .dictionary_of = [&](model::HostId host) { return host == 9 ? newest : nullptr; }});
  const auto fetched = [&](model::UrlId id, model::HostId host) {
    model::Response response;
    response.status = 200;
    response.headers.add("Content-Type", "text/html");
    response.body = "<p>" + std::to_string(id);
    return model::Fetched{.lease = {.url_id = id, .host_id = host, .request = {.url = visits.url}},
                          .outcome = std::move(response),
                          .fetched_at = visits.clock.wall()};
  };
  const model::Fetched second = fetched(2, 9);
  stage.step(fetched(1, 8), pipeline::Look::both, &second);
  CHECK(visits.parser.dictionary == nullptr);
  REQUIRE(visits.parser.announced != nullptr);
  newest = std::make_shared<const model::BodyDictionary>(model::BodyDictionary{.id = 2});
  stage.step(fetched(2, 9));
  CHECK(visits.parser.dictionary->id == 1);
  stage.step(fetched(3, 9));
  CHECK(visits.parser.dictionary->id == 2);
}

namespace {

model::Settled answer(Visits& visits, bool store_answers, const std::string& body,
                      const std::string& coding = {}) {
  visits.config.sites[0].store_answers = store_answers;
  auto table = pipeline::compile_sites(visits.config, {.recurring = true});
  REQUIRE(table);
  visits.sites.emplace(*table);
  model::Response response;
  response.status = 404;
  response.headers.add("Content-Type", "text/html");
  if (!coding.empty()) response.headers.add("Content-Encoding", coding);
  response.body = body;
  model::Fetched fetched{.lease = {.url_id = 1, .request = {.url = visits.url}},
                         .outcome = std::move(response),
                         .fetched_at = visits.clock.wall()};
  return std::get<model::Settled>(visits.stage->step(std::move(fetched)));
}

std::string unpacked(const model::Settled& settled) {
  const auto& kept = settled.parsed.answer;
  REQUIRE(kept.has_value());
  REQUIRE_FALSE(kept->packed_body.empty());
  auto bytes = model::unpack(kept->packed_body, 1 << 20);
  REQUIRE(bytes.has_value());
  CHECK(kept->body_size == bytes->size());
  return *bytes;
}

}  // namespace

TEST_CASE("what an error says is packed where answers are kept, and never read for links") {
  Visits visits;
  const std::string body = "<title>no</title><a href=/trap>x</a>";
  const model::Settled kept = answer(visits, true, body);
  CHECK(kept.verdict == model::Verdict::gone);
  CHECK(unpacked(kept) == body);
  CHECK(kept.discovered.empty());
  CHECK_FALSE(kept.store_page);
  CHECK(kept.parsed.fetched.response()->body.empty());
  CHECK(kept.parsed.fetched.response()->body_size == body.size());
  CHECK(unpacked(answer(visits, true, "", "gzip")).empty());

  CHECK_FALSE(answer(visits, false, body).parsed.answer.has_value());
}

TEST_CASE("what an error says is kept as it came where its coding is another than told") {
  Visits visits;
  CHECK(unpacked(answer(visits, true, "plain words", "gzip")) == "plain words");
}

TEST_CASE("an error is looked at again where no worker could pack what it says") {
  Visits visits;
  visits.parser.lacks_worker = true;
  pipeline::CommitItem item = answer(visits, true, "gone");
  CHECK(std::get<model::Settled>(item).verdict == model::Verdict::queued);
  const auto back = pipeline::unread(item);
  REQUIRE(back.has_value());
  CHECK(back->fetched.response()->body == "gone");
}

#include "crawler/pipeline/settled_rows.h"

#include <catch2/catch.hpp>

using namespace crawld;

namespace {

model::Settled settled_as(model::Verdict verdict, model::Headers headers) {
  model::Response response;
  response.status = 301;
  response.headers = std::move(headers);
  model::Fetched fetched{
      .lease = {.url_id = 1, .request = {.url = *model::Url::parse("http://a.test/")}},
      .outcome = std::move(response),
      .timings = {},
      .fetched_at = {}};
  return {.parsed = {std::move(fetched), {}}, .verdict = verdict};
}

model::Headers headers_of(std::initializer_list<std::pair<std::string, std::string>> all) {
  model::Headers headers;
  for (const auto& [name, value] : all) headers.add(name, value);
  return headers;
}

}  // namespace

TEST_CASE("of a redirect and of what is gone the headers are kept, of other answers not") {
  const model::Headers sent = headers_of({{"location", "/x"}, {"Server", "a"}, {"Server", "b"}});
  for (const auto verdict : {model::Verdict::redirected, model::Verdict::gone}) {
    CHECK(pipeline::fetch_row(settled_as(verdict, sent), 1, 0).headers.all() == sent.all());
  }
  for (const auto verdict : {model::Verdict::done, model::Verdict::not_modified,
                             model::Verdict::failed, model::Verdict::retry_later}) {
    CHECK(pipeline::fetch_row(settled_as(verdict, sent), 1, 0).headers.all().empty());
  }
  auto by_hsts = settled_as(model::Verdict::redirected, sent);
  std::get<model::Response>(by_hsts.parsed.fetched.outcome).by_hsts = true;
  CHECK(pipeline::fetch_row(by_hsts, 1, 0).headers.all().empty());
  auto sitemap = settled_as(model::Verdict::redirected, sent);
  sitemap.parsed.fetched.lease.request.purpose = model::Purpose::sitemap;
  CHECK(pipeline::fetch_row(sitemap, 1, 0).headers.all().empty());
}

TEST_CASE("headers that are too much are left out, and never where a redirect leads") {
  const std::string large(12'000, 'x');
  const auto kept = [&](model::Headers headers) {
    return pipeline::fetch_row(settled_as(model::Verdict::redirected, std::move(headers)), 1, 0)
        .headers.all();
  };
  CHECK(kept(headers_of({{"A", large}, {"B", large}, {"C", "c"}, {"Location", "/x"}})) ==
        headers_of({{"A", large}, {"C", "c"}, {"Location", "/x"}}).all());
  CHECK(kept(headers_of({{"A", large}, {"Location", large}})) ==
        headers_of({{"Location", large}}).all());
  CHECK(kept(headers_of({{"A", "a"}, {"Location", large + large}})).empty());
}

// crawld fetch: one URL through the real rooms, without a database.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/crawl_options.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/url_list.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/daemon/session.h"
#include "crawler/fetch/cookie_saver.h"
#include "crawler/pipeline/login_step.h"
#include "crawler/pipeline/parse_stage.h"
#include "crawler/policy/scope.h"
#include "crawler/policy/settle.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;

double millis(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

ordered_json records_json(const std::vector<model::Record>& records) {
  ordered_json out = ordered_json::array();
  for (const model::Record& record : records) {
    out.push_back({{"rule", record.rule},
                   {"fields", ordered_json::parse(record.fields_json, nullptr, false)},
                   {"errors", ordered_json::parse(record.errors_json, nullptr, false)}});
  }
  return out;
}

ordered_json outcome_json(const model::Settled& settled) {
  const model::Fetched& fetched = settled.parsed.fetched;
  ordered_json out;
  out["url"] = fetched.lease.request.url.href();
  out["verdict"] = to_string(settled.verdict);
  out["reason"] = settled.reason;
  if (const auto* failure = fetched.failure()) {
    out["failure"] = {{"kind", to_string(failure->kind)}, {"detail", failure->detail}};
  }
  if (const auto* response = fetched.response()) {
    out["status"] = response->status;
    out["http_version"] = response->http_version;
    out["remote_address"] = response->remote_address;
    out["truncated"] = response->truncated;
    ordered_json headers = ordered_json::array();
    for (const auto& [name, value] : response->headers.all()) headers.push_back({name, value});
    out["headers"] = headers;
  }
  const model::Timings& timings = fetched.timings;
  out["timings_ms"] = {{"dns", millis(timings.dns)},
                       {"connect", millis(timings.connect)},
                       {"tls", millis(timings.tls)},
                       {"first_byte", millis(timings.first_byte)},
                       {"total", millis(timings.total)}};
  out["bytes"] = timings.bytes_received;
  if (const auto* failure = std::get_if<model::ParseFailure>(&settled.parsed.page)) {
    out["parse_failure"] = {{"kind", to_string(failure->kind)}, {"detail", failure->detail}};
  }
  if (const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page)) {
    if (!page->convert_error.empty()) {
      out["parse_failure"] = {{"kind", "converter"}, {"detail", page->convert_error}};
    }
    out["title"] = page->title;
    out["charset"] = page->charset;
    out["lang"] = page->lang;
    out["size"] = page->body_size;
    out["content_hash"] = page->content_hash;
    out["links"] = page->links.size();
    out["records"] = records_json(page->records);
  }
  ordered_json discovered = ordered_json::array();
  for (const model::Discovered& found : settled.discovered) {
    discovered.push_back(
        {{"url", found.url.href()}, {"state", to_string(found.state)}, {"reason", found.reason}});
  }
  out["discovered"] = discovered;
  return out;
}

// Whether a crawl of `site` would fetch the URL.
bool wants(const config::Site& site, const model::Url& url) {
  constexpr int kNoYear = 0;  // no calendar trap: a person named the URL
  const auto scope = policy::ScopeRules::compile(site);
  return scope &&
         scope->judge(url.without_credentials(), {}, kNoYear).verdict == model::Verdict::queued;
}

// The configured site that the URL belongs to, with the flags over it; else one of the defaults.
base::Result<CrawlPlan> plan_for(const model::Url& url, const CrawlOptions& options,
                                 config::Loaded loaded) {
  std::vector<config::Site>& sites = loaded.config.sites;
  const auto found = std::find_if(sites.begin(), sites.end(),
                                  [&](const config::Site& site) { return wants(site, url); });
  if (found == sites.end()) {
    const bool none = sites.empty();
    auto plan = make_plan(options, std::move(loaded));
    if (plan && !none) {
      plan->notes = {"the URL is in the scope of no site of " + options.config_file +
                     "; its defaults hold"};
    }
    return plan;
  }
  if (!url.username().empty() || !url.password().empty()) {
    return base::Error{base::Error::Code::invalid, "put user and password into auth: of site \"" +
                                                       found->name + "\", not into the URL"};
  }
  CrawlOptions of_site = options;
  of_site.urls = {found->name};
  return make_plan(of_site, std::move(loaded));
}

// As the crawl does, before the first page of a site with a login. The error says why it failed.
base::Status log_in(fetch::Fetcher& fetcher, pipeline::ParseStage& stage,
                    const pipeline::SiteRules& site, const base::Clock& clock) {
  if (!site.login) return base::Done{};
  model::Request step{.url = site.login->url, .purpose = model::Purpose::login_form};
  for (;;) {
    const pipeline::CommitItem item =
        stage.step(fetcher.fetch({.request = step, .leased_at = clock.now()}));
    const auto& reply = std::get<pipeline::LoginReply>(item);
    if (reply.outcome == pipeline::LoginOutcome::in) return base::Done{};
    const bool brought_session =
        reply.outcome == pipeline::LoginOutcome::no_form && site.login->brings_cookies;
    if (brought_session) return base::Done{};
    if (reply.outcome != pipeline::LoginOutcome::goes_on) {
      return base::Error{base::Error::Code::invalid,
                         "the login of site \"" + site.name + "\" failed: " + reply.why};
    }
    step = {.url = reply.next->url,
            .purpose = reply.next->purpose,
            .redirects = reply.next->hops,
            .post = reply.next->post};
  }
}

}  // namespace

int fetch_command(const Arguments& arguments) {
  CrawlOptions options;
  CLI::App app("Fetch and parse one URL; prints what came of it as JSON.", "fetch");
  add_crawl_flags(app, options);
  if (const auto code = parse_options(app, spell_out_wget_flags(arguments))) return *code;
  if (options.urls.size() != 1 || !options.input_files.empty()) {
    return complain("fetch: give one URL; see crawld help fetch", kUsage);
  }
  const auto typed = url_as_typed(options.urls.front());
  if (!typed) return complain(no_crawlable_url(options.urls.front()).message, kUsage);
  auto loaded = load_config(options);
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  options.urls = {typed->href()};  // what has no scheme is no site's name here
  const auto plan = plan_for(*typed, options, *std::move(loaded));
  if (!plan) return complain(plan.error().message, kUsage);
  if (!options.quiet) {
    for (const std::string& note : plan->notes) complain(note, kFinished);
  }
  base::log::open(base::log::Level::warn, base::log::Format::text);
  const base::SystemClock clock;
  auto rooms = daemon::Rooms::open(plan->config, {}, clock);
  if (!rooms) return complain(rooms.error().message, exit_code(rooms.error()));
  const auto fetcher = (*rooms)->make_fetcher();
  const auto parser = (*rooms)->make_reader().parser;
  pipeline::ParseStage stage(*parser, (*rooms)->sites(), clock, (*rooms)->parse_options());
  const auto sites = (*rooms)->sites().table();
  fetch::CookieSaver cookies((*rooms)->fetch(), clock);
  if (auto done = log_in(*fetcher, stage, *sites->front(), clock); !done) {
    return complain(done.error().message, kError);
  }
  model::Fetched fetched =
      fetcher->fetch({.request = {.url = typed->without_credentials()}, .leased_at = clock.now()});
  const pipeline::CommitItem item = stage.step(std::move(fetched));
  cookies.save();
  const auto& settled = std::get<model::Settled>(item);
  const std::string json =
      outcome_json(settled).dump(2, ' ', false, ordered_json::error_handler_t::replace);
  std::puts(without_raw_controls(json).c_str());
  return settled.verdict == model::Verdict::done ? kFinished : kError;
}

}  // namespace crawld::cli

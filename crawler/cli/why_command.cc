// crawld why: what is known of one URL, and which rule decided about it.
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/base/figures.h"
#include "crawler/cli/advice.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/known_url.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/table.h"
#include "crawler/cli/unfollowed_links.h"
#include "crawler/policy/scope.h"
#include "storage/reports/url_story.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;
using storage::UrlStory;

std::string time_text(storage::Millis moment) {
  return moment == 0 ? std::string() : base::to_iso8601(base::from_millis(moment));
}

// The line of robots.txt that a reason such as "robots.txt line 3" names. Lines end in CR, LF or
// both (RFC 9309 section 2.2).
std::string robots_line(const UrlStory& story) {
  constexpr std::string_view kLine = "robots.txt line ";
  if (!story.reason.starts_with(kLine)) return {};
  std::string_view text = story.robots_txt;
  for (int left = std::atoi(story.reason.c_str() + kLine.size()) - 1; left > 0; --left) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == text.npos) return {};
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

const char* hop_name(char hop) {
  switch (hop) {
    case 'S':
      return "seed";
    case 'R':
      return "redirect";
    case 'E':
      return "embedded";
    case 'M':
      return "sitemap";
    default:
      return "link";
  }
}

// Nothing of a URL that waits for nobody.
std::string waits_for(const UrlStory& story, storage::Millis now) {
  if (story.state != "queued" && story.state != "retry_later") return {};
  if (!story.login_trouble.empty()) return {};  // has a line of its own
  if (!story.in_last_run) return "a crawl of its site; the last one was without it";
  if (story.paused_since != 0) {
    const std::string what = story.all_paused ? ": the crawl" : " " + story.site + ": its site";
    return "crawld resume" + what + " is paused since " + time_text(story.paused_since);
  }
  if (story.run_ended_at != 0) {
    return "a crawl: the last one ended " + time_text(story.run_ended_at) + " (" + story.run_exit +
           "); the same command goes on";
  }
  if (story.due_at > now) return "another attempt at " + time_text(story.due_at);
  if (story.host_opens_at > now) {
    return "its host, which is left alone until " + time_text(story.host_opens_at) +
           (story.host_reason.empty() ? "" : ": " + story.host_reason);
  }
  return "its turn at its host, " + std::to_string(story.host_delay_ms) +
         " ms between two requests";
}

storage::Millis now_in_millis() { return base::to_millis(base::SystemClock().wall()); }

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json story_json(const UrlStory& story) {
  ordered_json out{{"url", story.url}, {"known", true}, {"state", story.state}};
  out["reason"] = text_or_null(story.reason);
  out["robots_line"] = text_or_null(robots_line(story));
  out["waits_for"] = text_or_null(waits_for(story, now_in_millis()));
  out["site"] = story.site;
  out["login_trouble"] = text_or_null(story.login_trouble);
  out["purpose"] = story.purpose;
  out["depth"] = story.depth;
  out["redirects"] = story.redirects;
  out["found_in_run"] = story.found_in_run;
  ordered_json way = ordered_json::array();
  for (const storage::StoryHop& hop : story.way) {
    way.push_back({{"url", hop.url}, {"by", hop_name(hop.hop)}});
  }
  out["way"] = std::move(way);
  out["attempts"] = story.attempts;
  out["visits"] = story.visits;
  out["changes"] = story.changes;
  out["status"] = story.status == 0 ? ordered_json(nullptr) : ordered_json(story.status);
  out["page"] = {{"truncated", story.truncated},
                 {"script_only", story.script_only},
                 {"robots", text_or_null(story.page_robots)},
                 {"canonical", text_or_null(story.canonical)},
                 {"parse_error", text_or_null(story.parse_error)}};
  out["visited_at"] = text_or_null(time_text(story.visited_at));
  out["due_at"] = text_or_null(time_text(story.due_at));
  ordered_json fetches = ordered_json::array();
  for (const storage::StoryAttempt& fetch : story.fetches) {
    fetches.push_back({{"at", time_text(fetch.at)},
                       {"outcome", fetch.outcome},
                       {"detail", text_or_null(fetch.detail)},
                       {"status", fetch.status},
                       {"bytes", fetch.bytes},
                       {"ms", static_cast<double>(fetch.total_us) / 1000}});
  }
  out["fetches"] = std::move(fetches);
  out["host"] = {{"host", story.host},
                 {"opens_at", text_or_null(time_text(story.host_opens_at))},
                 {"delay_ms", story.host_delay_ms},
                 {"failures", story.host_failures},
                 {"reason", text_or_null(story.host_reason)},
                 {"robots_status", story.robots_status},
                 {"robots_trouble", text_or_null(story.robots_trouble)},
                 {"robots_fetched_at", text_or_null(time_text(story.robots_fetched_at))}};
  if (!story.metadata.empty()) {
    out["metadata"] = ordered_json::parse(story.metadata, nullptr, false);
  }
  return out;
}

using Line = std::function<void(std::string_view name, const std::string& text)>;

void print_line(std::string_view name, const std::string& text) {
  if (text.empty()) return;
  std::printf("%-10s %s\n", std::string(name).c_str(), base::printable(text).c_str());
}

std::string robots_answer(const UrlStory& story) {
  if (story.robots_fetched_at == 0) return "not asked yet";
  const std::string asked = ", asked " + time_text(story.robots_fetched_at);
  if (story.robots_status != 0) return "status " + std::to_string(story.robots_status) + asked;
  return "no answer" + asked + (story.robots_trouble.empty() ? "" : ": " + story.robots_trouble);
}

// What is worth knowing of the page that was stored; mostly nothing.
std::string page_facts(const UrlStory& story) {
  std::string facts;
  const auto add = [&](const std::string& fact) { facts += (facts.empty() ? "" : "; ") + fact; };
  if (story.truncated) add("cut off (max_body_size, or a part that the host sent)");
  if (!story.parse_error.empty()) add("not read to its end: " + story.parse_error);
  if (story.script_only) add("holds no text; JavaScript is not run");
  if (!story.page_robots.empty()) add("asks for " + story.page_robots);
  if (!story.canonical.empty() && story.canonical != story.url) {
    add("names " + story.canonical + " as its canonical address");
  }
  return facts;
}

// Each line of the story, as far as there is something to tell.
void tell(const UrlStory& story, const Line& line) {
  line("url", story.url);
  line("state", story.state + (story.reason.empty() ? "" : ": " + story.reason));
  line("robots", robots_line(story));
  line("hint", std::string(advice_on(story.reason)));
  line("site", story.site);
  line("waits for", waits_for(story, now_in_millis()));
  line("login", story.login_trouble.empty()
                    ? std::string()
                    : "waits for the login of its site: " + story.login_trouble);
  line("depth",
       std::to_string(story.depth) + ", found in run " + std::to_string(story.found_in_run));
  for (const storage::StoryHop& hop : story.way) line(hop_name(hop.hop), hop.url);
  line("visited", story.visited_at == 0
                      ? std::string("never")
                      : time_text(story.visited_at) + ", status " + std::to_string(story.status) +
                            ", " + base::counted(story.visits, "visit", "visits") + ", " +
                            base::counted(story.changes, "change", "changes"));
  line("page", page_facts(story));
  line("due", time_text(story.due_at));
  for (const storage::StoryAttempt& fetch : story.fetches) {
    line("fetch", time_text(fetch.at) + " " + fetch.outcome +
                      (fetch.status != 0 ? " " + std::to_string(fetch.status) : "") + ", " +
                      base::counted(fetch.bytes, "byte", "bytes") + ", " +
                      std::to_string(fetch.total_us / 1000) + " ms" +
                      (fetch.detail.empty() ? "" : ": " + fetch.detail));
  }
  line("host", story.host + (story.host_reason.empty() ? "" : ": " + story.host_reason) +
                   (story.host_opens_at == 0 ? "" : ", opens " + time_text(story.host_opens_at)) +
                   ", delay " + std::to_string(story.host_delay_ms) + " ms");
  line("robots.txt", robots_answer(story));
  line("metadata", story.metadata);
}

// What a crawl without rules of its own would say to this URL.
policy::Judgement default_judgement(const std::string& href) {
  const auto url = model::Url::parse(href);
  auto rules = policy::ScopeRules::compile({});
  if (!url || !rules) return {model::Verdict::blocked, "no URL"};
  rules->let_in(*url);  // a seed opens its own port
  return rules->judge_seed(*url);
}

int tell_unknown(storage::Database& reader, const std::string& href, bool json, const Line& line) {
  const policy::Judgement judgement = default_judgement(href);
  const bool fine = judgement.verdict == model::Verdict::queued;
  const std::string verdict = fine ? "queued" : std::string(to_string(judgement.verdict));
  const std::vector<UnfollowedLink> links = unfollowed_links(reader, href);
  if (json) {
    ordered_json linked = ordered_json::array();
    for (const UnfollowedLink& link : links) {
      linked.push_back({{"from", link.from}, {"why", text_or_null(link.why)}});
    }
    const ordered_json out{{"url", href},
                           {"known", false},
                           {"linked_from", std::move(linked)},
                           {"as_a_seed", verdict},
                           {"reason", text_or_null(judgement.reason)}};
    const auto replace = ordered_json::error_handler_t::replace;
    std::puts(without_raw_controls(out.dump(-1, ' ', false, replace)).c_str());
    return kError;
  }
  line("url", href);
  line("state", links.empty() ? "not known: no page that was read links to it, and it is no seed"
                              : "not known: it is linked to, and was not followed");
  for (const UnfollowedLink& link : links) {
    line("link", link.from + (link.why.empty() ? "" : ": " + link.why));
  }
  line("as a seed", verdict + (judgement.reason.empty() ? "" : ": " + judgement.reason));
  return kError;
}

// As a table of two columns.
int with_lines_as_csv(const std::function<int(const Line&)>& teller) {
  Table table(TableForm::csv, Formulas::kept);
  constexpr std::string_view kNames[] = {"name", "text"};
  table.columns(kNames);
  const int code = teller([&](std::string_view name, const std::string& text) {
    const storage::Value cells[] = {name, std::string_view(text)};
    if (!text.empty()) table.row(cells);
  });
  table.finish();
  return code;
}

}  // namespace

int why_command(const Arguments& arguments) {
  std::string typed;
  std::string database;
  bool json = false;
  bool csv = false;
  CLI::App app("How a URL was found, what decided about it, and when it is due.", "why");
  app.add_option("URL", typed, "as typed; looked up in its canonical form")->required();
  add_database_option(app, database);
  auto* as_json = app.add_flag("--json", json, "one JSON object");
  app.add_flag("--csv", csv, "CSV with a header (RFC 4180), a row a fact")->excludes(as_json);
  if (const auto code = parse_options(app, arguments)) return *code;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const auto url = find_known_url(**reader, typed);
  if (!url) return complain(url.error().message, exit_code(url.error()));
  auto story = base::Result<std::optional<UrlStory>>(std::nullopt);
  if (url->id != 0) story = storage::url_story(**reader, url->id);
  if (!story) return complain(story.error().message, exit_code(story.error()));
  const auto teller = [&](const Line& line) {
    if (!story.value()) return tell_unknown(**reader, url->href, json, line);
    if (json) {
      const auto replace = ordered_json::error_handler_t::replace;
      std::puts(without_raw_controls(story_json(**story).dump(-1, ' ', false, replace)).c_str());
    } else {
      tell(**story, line);
    }
    return static_cast<int>(kFinished);
  };
  return csv ? with_lines_as_csv(teller) : teller(print_line);
}

}  // namespace crawld::cli

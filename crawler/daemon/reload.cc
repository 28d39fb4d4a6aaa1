#include "crawler/daemon/reload.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/changed_secrets.h"
#include "config/load.h"
#include "crawler/base/figures.h"
#include "crawler/base/log.h"
#include "crawler/daemon/scope_change.h"
#include "crawler/pipeline/rejudge.h"

namespace crawld::daemon {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Lines that only one side has, with the group that they stand in. Both texts list the same
// keys in the same order, up to the extraction rules.
std::string difference(const config::Config& before, const config::Config& after) {
  const std::vector<std::string> old_lines = lines_of(config::effective_yaml(before));
  const std::vector<std::string> new_lines = lines_of(config::effective_yaml(after));
  std::string text;
  std::string group;
  for (std::size_t i = 0; i < std::min(old_lines.size(), new_lines.size()); ++i) {
    const std::string& now = new_lines[i];
    const std::size_t start = now.find_first_not_of(" -");
    const std::size_t colon = now.find(": ");
    if (now.ends_with(':')) group = now.substr(start, now.size() - start - 1) + ".";
    const bool nested = start == 2 || start == 6;
    if (old_lines[i] == now || colon == std::string::npos || start == std::string::npos) continue;
    text += "  " + (nested ? group : std::string()) + old_lines[i].substr(start) + " -> " +
            now.substr(colon + 2) + "\n";
  }
  return text;
}

// A corrected password is a difference, too.
template <class Owner>
std::string other_secrets(const Owner& before, const Owner& after) {
  std::string text;
  for (const std::string& key : config::changed_secrets(before, after)) {
    text += "  " + key + ": another secret\n";
  }
  return text;
}

config::Config only(const config::Site& site) {
  config::Config one;
  one.sites.push_back(site);
  one.sites.back().extract = {};
  return one;
}

config::Config without_sites(config::Config config) {
  config.sites.clear();
  return config;
}

bool same_rules(const config::Site& before, const config::Site& after) {
  config::Config a;
  config::Config b;
  a.sites.push_back({});
  b.sites.push_back({});
  a.sites[0].extract = before.extract;
  b.sites[0].extract = after.extract;
  return config::effective_yaml(a) == config::effective_yaml(b);
}

std::string site_difference(const config::Site& before, const config::Site& after) {
  if (before == after) return {};
  std::string lines = difference(only(before), only(after)) + other_secrets(before, after);
  if (!same_rules(before, after)) lines += "  extract: other rules, for pages parsed from now on\n";
  return lines.empty() ? lines : "site " + after.name + ":\n" + lines;
}

using SitesByName = std::unordered_map<std::string_view, const config::Site*>;
SitesByName by_name(const config::Config& config) {
  SitesByName sites;
  for (const config::Site& site : config.sites) sites.emplace(site.name, &site);
  return sites;
}

std::string differences(const Session& session, const config::Config& after) {
  const config::Config& before = session.config();
  const SitesByName old_sites = by_name(before);
  const SitesByName new_sites = by_name(after);
  std::string report;
  for (const config::Site& site : after.sites) {
    const auto old = old_sites.find(site.name);
    if (session.has_left(site.name)) report += "site " + site.name + ": back; its URLs go on\n";
    report += old == old_sites.end() ? "site " + site.name + ": new\n"
                                     : site_difference(*old->second, site);
  }
  for (const config::Site& old : before.sites) {
    if (!new_sites.contains(old.name) && !session.has_left(old.name)) {
      report += "site " + old.name +
                ": left; what is in no other site's scope waits until it comes back\n";
    }
  }
  const std::string run =
      difference(without_sites(before), without_sites(after)) + other_secrets(before, after);
  if (!run.empty()) {
    report += "at the next start:\n" + run;
  }
  return report;
}

// Leaves of `after` the site of this name, and all else as it is now.
base::Status take_over(const std::string& name, const Session& session, config::Config& after) {
  const auto named = [&](const config::Site& one) { return one.name == name; };
  const auto wanted = std::find_if(after.sites.begin(), after.sites.end(), named);
  if (wanted == after.sites.end()) {
    return base::Error{base::Error::Code::not_found, "the file has no site \"" + name + "\""};
  }
  config::Config only_one = session.config();
  std::erase_if(only_one.sites,
                [&](const config::Site& one) { return session.has_left(one.name); });
  const auto here = std::find_if(only_one.sites.begin(), only_one.sites.end(), named);
  if (here == only_one.sites.end()) {
    only_one.sites.push_back(*wanted);
  } else {
    *here = *wanted;
  }
  after = std::move(only_one);
  return base::Done{};
}

// The new rules stand already; when the books cannot be read, old URLs stay as judged. What the
// reload before said is in the books first: what is still to be refused by it would not be taken up
// again.
void judge_books(Session& session, const std::string& before, const std::function<bool()>& go_on,
                 ReloadReport& report) {
  auto reader = storage::Database::open_reader(session.config().database);
  bool whole = true;
  const auto still = [&] { return whole = go_on(); };
  const std::string now = scope_fingerprint(session.config());
  const auto which = looked_at(before, now);
  session.pipeline().wait_judged(still);
  auto judged = reader ? pipeline::judge_again(**reader, *session.sites().table(),
                                               base::SystemClock().wall(), still, which)
                       : base::Result<pipeline::Rejudged>(reader.error());
  if (!judged) {
    base::log::warn("reload.not_judged", {{"why", judged.error().message}});
    session.pipeline().tell(pipeline::Rejudgements{.all = {}, .scope = storage::kMixedScope});
    return;
  }
  report.out_of_scope = judged->queued_out;
  report.given_up = judged->known_out;
  report.queued = judged->queued_again;
  report.passed = judged->passed;
  judged->news.scope = whole ? now : storage::kMixedScope;
  session.pipeline().tell(std::move(judged->news));
}

}  // namespace

std::string ReloadReport::text() const {
  std::string all = differences.empty() ? "no differences\n" : differences;
  all += base::counted(out_of_scope, "queued URL", "queued URLs") + " now out of scope\n";
  if (given_up > 0) {
    all += base::counted(given_up, "known page", "known pages") + " will not be visited again\n";
  }
  if (queued > 0) {
    all += base::counted(queued, "URL that was refused is", "URLs that were refused are") +
           " queued now\n";
  }
  if (passed > 0) {
    all += base::counted(passed, "URL belongs", "URLs belong") + " to another site now\n";
  }
  return all;
}

base::Result<ReloadReport> reload(const std::string& path, Session& session,
                                  const std::string& site, const std::function<bool()>& go_on) {
  auto loaded = config::load(path);
  if (!loaded) return std::move(loaded).error();
  if (loaded->config.sites.empty()) {
    return base::Error{base::Error::Code::invalid, path + ": no sites"};
  }
  // As it was given at the start, whatever the file says.
  loaded->config.database = session.config().database;
  if (!site.empty()) {
    if (base::Status taken = take_over(site, session, loaded->config); !taken) {
      return std::move(taken).error();
    }
  }
  ReloadReport report{.differences = differences(session, loaded->config)};
  const std::string before = scope_fingerprint(session.config());
  if (base::Status replaced = session.replace_sites(std::move(loaded->config.sites)); !replaced) {
    return std::move(replaced).error();
  }
  judge_books(session, before, go_on, report);
  return report;
}

}  // namespace crawld::daemon

#include "crawler/daemon/control_commands.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/daemon/status_json.h"

namespace crawld::daemon {
namespace {

using nlohmann::json;

constexpr int kDeepest = 4;
constexpr std::size_t kMostNamed = 10;  // sites in a line for a person
constexpr std::chrono::seconds kReloadPatience{120};

std::string refused(const std::string& why) {
  return json{{"error", why}}.dump(-1, ' ', false, json::error_handler_t::replace);
}
std::string done(json more = json::object()) {
  more["ok"] = true;
  return more.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string hold(Session& session, const std::string& site, PauseEnds ends) {
  if (const auto held = session.pause(site, ends); !held) return refused(held.error().message);
  base::log::info("control.pause", {{"site", site.empty() ? "all" : site}});
  return done();
}

// What somebody holds beside what was resumed: the whole crawl, or some of its sites.
std::string still_paused(const Session& session, const std::string& site) {
  if (!site.empty()) return session.paused_since() ? "the whole crawl: crawld resume" : "";
  std::string names;
  std::size_t paused = 0;
  for (const SiteState& state : session.site_states()) {
    if (!state.paused_since || state.left || ++paused > kMostNamed) continue;
    names += (paused == 1 ? "" : ", ") + state.name;
  }
  if (paused == 0) return "";
  if (paused > kMostNamed) names += " and " + std::to_string(paused - kMostNamed) + " more";
  return names + ": crawld resume SITE";
}

std::string resume(Session& session, const std::string& site) {
  if (const auto resumed = session.resume(site); !resumed) return refused(resumed.error().message);
  base::log::info("control.resume", {{"site", site.empty() ? "all" : site}});
  const std::string others = still_paused(session, site);
  return others.empty() ? done() : done({{"still_paused", others}});
}

std::string add(Session& session, const std::string& site, const json& urls) {
  model::SiteId id = 0;
  if (!site.empty()) {
    const auto found = session.find_site(site);
    if (!found) return refused("there is no site \"" + site + "\"");
    id = *found;
  }
  if (!urls.is_array()) return refused("urls: a list is wanted");
  // Taken into memory alone they would be gone with the crawl, though their asker heard "added";
  // and once the queue to the books is full, nobody would be answered any more.
  if (const auto why = session.pipeline().store_refuses()) {
    return refused("the crawl cannot store URLs at present: " + why->message +
                   "; add them again once it can");
  }
  const auto table = session.sites().table();
  pipeline::Injections injections;
  std::vector<model::Url> seeds;
  json bad = json::array();
  for (const json& entry : urls) {
    // A text, or an object of "url" and what a URL list says of it.
    const json& text = entry.is_object() && entry.contains("url") ? entry["url"] : entry;
    const json metadata = entry.is_object() ? entry.value("metadata", json()) : json();
    const auto url = text.is_string() ? model::Url::parse(text.get<std::string>()) : std::nullopt;
    if (!url || !url->crawlable()) {
      bad.push_back(text);
      continue;
    }
    const model::Url canonical = (*table)[id]->canonicalizer.canonicalize(*url);
    const policy::Judgement judgement = (*table)[id]->scope.judge_seed(canonical);
    seeds.push_back(canonical);
    injections.all.push_back({.url = canonical,
                              .site = id,
                              .state = judgement.verdict,
                              .reason = judgement.reason,
                              .again = pipeline::AskAgain::yes,
                              .metadata = metadata.is_object() ? metadata.dump() : std::string()});
  }
  session.sites().add_seeds(id, seeds);
  const std::size_t count = injections.all.size();
  if (!session.pipeline().inject(std::move(injections))) return refused("the crawl is ending");
  base::log::info("control.add", {{"urls", count}});
  return done({{"added", count}, {"refused", bad}});
}

// Nothing where it is the file of this crawl, by whatever path.
std::optional<std::string> of_another_file(const Session& session, const std::string& asked) {
  namespace fs = std::filesystem;
  std::error_code failed;
  std::string own;
  if (!session.config_file().empty()) {
    own = fs::absolute(session.config_file(), failed).lexically_normal().string();
    // The path as well: a service may not see what its asker sees.
    if (own == asked || fs::equivalent(own, asked, failed)) return std::nullopt;
  }
  const json answer = {{"error", "this crawl runs with another configuration"}, {"runs_with", own}};
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string tell(const base::Result<ReloadReport>& report) {
  if (!report) return refused(report.error().message);
  return done({{"report", report->text()},
               {"differences", report->differences},
               {"out_of_scope", report->out_of_scope},
               {"given_up", report->given_up},
               {"queued", report->queued},
               {"passed", report->passed}});
}

ControlSocket::Reply reload(ControlWishes& wishes, const std::string& site) {
  if (!wishes.can_reload)
    return refused(
        "a one-shot crawl cannot reload; stop it, and the same command goes on with the new file");
  const base::Instant until = std::chrono::steady_clock::now() + kReloadPatience;
  std::shared_ptr<ControlWishes::Reload> wish;
  return [&wishes, site, until, wish]() mutable -> std::optional<std::string> {
    if (!wish) wish = wishes.ask_for_reload(site);
    const auto report = wish ? wishes.report_of(*wish) : std::nullopt;
    if (report) return tell(*report);
    if (std::chrono::steady_clock::now() < until) return std::nullopt;
    return refused("the reload takes long; its report will be in the log");
  };
}

}  // namespace

std::shared_ptr<ControlWishes::Reload> ControlWishes::ask_for_reload(const std::string& site) {
  base::MutexLock lock(mutex_);
  if (next_) return nullptr;
  next_ = std::make_shared<Reload>(Reload{.site = site, .report = {}});
  reload = true;
  return next_;
}

std::optional<base::Result<ReloadReport>> ControlWishes::report_of(Reload& wish) {
  base::MutexLock lock(mutex_);
  return std::exchange(wish.report, std::nullopt);
}

std::shared_ptr<ControlWishes::Reload> ControlWishes::begin_reload() {
  base::MutexLock lock(mutex_);
  return std::exchange(next_, nullptr);
}

void ControlWishes::reloaded(Reload& wish, base::Result<ReloadReport> report) {
  base::MutexLock lock(mutex_);
  wish.report = std::move(report);
}

ControlSocket::Reply answer_control(const std::string& request, Session& session,
                                    ControlWishes& wishes) {
  // What is nested deeper than any request of ours is left out: copies of it would recurse.
  const auto shallow = [](int depth, json::parse_event_t, const json&) {
    return depth <= kDeepest;
  };
  const json asked = json::parse(request, shallow, false);
  if (!asked.is_object() || !asked.contains("command") || !asked["command"].is_string()) {
    return refused("a JSON object with a \"command\" is wanted");
  }
  const auto command = asked["command"].get<std::string>();
  // A name that is none must not pass for no name, which means all sites.
  for (const char* key : {"site", "config"}) {
    if (asked.contains(key) && (!asked[key].is_string() || asked[key] == "")) {
      return refused("\"" + std::string(key) +
                     "\" is empty or no string; leave it out, or name one");
    }
  }
  const std::string site = asked.value("site", "");
  if (asked.contains("config")) {
    if (auto other = of_another_file(session, asked["config"].get<std::string>())) {
      return *std::move(other);
    }
  }
  if (command == "status") return status_json(session);
  if (command == "pause") return hold(session, site, PauseEnds::never);
  if (command == "resume") return resume(session, site);
  if (command == "add") return add(session, site, asked.value("urls", json()));
  // A site that is stopped stays so until it is resumed or the crawl is started again.
  if (command == "stop" && !site.empty()) return hold(session, site, PauseEnds::with_the_run);
  if (command == "stop") {
    wishes.stop = true;
    return done();
  }
  if (command == "reload") return reload(wishes, site);
  return refused("there is no command \"" + command + "\"");
}

}  // namespace crawld::daemon

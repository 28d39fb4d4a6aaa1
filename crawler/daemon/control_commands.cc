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

// The answer where there is one at once.
ControlSocket::Reply promised(ControlSocket::Promise promise) {
  auto answer = promise();
  if (answer) return *std::move(answer);
  return promise;
}

// Answers once the next run would know of what was said of the site.
ControlSocket::Reply once_booked(Session& session, const std::string& site, std::string answer) {
  pipeline::Receipt stored;
  return promised(
      [=, &session, answer = std::move(answer)]() mutable -> std::optional<std::string> {
        if (!stored) {
          auto booked = session.book_pause(site);
          if (!booked) return refused(booked.error().message);
          stored = *std::move(booked);
        }
        if (stored && stored->load()) return answer;
        if (const auto why = session.pipeline().store_refuses()) {
          return refused(
              "done, but a restart would not know of it, since the crawl cannot store at "
              "present: " +
              why->message + "; say it again once it can");
        }
        return std::nullopt;
      });
}

ControlSocket::Reply hold(Session& session, const std::string& site, PauseEnds ends) {
  if (const auto held = session.pause(site, ends); !held) return refused(held.error().message);
  base::log::info("control.pause", {{"site", site.empty() ? "all" : site}});
  return once_booked(session, site, done());
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

ControlSocket::Reply resume(Session& session, const std::string& site) {
  if (const auto resumed = session.resume(site); !resumed) return refused(resumed.error().message);
  base::log::info("control.resume", {{"site", site.empty() ? "all" : site}});
  const std::string others = still_paused(session, site);
  return once_booked(session, site, others.empty() ? done() : done({{"still_paused", others}}));
}

std::string cannot_store(const base::Error& why) {
  return refused("the crawl cannot store URLs at present: " + why.message +
                 "; add them again once it can");
}

// Answers once the URLs would be known after a kill; where `more` of their list follow, at once:
// the answer to the last of them is for all.
ControlSocket::Reply enter(Session& session, pipeline::Injections injections, bool more,
                           std::string answer) {
  const auto stored = std::make_shared<std::atomic<bool>>(false);
  const std::size_t count = injections.all.size();
  injections.stored = stored;
  auto item = std::make_shared<pipeline::CommitItem>(std::move(injections));
  return promised(
      [=, &session, answer = std::move(answer)]() mutable -> std::optional<std::string> {
        // Taken into memory alone they would be gone with the crawl, though their asker heard
        // "added".
        const bool is_stored = stored->load();
        if (const auto why = session.pipeline().store_refuses(); why && !is_stored) {
          return cannot_store(*why);
        }
        if (item) {
          const base::Handed handed = session.pipeline().hand(*item);
          if (handed == base::Handed::closed) return refused("the crawl is ending");
          if (handed == base::Handed::full) return std::nullopt;
          item.reset();
          base::log::info("control.add", {{"urls", count}});
        }
        if (more || is_stored) return answer;
        return std::nullopt;
      });
}

ControlSocket::Reply add(Session& session, const std::string& site, const json& urls, bool more) {
  model::SiteId id = 0;
  if (!site.empty()) {
    const auto found = session.find_site(site);
    if (!found) return refused("there is no site \"" + site + "\"");
    id = *found;
  }
  if (!urls.is_array()) return refused("urls: a list is wanted");
  if (const auto why = session.pipeline().store_refuses()) return cannot_store(*why);
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
  std::string answer = done({{"added", injections.all.size()}, {"refused", bad}});
  return enter(session, std::move(injections), more, std::move(answer));
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
  if (command == "add") {
    return add(session, site, asked.value("urls", json()), asked.value("more", json()) == true);
  }
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

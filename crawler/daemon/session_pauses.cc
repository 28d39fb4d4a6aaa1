// Session: what a person holds, and for how long.
#include "crawler/base/log.h"
#include "crawler/daemon/session.h"
#include "storage/pauses.h"

namespace crawld::daemon {
namespace {

using base::Status;

std::string shown(const std::string& site) { return site.empty() ? "all" : site; }

base::Error no_site(const std::string& name) {
  return {base::Error::Code::not_found, "there is no site \"" + name + "\""};
}

}  // namespace

// A service that crashed is started again by nobody who knows why a site rests. A one-shot crawl
// is a person's order of now.
Status Session::take_up_pauses() {
  auto stored = storage::stored_pauses(store_->database());
  if (!stored) return std::move(stored).error();
  for (const storage::SitePause& pause : *stored) {
    const base::WallTime since = base::from_millis(pause.since);
    if (!setup_.mode.recurring) {
      if (!pause.site.empty() && !find_site(pause.site)) continue;
      base::log::warn("pause.not_kept", {{"site", shown(pause.site)},
                                         {"since", base::to_iso8601(since)},
                                         {"why", "only crawld run keeps to it"}});
      continue;
    }
    {
      base::MutexLock lock(mutex_);
      paused_[pause.site] = {.since = since, .ends = PauseEnds::never};
    }
    const auto id = find_site(pause.site);
    if (!pause.site.empty() && !id) continue;  // tell_stray_pauses() has it
    pause.site.empty() ? pipeline_->hold(pipeline::Hold::user, true)
                       : frontier_->pause_site(*id, true);
    base::log::warn("pause.kept", {{"site", shown(pause.site)},
                                   {"since", base::to_iso8601(since)},
                                   {"until", "crawld resume " + pause.site}});
  }
  tell_stray_pauses();
  return base::Done{};
}

Status Session::pause(const std::string& site, PauseEnds ends) {
  if (!site.empty() && !find_site(site)) return no_site(site);
  {
    base::MutexLock lock(mutex_);
    Pause& pause = paused_.try_emplace(site, Pause{clock_.wall(), ends}).first->second;
    if (ends == PauseEnds::never) pause.ends = ends;
  }
  obey(site);
  return base::Done{};
}

Status Session::resume(const std::string& site) {
  bool was_paused = false;
  {
    base::MutexLock lock(mutex_);
    was_paused = paused_.erase(site) > 0;
  }
  if (!was_paused && !site.empty() && !find_site(site)) return no_site(site);
  obey(site);
  return base::Done{};
}

// Two people may say something else at once: what was said last must hold, here and on disk.
void Session::obey(const std::string& site) {
  std::optional<Pause> wanted;
  do {
    wanted = pause_of(site);
    if (site.empty()) {
      pipeline_->hold(pipeline::Hold::user, wanted.has_value());
    } else if (const auto id = find_site(site)) {
      frontier_->pause_site(*id, wanted.has_value());
    }
  } while (pause_of(site) != wanted);
}

base::Result<pipeline::Receipt> Session::book_pause(const std::string& site) {
  pipeline::Receipt stored;
  std::optional<Pause> wanted;
  do {
    wanted = pause_of(site);
    const bool ends_with_run = wanted && wanted->ends == PauseEnds::with_the_run;
    const bool none_needed = !setup_.mode.recurring || ends_with_run;
    stored = std::make_shared<std::atomic<bool>>(none_needed);
    if (none_needed) continue;
    pipeline::PauseNews news{.site = site, .since = {}, .stored = stored};
    if (wanted) news.since = wanted->since;
    pipeline::CommitItem item = std::move(news);
    const base::Handed handed = pipeline_->hand(item);
    if (handed == base::Handed::full) return pipeline::Receipt();
    if (handed == base::Handed::closed) {
      return base::Error{base::Error::Code::busy, "the crawl is ending"};
    }
  } while (pause_of(site) != wanted);
  return stored;
}

std::optional<Session::Pause> Session::pause_of(const std::string& site) const {
  base::MutexLock lock(mutex_);
  const auto pause = paused_.find(site);
  return pause == paused_.end() ? std::nullopt : std::optional(pause->second);
}

std::optional<base::WallTime> Session::paused_since() const {
  const auto pause = pause_of("");
  return pause ? std::optional(pause->since) : std::nullopt;
}

// A site that a reload took out rests; one that comes back, or is new, does where it is paused.
void Session::hold_sites(const pipeline::SiteNames& names) {
  for (model::SiteId id = 0; id < names.all.size(); ++id) {
    const bool held = names.left.contains(id) || pause_of(names.all[id]).has_value();
    if (frontier_->is_paused(id) != held) frontier_->pause_site(id, held);
  }
}

// The site may go by another name now, and be crawled.
void Session::tell_stray_pauses() const {
  std::map<std::string, Pause> paused;
  {
    base::MutexLock lock(mutex_);
    paused = paused_;
  }
  for (const auto& [site, pause] : paused) {
    if (site.empty() || find_site(site)) continue;
    base::log::warn("pause.of_no_site", {{"site", site},
                                         {"since", base::to_iso8601(pause.since)},
                                         {"until", "crawld resume " + site},
                                         {"why", "no site of the configuration has this name"}});
  }
}

}  // namespace crawld::daemon

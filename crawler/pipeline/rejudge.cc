#include "crawler/pipeline/rejudge.h"

#include <ctime>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "crawler/pipeline/site_index.h"
#include "storage/url_walk.h"

namespace crawld::pipeline {
namespace {

using model::Verdict;

int year_of(base::WallTime wall) {
  const auto seconds = static_cast<std::time_t>(base::to_millis(wall) / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts.tm_year + 1900;
}

class Judge {
 public:
  Judge(const SiteTable& sites, int this_year)
      : table_(sites), index_(sites), this_year_(this_year) {
    for (const auto& site : sites) sites_.emplace(site->name, site.get());
  }

  void judge(const storage::JudgedUrl& known) {
    // Redirects are counted where they are followed, not by a scope rule.
    if (known.reason == "max_redirects") return;
    const auto url = model::Url::parse(known.url);
    if (!url) return;
    const auto site = sites_.find(known.site);
    const bool configured = site != sites_.end();
    policy::Judgement now{Verdict::out_of_scope, {}};
    if (configured) now = judged_by(*site->second, known, *url);
    if (now.verdict == Verdict::queued) {
      if (is_refused(known.state)) tell(known, std::move(now), {});
      return;
    }
    if (const auto other = find_site(known, *url)) {
      tell(known, {}, other);
    } else if (configured && !is_refused(known.state)) {
      tell(known, std::move(now), {});
    }
  }

  Rejudged out;

 private:
  policy::Judgement judged_by(const SiteRules& site, const storage::JudgedUrl& known,
                              const model::Url& url) const {
    if (known.is_seed && site.name == known.site) return site.scope.judge_seed(url);
    return site.scope.judge(url, {.depth = known.depth, .purpose = known.purpose}, this_year_);
  }

  // Another site in whose scope the URL is, and in whose form it is written.
  std::optional<model::SiteId> find_site(const storage::JudgedUrl& known,
                                         const model::Url& url) const {
    for (const model::SiteId id : index_.near(url)) {
      const SiteRules& other = *table_[id];
      if (other.name == known.site || other.canonicalizer.canonicalize(url) != url) continue;
      if (judged_by(other, known, url).verdict == Verdict::queued) return id;
    }
    return std::nullopt;
  }

  void tell(const storage::JudgedUrl& known, policy::Judgement now,
            std::optional<model::SiteId> site) {
    const bool waits = known.state == Verdict::queued || known.state == Verdict::retry_later;
    if (now.verdict != Verdict::queued) {
      ++(waits ? out.queued_out : out.known_out);
    } else if (is_refused(known.state)) {
      ++out.queued_again;
    }
    out.news.all.push_back({known.id, now.verdict, std::move(now.reason), site});
  }

  const SiteTable& table_;
  const SiteIndex index_;
  std::unordered_map<std::string_view, const SiteRules*> sites_;
  const int this_year_;
};

}  // namespace

bool is_refused(Verdict state) {
  return state == Verdict::out_of_scope || state == Verdict::too_deep ||
         state == Verdict::trapped || state == Verdict::blocked;  // that is, for its port
}

base::Result<Rejudged> judge_again(storage::Database& reader, const SiteTable& sites,
                                   base::WallTime now, const std::function<bool()>& go_on) {
  Judge judge(sites, year_of(now));
  auto done = storage::each_judged_url(
      reader, [&](const storage::JudgedUrl& url) { judge.judge(url); }, go_on);
  if (!done) return std::move(done).error();
  return std::move(judge.out);
}

}  // namespace crawld::pipeline

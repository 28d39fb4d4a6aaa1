#include "crawler/pipeline/rejudge.h"

#include <ctime>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "crawler/pipeline/site_index.h"
#include "storage/reports/url_walk.h"

namespace crawld::pipeline {
namespace {

using model::Verdict;

int year_of(base::WallTime wall) {
  const auto seconds = static_cast<std::time_t>(base::to_millis(wall) / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts.tm_year + 1900;
}

// By scope alone, and not by anything that is asked when its turn comes.
bool is_refused_by_scope(const storage::JudgedUrl& known) {
  if (known.state == Verdict::too_deep) return known.reason != "max_redirects";
  if (known.state == Verdict::blocked) return known.reason == "port";
  return known.state == Verdict::out_of_scope || known.state == Verdict::trapped;
}

// Whether the setting that refused the URL may say yes today.
bool may_lift(const SiteRules& site, const storage::JudgedUrl& known, Refused which) {
  if (which == Refused::by_scope) return false;
  const std::string_view reason = known.reason;
  if (known.state == Verdict::over_budget) return true;
  if (known.state == Verdict::too_deep) return known.redirects < site.settle.max_redirects;
  if (reason.ends_with("blocked_address")) return !site.config.allow_addresses.empty();
  if (known.state == Verdict::blocked) return true;
  if (reason.starts_with("opt_out")) return site.settle.opt_out_uses.empty();
  if (reason.starts_with("crawl-delay")) return true;
  const bool by_rules = reason.starts_with("robots.txt line") || reason == "robots.txt too costly";
  if (which == Refused::by_robots && by_rules) return true;
  return reason.starts_with("robots.txt") && site.config.robots == config::RobotsPolicy::ignore;
}

constexpr std::string_view kRenamed = "canonicalize";

class Judge {
 public:
  Judge(const SiteTable& sites, int this_year, Refused which)
      : table_(sites), this_year_(this_year), which_(which) {
    for (const auto& site : sites) {
      if (!site->left) sites_.emplace(site->name, site.get());
    }
  }

  void judge(const storage::JudgedUrl& known) {
    const auto site = sites_.find(known.site);
    const bool configured = site != sites_.end();
    const bool by_setting = is_refused(known.state) && !is_refused_by_scope(known);
    const bool lifts = !by_setting || (configured && may_lift(*site->second, known, which_));
    if (configured && !lifts && !known.is_due) return;
    const auto url = model::Url::parse(known.url);
    if (!url) return;
    policy::Judgement now{Verdict::out_of_scope, {}};
    if (configured) now = judged_by(*site->second, known, *url);
    if (configured && now.verdict == Verdict::queued) {
      if (auto name = name_of_now(*site->second, known, *url)) {
        return rename(known, *std::move(name));
      }
    }
    if (now.verdict == Verdict::queued) {
      if (is_refused(known.state) && lifts) tell(known, std::move(now), {});
      return;
    }
    if (const auto other = find_site(known, *url)) {
      tell(known, {}, other);
    } else if (configured && (known.is_due || !is_refused(known.state))) {
      tell(known, std::move(now), {});
    }
  }

  Rejudged out;

 private:
  policy::Judgement judged_by(const SiteRules& site, const storage::JudgedUrl& known,
                              const model::Url& url) const {
    const bool own = site.name == known.site;
    if (known.is_seed && own) return site.scope.judge_seed(url);
    return site.scope.judge(
        url, {.depth = known.depth, .purpose = known.purpose, .embedded = known.is_embedded && own},
        this_year_);
  }

  // Where the site's rules spell the URL otherwise, by folding its host into another one or by
  // leaving parameters out, and scope admits that: both spellings would be visited for ever.
  std::optional<model::Url> name_of_now(const SiteRules& site, const storage::JudgedUrl& known,
                                        const model::Url& url) const {
    if (known.is_target) return std::nullopt;
    model::Url name = site.canonicalizer.canonicalize(url);
    if (name == url) return std::nullopt;
    if (judged_by(site, known, name).verdict != Verdict::queued) return std::nullopt;
    return name;
  }

  void rename(const storage::JudgedUrl& known, model::Url name) {
    if (known.state == Verdict::out_of_scope && known.reason == kRenamed) return;
    tell(known, {Verdict::out_of_scope, std::string(kRenamed)}, {});
    out.news.all.back().renamed_to = std::make_shared<const model::Url>(std::move(name));
  }

  // Another site in whose scope the URL is, and in whose form it is written.
  std::optional<model::SiteId> find_site(const storage::JudgedUrl& known, const model::Url& url) {
    if (!index_) index_.emplace(table_);  // mostly nobody asks, and seeds may be millions
    for (const model::SiteId id : index_->near(url, known.purpose)) {
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
    if (site) ++out.passed;
    out.news.all.push_back({known.id, now.verdict, std::move(now.reason), site, {}});
  }

  const SiteTable& table_;
  std::optional<SiteIndex> index_;
  std::unordered_map<std::string_view, const SiteRules*> sites_;
  const int this_year_;
  const Refused which_;
};

}  // namespace

bool is_refused(Verdict state) {
  return state == Verdict::out_of_scope || state == Verdict::too_deep ||
         state == Verdict::trapped || state == Verdict::blocked || state == Verdict::disallowed ||
         state == Verdict::over_budget;
}

base::Result<Rejudged> judge_again(storage::Database& reader, const SiteTable& sites,
                                   base::WallTime now, const std::function<bool()>& go_on,
                                   Refused which) {
  Judge judge(sites, year_of(now), which);
  auto done = storage::each_judged_url(
      reader, [&](const storage::JudgedUrl& url) { judge.judge(url); }, go_on);
  if (!done) return std::move(done).error();
  return std::move(judge.out);
}

base::Result<Rejudgements> left_by_limits(storage::Database& reader) {
  Rejudgements left;
  auto done = storage::each_url_over_limits(reader, [&](model::UrlId id) {
    left.all.push_back({.id = id, .verdict = Verdict::queued, .reason = {}, .site = {}});
  });
  if (!done) return std::move(done).error();
  return left;
}

}  // namespace crawld::pipeline

#include "crawler/pipeline/rejudge.h"

#include <ctime>
#include <string_view>
#include <unordered_map>

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

bool is_refused(Verdict state) {
  return state == Verdict::out_of_scope || state == Verdict::too_deep ||
         state == Verdict::trapped || state == Verdict::blocked;  // that is, for its port
}

class Judge {
 public:
  Judge(const SiteTable& sites, int this_year) : this_year_(this_year) {
    for (const auto& site : sites) sites_.emplace(site->name, site.get());
  }

  void judge(const storage::JudgedUrl& known) {
    const auto site = sites_.find(known.site);
    // Redirects are counted where they are followed, not by a scope rule.
    if (site == sites_.end() || known.reason == "max_redirects") return;
    const auto url = model::Url::parse(known.url);
    if (!url) return;
    const policy::ScopeRules& scope = site->second->scope;
    policy::Judgement now =
        known.is_seed
            ? scope.judge_seed(*url)
            : scope.judge(*url, {.depth = known.depth, .purpose = known.purpose}, this_year_);
    const bool admitted = now.verdict == Verdict::queued;
    if (is_refused(known.state)) {
      if (!admitted) return;
      ++out.queued_again;
    } else {
      if (admitted) return;
      const bool waits = known.state == Verdict::queued || known.state == Verdict::retry_later;
      ++(waits ? out.queued_out : out.known_out);
    }
    out.news.all.push_back({known.id, now.verdict, std::move(now.reason)});
  }

  Rejudged out;

 private:
  std::unordered_map<std::string_view, const SiteRules*> sites_;
  const int this_year_;
};

}  // namespace

base::Result<Rejudged> judge_again(storage::Database& reader, const SiteTable& sites,
                                   base::WallTime now, const std::function<bool()>& go_on) {
  Judge judge(sites, year_of(now));
  auto done = storage::each_judged_url(
      reader, [&](const storage::JudgedUrl& url) { judge.judge(url); }, go_on);
  if (!done) return std::move(done).error();
  return std::move(judge.out);
}

}  // namespace crawld::pipeline

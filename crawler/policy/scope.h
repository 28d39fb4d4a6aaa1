// Which URLs belong to a site: the rules between a link and the frontier.
//
// Ordered, first refusal wins, and each refusal names its rule, so that `crawld why`
// can answer. Compiled once per site and shared by the parse threads; what is let in while the
// crawl runs (let_in) is seen by all of them, and by copies of the rules, at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/config.h"
#include "crawler/base/mutex.h"
#include "crawler/base/pattern.h"
#include "crawler/base/result.h"
#include "crawler/model/settlement.h"
#include "crawler/policy/traps.h"

namespace crawld::policy {

struct Judgement {
  model::Verdict verdict = model::Verdict::queued;  // queued: admitted
  std::string reason;                               // the rule that refused
};

// What is known of a link besides its URL.
struct LinkContext {
  std::uint32_t depth = 0;  // of the link's target
  model::Purpose purpose = model::Purpose::page;
  bool embedded = false;  // a part of the page that names it: an image, a style sheet
};

class ScopeRules {
 public:
  // Seeds and patterns of `site`; an Error names the pattern or seed that is wrong.
  static base::Result<ScopeRules> compile(const config::Site& site);

  // Parts of a page are in scope at the hosts of the seeds also where the scope is a page or a
  // prefix, and three steps below the deepest pages: a style sheet, what it imports, an image.
  Judgement judge(const model::Url& url, const LinkContext& context, int this_year) const;

  // A URL the user asked for by name: only what can never be fetched is refused.
  Judgement judge_seed(const model::Url& url) const;

  // More in scope while running (`crawld add`, `redirect of a seed`). Costs the same however many
  // seeds there are: of a long list of names half redirect to "www.". Threads: any.
  void let_in(const model::Url& seed) const;
  // let_in() of this one would let nothing more in.
  bool covers(const model::Url& seed) const;

 private:
  // What is asked of the seeds by the scope and patterns of the site: the rest of them, of which
  // there may be millions, need not be known.
  struct AskedFor {
    bool hrefs = false;
    bool directories = false;
    bool hosts = false;
    bool registrable = false;
  };
  // What the seeds let in, by each kind of scope.
  struct Seeds {
    void add(const model::Url& seed, const AskedFor& asked_for);
    bool has(const model::Url& url, config::Scope scope) const;

    std::unordered_set<std::string> hrefs;
    std::set<std::string, std::less<>> directories;  // without their scheme
    std::unordered_set<std::string> hosts;
    std::unordered_set<std::string> registrable;  // domains
    std::unordered_set<std::uint16_t> ports;
  };
  struct LetIn {
    std::atomic<bool> any{false};  // most sites have none, and their links take no lock
    base::Mutex mutex;
    Seeds seeds CRAWL_GUARDED_BY(mutex);
  };

  // What `asked` says of the configured seeds, or of those that were let in.
  template <class Asked>
  bool of_seeds(const Asked& asked) const;
  std::optional<Judgement> refuse_never(const model::Url& url) const;
  bool port_allowed(const model::Url& url) const;
  bool in_scope(const model::Url& url) const;
  bool may_be_part(const model::Url& url) const;
  bool included(const model::Url& url) const;

  config::Scope scope_ = config::Scope::host;
  AskedFor asked_for_;
  Seeds seeds_;
  // Shared by copies: a reload copies the rules of a site that leaves.
  std::shared_ptr<LetIn> let_in_ = std::make_shared<LetIn>();
  std::unordered_set<std::string> domains_;  // config: these and what ends in them
  std::unordered_set<std::uint16_t> ports_;  // besides those of the seeds
  std::vector<base::Pattern> include_;
  std::vector<base::Pattern> exclude_;
  std::vector<base::Pattern> logout_;  // where the site has a login
  std::optional<std::uint32_t> max_depth_;
  TrapLimits traps_;
};

}  // namespace crawld::policy

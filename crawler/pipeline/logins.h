// Which sites are logged in, and when each logs in (again).
//
// A site with a login is held by the frontier until it is through, and again once its session is
// over. Nobody logs in before a URL of the site waits. What was asked of the server before the
// session began, or when it was over, is put back and asked again.
//
// Never a loop of logins: one that is refused is tried again after minutes, then hours; sessions
// that end at once are begun ever more slowly. Which URL showed the end is asked again first: where
// it shows the same, as a page that is forbidden to everybody does, it is booked so, and from then
// on only several signs in a row, without a good answer between them, are the end of a session.
// Where no page ever was had, it is asked once more after others had their turn, and then the
// login counts as refused: a server may answer a wrong password with a page that asks for none.
//
// The commit stage owns it. Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "crawler/base/clock.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/model/settlement.h"
#include "crawler/pipeline/login_step.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::pipeline {

enum class LoginState : std::uint8_t {
  out,        // not asked yet, or over
  under_way,  // a step is with the server
  in,
  resting,  // failed; tried again later
  given_up  // refused, and a one-shot crawl does not wait for better days
};
inline constexpr std::size_t kLoginStates = 5;
std::string_view to_string(LoginState state);

// For `status`.
struct LoginStatus {
  std::string site;
  LoginState state = LoginState::out;
  std::string why;             // of the last one that failed; empty: none did
  std::uint64_t sessions = 0;  // begun
  base::Instant next = {};     // of one that rests: when it is tried again
};

class Logins {
 public:
  // Makes a host known to the books and the frontier.
  using HostOf = std::function<model::HostId(const model::Url&, model::SiteId)>;

  Logins(frontier::LocalFrontier& frontier, SiteBook& sites, const base::Clock& clock,
         bool recurring, HostOf host_of);

  // At the start and after each reload: holds the sites that have a login now, lets others go.
  void take_up_sites();
  // Begins the logins that are wanted and due. Looks at those of which something changed since the
  // last call, not at all.
  void turn();
  // The next moment at which turn(), which was just called, may have something to do; nothing: not
  // by time.
  std::optional<base::Instant> next_turn() const;

  void add(const LoginReply& reply);
  // A step that was not leased: its host is dead or closed.
  void refused(const frontier::Refusal& refusal);
  // Before it is booked: what shows that the session was over is made to come again.
  void judge(model::Settled& settled);
  // This URL showed the end of the site's last session and was not asked again yet: it goes before
  // all others, or the next session may be over as well when its turn comes.
  bool is_on_trial(model::SiteId site, model::UrlId url) const {
    const auto found = sessions_.find(site);
    return found != sessions_.end() && found->second.on_trial && found->second.ended_by == url;
  }

  // Each login that is wanted was given up, and one was. As the last turn() left it.
  bool all_given_up() const;
  // The logins of which something changed since the last call, with what they are now; nothing: the
  // site has none any more.
  using Changes = std::map<model::SiteId, std::optional<LoginStatus>>;
  Changes take_changes();

 private:
  struct Session {
    model::SiteId site = 0;
    LoginState state = LoginState::out;  // moves by move_to()
    policy::LoginPlan plan;
    std::string name;                        // of the site
    base::Instant since{};                   // `in`: when it began
    base::Instant again{};                   // out, resting: not before
    std::optional<base::Instant> in_line{};  // stands in line_ so
    std::uint32_t failures = 0;              // in a row, of the moment
    std::uint32_t refusals = 0;              // in a row
    std::uint64_t good = 0;                  // answers of this session without a sign of its end
    std::uint32_t brief = 0;                 // sessions in a row that ended soon
    std::uint32_t signs = 0;                 // in a row
    std::uint32_t needless = 0;  // logins in a row after which the same sign was shown again
    model::UrlId ended_by = 0;   // the URL that showed the end of the last session
    bool on_trial = false;       // it was not asked again yet
    bool proven = false;         // some page was had in one of its sessions
    bool superseded = false;     // the step that is out is of a plan that a reload changed
    std::uint64_t sessions = 0;
    std::string why;
    std::string note;
  };

  std::size_t& count(LoginState state);
  void move_to(Session& session, LoginState state);
  void put_in_line(Session& session);
  void leave_line(Session& session);
  void forget(model::SiteId site);
  void begin(Session& session);
  void enter(Session& session);
  void fail(Session& session, const LoginReply& reply);
  void refuse(Session& session, const std::string& why);
  void rest(Session& session, base::Duration time, const std::string& why);
  // What an answer with a sign means for the session that it was asked in.
  enum class Meaning : std::uint8_t { over, not_known_yet, not_over, fruitless };
  Meaning meaning_of(Session& session, const model::Settled& settled);
  void count_good(Session& session, const model::Settled& settled);
  void give_up_fruitless(Session& session, const model::Settled& settled);
  void leave(Session& session, const model::Settled& settled);
  Session* find(model::SiteId site);
  bool is_stray(model::SiteId site, Session* session);

  frontier::LocalFrontier& frontier_;
  SiteBook& sites_;
  const base::Clock& clock_;
  const bool recurring_;
  const HostOf host_of_;
  std::map<model::SiteId, Session> sessions_;  // of sites that have a login
  std::set<model::SiteId> strays_;             // sites whose login left while a step of it was out
  // Those that could begin (out or resting, and wanted), by when they may.
  std::set<std::pair<base::Instant, model::SiteId>> line_;
  std::array<std::size_t, kLoginStates> in_state_{};  // sessions
  std::set<model::SiteId> moved_;                     // since turn() looked
  std::set<model::SiteId> untold_;                    // since take_changes()
};

}  // namespace crawld::pipeline

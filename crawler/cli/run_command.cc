// crawld run: the daemon, in the foreground, for systemd.
#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "config/load.h"
#include "config/units.h"
#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/ending.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/log_format.h"
#include "crawler/cli/stop_signals.h"
#include "crawler/daemon/control_commands.h"
#include "crawler/daemon/control_socket.h"
#include "crawler/daemon/guards.h"
#include "crawler/daemon/metrics.h"
#include "crawler/daemon/notify.h"
#include "crawler/daemon/reload.h"
#include "crawler/daemon/session.h"
#include "crawler/daemon/state_dump.h"
#include "crawler/daemon/watchdog.h"

namespace crawld::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTurn{200};
constexpr milliseconds kPatience{120'000};  // longer than any parse deadline

base::log::Level log_level(const std::string& name) {
  if (name == "debug") return base::log::Level::debug;
  if (name == "warn") return base::log::Level::warn;
  if (name == "error") return base::log::Level::error;
  return base::log::Level::info;
}

// TERM, INT: end. HUP: reload. QUIT, USR1, USR2: tell what everything is doing, as other programs
// are asked for that by one or the other.
sigset_t daemon_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, signal);
  }
  return set;
}

class Daemon {
 public:
  Daemon(daemon::Session& session, StopSignals& signals, std::string config_file)
      : session_(session),
        signals_(signals),
        config_file_(std::move(config_file)),
        guards_(daemon::guard_limits(session.config()), session.pipeline()),
        watchdog_(kPatience, session.config().convert.empty() ? milliseconds{0}
                                                              : session.config().convert_timeout) {}

  base::Status open() {
    const config::Config& config = session_.config();
    guards_.look();  // before the first request: that may be one too many
    wishes_.can_reload = true;
    if (base::Status listening = listen(); !listening) return listening;
    if (config.metrics_listen.empty()) return base::Done{};
    auto metrics =
        daemon::serve_metrics(config.metrics_listen, session_, [this] { return healthy_.load(); });
    if (!metrics) return std::move(metrics).error();
    metrics_ = *std::move(metrics);
    return base::Done{};
  }

  // Turns until it is told to end, a limit is reached, or the store fails. Signals are asked for
  // within, and let in behind it.
  Ending run() {
    signals_.hold_back();
    if (signals_.asked()) end_by_signal();
    Ending ending = loop();
    if (signalled_) {
      signals_.arm_second();
    } else {
      signals_.let_in();
    }
    return ending;
  }

 private:
  // At `control`, and beside the database, where those look who know nothing else of the crawl.
  base::Status listen() {
    const config::Config& config = session_.config();
    if (config.control.empty()) return base::Done{};
    const auto answer = [this](const std::string& request) {
      return daemon::answer_control(request, session_, wishes_);
    };
    auto control = daemon::ControlSocket::open(config.control, answer);
    if (!control) return std::move(control).error();
    control_ = *std::move(control);
    const std::string beside = config.database + ".sock";
    if (beside == config.control) return base::Done{};
    auto second = daemon::ControlSocket::open(beside, answer);
    if (second) {
      control_beside_database_ = *std::move(second);
    } else {
      base::log::warn("control.none", {{"why", second.error().message}});
    }
    return base::Done{};
  }

  Ending loop() {
    daemon::notify_service_manager("READY=1");
    const base::Instant started = clock_.now();
    const milliseconds most_time = session_.config().limits.time;
    while (session_.pipeline().end() == pipeline::End::running) {
      if (wishes_.stop) return {kFinished, "stopped", false};
      if (auto over = end_of_time(most_time, started, clock_.now())) return *std::move(over);
      take_signal(kTurn);
      if (wishes_.reload.exchange(false)) reload();
      look();
    }
    return ending_of(session_.pipeline().end());
  }

  void end_by_signal() {
    signalled_ = true;
    wishes_.stop = true;
  }

  void take_signal(milliseconds patience) {
    const sigset_t signals = daemon_signals();
    const timespec most{0, std::chrono::nanoseconds(patience).count()};
    switch (sigtimedwait(&signals, nullptr, &most)) {
      case SIGTERM:
      case SIGINT:
        end_by_signal();
        break;
      case SIGHUP:
        wishes_.reload = true;
        break;
      case SIGQUIT:
      case SIGUSR1:
      case SIGUSR2:
        daemon::log_state(session_);
        break;
      default:
        break;
    }
  }

  // Of many URLs it takes long: guards, watchdog and signals are looked after meanwhile.
  bool goes_on() {
    look();
    take_signal(milliseconds(0));
    return !wishes_.stop;
  }

  void reload() {
    const auto wish = wishes_.begin_reload();
    daemon::notify_service_manager("RELOADING=1");
    auto report = daemon::reload(config_file_, session_, wish ? wish->site : std::string(),
                                 [this] { return goes_on(); });
    ::malloc_trim(0);  // what reading the rules and the books took
    daemon::notify_service_manager("READY=1");
    if (report) {
      base::log::info("reload.done", {{"differences", report->differences},
                                      {"out_of_scope", report->out_of_scope},
                                      {"given_up", report->given_up},
                                      {"queued", report->queued},
                                      {"passed", report->passed}});
    } else {
      base::log::error("reload.refused",
                       {{"why", report.error().message}, {"running", "the old configuration"}});
    }
    if (wish) wishes_.reloaded(*wish, std::move(report));
  }

  // Once a second: guards, watchdog, status; once an interval: the line of figures.
  void look() {
    const base::Instant now = clock_.now();
    if (now < next_look_) return;
    next_look_ = now + std::chrono::seconds(1);
    guards_.look();
    session_.look();
    const pipeline::Status status = session_.pipeline().status();
    healthy_ = watchdog_.healthy(status, longest_transfer(), now);
    std::string state =
        "STATUS=" + std::to_string(status.totals.pages) + " pages, " +
        std::to_string(status.frontier.waiting) + " waiting, limit: " +
        (status.held_because.empty() ? std::string(to_string(status.limit)) : status.held_because);
    if (healthy_) state += "\nWATCHDOG=1";
    daemon::notify_service_manager(state);
    if (now < next_figures_) return;
    next_figures_ = now + session_.config().stats_interval;
    base::log::info("figures", {{"pages", status.totals.pages},
                                {"requests", status.totals.fetches},
                                {"waiting", status.frontier.waiting},
                                {"open", status.frontier.in_flight},
                                {"errors", status.totals.errors},
                                {"bytes", status.totals.bytes},
                                {"resident", config::format_bytes(daemon::resident_memory())},
                                {"limit", to_string(status.limit)}});
  }

  milliseconds longest_transfer() const {
    milliseconds longest{0};
    for (const config::Site& site : session_.config().sites)
      longest = std::max(longest, site.timeout.total);
    return longest;
  }

  daemon::Session& session_;
  StopSignals& signals_;
  const std::string config_file_;
  const base::SystemClock clock_;
  daemon::Guards guards_;
  daemon::Watchdog watchdog_;
  daemon::ControlWishes wishes_;
  bool signalled_ = false;
  std::atomic<bool> healthy_{true};
  std::unique_ptr<daemon::ControlSocket> control_;
  std::unique_ptr<daemon::ControlSocket> control_beside_database_;
  std::unique_ptr<daemon::HttpListener> metrics_;
  base::Instant next_look_{};
  base::Instant next_figures_{};
};

int serve(daemon::Session& session, StopSignals& signals, const std::string& config_file) {
  Daemon daemon(session, signals, config_file);
  if (const base::Status opened = daemon.open(); !opened)
    return complain(opened.error().message, kError);
  if (const base::Status started = session.start([&] { return signals.asked(); }); !started) {
    return complain(started.error().message, exit_code(started.error()));
  }
  base::log::info("run.start", {{"database", session.config().database},
                                {"sites", session.config().sites.size()}});
  const Ending ending = daemon.run();
  daemon::notify_service_manager("STOPPING=1");
  const base::Status drained = session.drain(session.config().stop_timeout, ending.text);
  if (!drained) {
    base::log::error("run.failed", {{"why", drained.error().message}});
    return exit_code(drained.error());
  }
  base::log::info("run.end",
                  {{"why", ending.text}, {"pages", session.pipeline().status().totals.pages}});
  return ending.code;
}

}  // namespace

int run_command(const Arguments& arguments) {
  std::string file;
  std::string database;
  std::string log;
  CLI::App app("Crawl the sites of a configuration again and again.", "run");
  app.add_option("-c,--config", file, "the YAML file")->required();
  app.add_option("--db", database, "database file, in place of the configured one");
  app.add_option("--log", log, "text, json or journald, in place of the configured one")
      ->check(CLI::IsMember({"text", "json", "journald"}));
  if (const auto code = parse_options(app, arguments)) return *code;
  auto loaded = config::load(file);
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  if (!database.empty()) loaded->config.database = database;
  if (log == "text") loaded->config.log = config::LogFormat::text;
  if (log == "json") loaded->config.log = config::LogFormat::json;
  if (log == "journald") loaded->config.log = config::LogFormat::journald;
  if (loaded->config.sites.empty()) return complain(file + ": no sites", kBadConfiguration);
  base::log::open(log_level(loaded->config.log_level), log_format(loaded->config.log));
  for (const std::string& warning : loaded->warnings)
    base::log::warn("config", {{"warning", warning}});
  const sigset_t signals = daemon_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  StopSignals stop_signals(StopSignals::Hangup::means_else);
  stop_signals.let_in();  // opening and starting a large database take long
  const base::SystemClock clock;
  auto session = daemon::Session::open({.config = std::move(loaded->config),
                                        .mode = {.recurring = true},
                                        .command = "crawld run -c " + file,
                                        .config_file = file},
                                       clock);
  if (!session) return complain(session.error().message, exit_code(session.error()));
  const int code = serve(**session, stop_signals, file);
  (*session)->close();
  return code;
}

}  // namespace crawld::cli

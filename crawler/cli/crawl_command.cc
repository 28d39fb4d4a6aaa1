// crawld crawl: a one-shot crawl into a database.
#include <cstdio>
#include <memory>

#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/ending.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/crawl_options.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/secret_arguments.h"
#include "crawler/cli/output/log_format.h"
#include "crawler/cli/output/progress.h"
#include "crawler/cli/output/result_stream.h"
#include "crawler/cli/output/summary.h"
#include "crawler/cli/stop_signals.h"
#include "crawler/daemon/control_commands.h"
#include "crawler/daemon/control_socket.h"
#include "crawler/daemon/guards.h"
#include "crawler/daemon/http_listener.h"
#include "crawler/daemon/metrics.h"
#include "crawler/daemon/session.h"

namespace crawld::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTurn{100};
constexpr milliseconds kLongPrune{1'000};  // that is told of

std::string shell_quoted(const std::string& text) {
  if (!text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-./:=,@%+") == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

// The command as typed, without its secrets.
std::string shown_command(Arguments arguments) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  hide_secrets(words);
  std::string text = "crawld crawl";
  for (const std::string& argument : arguments) text += " " + shell_quoted(argument);
  return text;
}

// Turns until the crawl has ended, a signal came or the time is over.
Ending watch(daemon::Session& session, StopSignals& signals, const daemon::ControlWishes& wishes,
             daemon::Guards& guards, Progress& progress, const base::Clock& clock) {
  const base::Instant started = clock.now();
  base::Instant next_look = started;
  const milliseconds most_time = session.config().limits.time;
  pipeline::Pipeline& pipeline = session.pipeline();
  const auto turn_ends = [&](base::Instant now) {
    const base::Instant over = started + most_time;
    return most_time.count() > 0 && over > now ? std::min(over, now + kTurn) : now + kTurn;
  };
  while (!pipeline.wait(turn_ends(clock.now()))) {
    const base::Instant now = clock.now();
    if (progress.shown()) progress.show(pipeline.status(), now);
    if (signals.asked() || wishes.stop) return {kInterrupted, "interrupted", false};
    if (auto over = end_of_time(most_time, started, now)) return *std::move(over);
    if (now >= next_look) {
      guards.look();
      session.look();
      next_look = now + std::chrono::seconds(1);
    }
  }
  return ending_of(pipeline.end());
}

void tell(const std::vector<std::string>& notes, const CrawlOptions& options) {
  if (options.quiet) return;
  for (const std::string& note : notes) complain(note, kFinished);
}

// A crawl goes on without.
std::unique_ptr<daemon::ControlSocket> open_control(daemon::Session& session,
                                                    daemon::ControlWishes& wishes) {
  auto control = daemon::ControlSocket::open(
      session.config().database + ".sock",
      [&](const std::string& request) { return daemon::answer_control(request, session, wishes); });
  if (control) return *std::move(control);
  base::log::warn("control.none", {{"why", control.error().message}});
  return nullptr;
}

// Nothing where none are asked for. A crawl goes on without: perhaps the service has the place.
std::unique_ptr<daemon::HttpListener> open_metrics(daemon::Session& session) {
  const std::string& listen = session.config().metrics_listen;
  if (listen.empty()) return nullptr;
  auto metrics = daemon::serve_metrics(listen, session, [] { return true; });
  if (metrics) return *std::move(metrics);
  base::log::warn("metrics.none", {{"why", metrics.error().message}});
  return nullptr;
}

// Which starts brought nothing, and why: among the pages of the others nobody would miss them.
SeedTroubles troubles_of_seeds(daemon::Session& session) {
  auto reader = open_database(session.config().database);
  if (!reader) return {};
  return seed_troubles(**reader, session.config().sites);
}

std::string told(const SeedTrouble& seed) {
  return seed.hint.empty() ? seed.text : seed.text + "; " + seed.hint;
}

// What is not to be kept goes while nobody is waited for; whoever does not want to wait either
// sends a signal, and has the rest go at the end of the next crawl.
base::Status prune(daemon::Session& session, StopSignals& signals, bool quiet,
                   const base::Clock& clock) {
  const base::Instant started = clock.now();
  bool told = quiet;
  signals.begin_again();
  base::Status done = session.prune([&] {
    if (!told && clock.now() - started >= kLongPrune) {
      told = true;
      std::fputs("crawld: taking away what is not to be kept; an interrupt leaves the rest\n",
                 stderr);
    }
    return signals.asked();
  });
  signals.arm_second();
  return done;
}

int finish(daemon::Session& session, StopSignals& signals, const CrawlOptions& options,
           const Arguments& arguments, Progress& progress, Ending ending,
           const base::Clock& clock) {
  // Also where one came while a crawl with nothing left to do was started.
  const bool waited_for = !signals.asked();
  signals.arm_second();
  base::Status ended = session.drain(session.config().stop_timeout, ending.text);
  progress.clear();
  // Whoever interrupts a crawl does not wait for others.
  const milliseconds patience =
      ending.code == kInterrupted ? milliseconds(0) : session.config().hooks.timeout;
  if (ended) ended = session.finish_hooks(patience);
  if (ended && waited_for && session.pipeline().end() != pipeline::End::running) {
    ended = prune(session, signals, options.quiet, clock);
  }
  if (!ended) {
    complain(ended.error().message, kError);
    if (ending.code == kFinished) ending = ending_of(pipeline::End::store_failed);
    ending.code = exit_code(ended.error());
  }
  Summary summary{.status = session.pipeline().status(),
                  .hosts = session.pipeline().busiest_hosts(),
                  .ended = ending.text,
                  .database = session.config().database,
                  .output = options.output,
                  .resume = ending.complete ? "" : shown_command(arguments),
                  .unwritten = !ended,
                  .seeds = ended ? troubles_of_seeds(session) : SeedTroubles{},
                  .fetch = session.fetch().counts(),
                  .workers = session.workers()};
  const pipeline::RunTotals& totals = summary.status.totals;
  session.close();
  if (!options.quiet) {
    std::fputs(summary_text(summary).c_str(), stderr);
  } else if (ending.code == kFinished && totals.pages + totals.unchanged == 0) {
    for (const SeedTrouble& seed : summary.seeds.told) complain(told(seed), kFinished);
    if (summary.seeds.more > 0) complain(more_troubles(summary.seeds), kFinished);
  }
  if (options.json) std::puts(summary_json(summary).c_str());
  return ending.code;
}

}  // namespace

int crawl_command(const Arguments& arguments) {
  CrawlOptions options;
  CLI::App app("Crawl sites into a database, once.", "crawl");
  add_crawl_flags(app, options);
  if (const auto code = parse_options(app, spell_out_wget_flags(arguments))) return *code;
  StopSignals signals;
  auto loaded = load_config(options);
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  tell(loaded->warnings, options);
  auto plan = make_plan(options, *std::move(loaded));
  if (!plan) return complain(plan.error().message, kUsage);
  tell(plan->notes, options);
  base::log::open(options.quiet     ? base::log::Level::error
                  : options.verbose ? base::log::Level::debug
                                    : base::log::Level::warn,
                  log_format(plan->config.log));
  std::unique_ptr<ResultStream> stream;
  if (!options.output.empty()) {
    auto opened = ResultStream::open(options.output, rows_of(plan->config.sites));
    if (!opened) {
      const bool refused = opened.error().code == base::Error::Code::invalid;
      return complain(opened.error().message, refused ? kUsage : kError);
    }
    stream = *std::move(opened);
  }
  daemon::SessionSetup setup{.config = std::move(plan->config),
                             .command = shown_command(arguments),
                             .config_file = options.config_file,
                             .recrawl = options.recrawl};
  if (stream) {
    setup.on_committed = [&](const storage::CommitBatch& batch) { stream->write(batch); };
  }
  const base::SystemClock clock;
  signals.let_in();  // opening and starting a large database take long
  auto session = daemon::Session::open(std::move(setup), clock);
  if (!session) return complain(session.error().message, exit_code(session.error()));
  daemon::Session& running = **session;
  Progress progress(progress_style(options.quiet),
                    {.pages = running.config().limits.pages, .time = running.config().limits.time},
                    std::min(running.config().stats_interval, milliseconds(10'000)));
  daemon::Guards guards(daemon::guard_limits(running.config()), running.pipeline());
  guards.look();             // before the first request: that may be one too many
  bool interrupted = false;  // with seeds that are not entered yet
  const base::Status started = running.start([&] { return interrupted = signals.asked(); });
  signals.hold_back();
  if (!started) return complain(started.error().message, exit_code(started.error()));
  daemon::ControlWishes wishes;
  auto control = open_control(running, wishes);
  std::unique_ptr<daemon::HttpListener> metrics = open_metrics(running);
  const Ending ending = interrupted ? Ending{kInterrupted, "interrupted", false}
                                    : watch(running, signals, wishes, guards, progress, clock);
  metrics.reset();
  control.reset();  // nobody asks a crawl that is being put away
  const int code = finish(running, signals, options, arguments, progress, ending, clock);
  const base::Status written = stream ? stream->status() : base::Done{};
  if (written || code != kFinished) return code;
  return complain(written.error().message, exit_code(written.error()));
}

}  // namespace crawld::cli

// crawld status, pause, resume, stop, reload, add: words with a running crawl.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/load.h"
#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/base/figures.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/url_list.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/progress.h"
#include "crawler/daemon/control_socket.h"

namespace crawld::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kBatchBytes = 32U << 10;  // of URLs in one request, which may be 64 KiB
constexpr const char* kUnknownForm = "the crawl answered in no known form";

struct ControlOptions {
  std::string config_file;
  std::string database;
  std::string socket;
  std::optional<std::string> site;  // an empty name is no site, and not all of them
  std::vector<std::string> urls;
  bool as_json = false;
};

void add_where(CLI::App& app, ControlOptions& options) {
  app.add_option("-c,--config", options.config_file, "the configuration of the running crawl");
  app.add_option("--db", options.database, "the database of the running crawl");
  app.add_option("--socket", options.socket, "its control socket");
}

// Where the running crawl may listen. `named`: the user or the file says so, and whoever listens
// there is meant; else only a crawl of that file is.
struct Place {
  std::string socket;
  bool named = true;
};

// Whom to ask, in this order.
struct Whereabouts {
  std::vector<Place> places;
  std::string config_file;  // absolute; empty: none given
};

// As the file says, and beside the database: that of a one-shot crawl (./crawl.db where the file
// names none), or of a daemon that was started with another `control`. crawld@NAME.service listens
// where its unit says.
base::Result<Whereabouts> whereabouts_of_file(const std::string& file) {
  const auto loaded = config::load(file, config::Secrets::may_lack);
  if (!loaded) {
    return base::Error{loaded.error().code,
                       loaded.error().message +
                           "\nthe running crawl is also found without its file: --db FILE names "
                           "its database, --socket FILE where it listens"};
  }
  const config::Config& config = loaded->config;
  std::error_code failed;
  const auto path = std::filesystem::absolute(file, failed).lexically_normal();
  const std::string instance = "crawld-" + path.stem().string();
  const bool names_control = config.control != config::Config{}.control;
  const bool names_database = config.database != config::Config{}.database;
  Whereabouts found{.places = {}, .config_file = path.string()};
  if (!names_database) found.places.push_back({"./crawl.db.sock", false});
  if (!names_control) found.places.push_back({"/run/" + instance + "/control.sock", false});
  if (!config.control.empty()) found.places.push_back({config.control, names_control});
  found.places.push_back({config.database + ".sock", names_database});
  return found;
}

// As told, else the crawl in this folder, else the daemon.
base::Result<Whereabouts> whereabouts_of(const ControlOptions& options) {
  if (!options.socket.empty()) return Whereabouts{{{options.socket}}, {}};
  if (!options.database.empty()) return Whereabouts{{{options.database + ".sock"}}, {}};
  if (!options.config_file.empty()) return whereabouts_of_file(options.config_file);
  if (access("./crawl.db.sock", F_OK) == 0) return Whereabouts{{{"./crawl.db.sock"}}, {}};
  return Whereabouts{{{config::Config{}.control}}, {}};
}

std::string as_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<json> ask_one(const std::string& socket, const json& request) {
  const auto answer = daemon::ask_control(socket, as_line(request));
  if (!answer) return answer.error();
  json parsed = json::parse(*answer, nullptr, false);
  if (parsed.is_object()) return parsed;
  return base::Error{base::Error::Code::io, kUnknownForm};
}

// Whose crawl it is that was not meant.
std::string runs_with(const json& answer) {
  const std::string file =
      answer["runs_with"].is_string() ? answer["runs_with"].get<std::string>() : "";
  return file.empty() ? "one without a file" : "that of " + file;
}

// The first that listens and is meant answers.
base::Result<json> ask(const Whereabouts& where, json request) {
  // One line, also where a path has line ends.
  const std::string of =
      where.config_file.empty() ? "" : " of " + base::printable(where.config_file);
  base::Error nobody{base::Error::Code::not_found, "no crawl" + of + " listens at "};
  for (const Place& place : where.places) {
    if (place.named) {
      request.erase("config");
    } else {
      request["config"] = where.config_file;
    }
    auto answer = ask_one(place.socket, request);
    const bool other = answer && answer->contains("runs_with");
    // A file's name may be too long for a socket's.
    const bool none =
        !answer && (answer.error().code == base::Error::Code::not_found ||
                    (!place.named && answer.error().code == base::Error::Code::invalid));
    if (other || none) {
      nobody.message +=
          (&place == where.places.data() ? "" : " or ") + base::printable(place.socket);
      if (other) nobody.message += " (" + runs_with(*answer) + " does)";
      continue;
    }
    if (answer && answer->contains("error") && (*answer)["error"].is_string()) {
      return base::Error{base::Error::Code::invalid, (*answer)["error"].get<std::string>()};
    }
    return answer;
  }
  return nobody;
}

// The answer, or nothing where the exit code is in `code`.
std::optional<json> answer_of(const ControlOptions& options, const json& request, int& code) {
  const auto where = whereabouts_of(options);
  if (!where) {
    code = complain(where.error().message, kBadConfiguration);
    return std::nullopt;
  }
  auto answer = ask(*where, request);
  if (answer) return *std::move(answer);
  std::string why = answer.error().message;
  if (answer.error().code == base::Error::Code::not_found && options.socket.empty()) {
    why += options.config_file.empty() ? "; name the crawl by -c FILE or --db FILE"
                                       : "; --db FILE names one by its database";
    if (request["command"] == "resume") {
      why += "; one that has ended goes on by the command that began it";
    }
  }
  code = complain(why, kError);
  return std::nullopt;
}

// One that is through says nothing.
void print_login(const json& login) {
  const std::string state = login.value("state", "");
  const std::string why = login.value("why", "");
  if (state == "logged in") return;
  const bool planned = login.contains("again_in") && login["again_in"].is_number();
  const std::string again =
      planned ? ", in " + std::to_string(login["again_in"].get<std::int64_t>()) + " s" : "";
  std::printf("  login of %s: %s%s%s\n", base::printable(login.value("site", "")).c_str(),
              base::printable(state).c_str(), again.c_str(),
              why.empty() ? "" : (": " + base::printable(why)).c_str());
}

// " since ...", or nothing.
std::string since(const json& paused) {
  const json moment = paused.value("paused_since", json());
  return moment.is_string() ? " since " + base::printable(moment.get<std::string>()) : "";
}

// Those of which `mark` holds, after `title`.
void print_sites(const json& status, const char* title, const char* mark) {
  std::string names;
  for (const json& site : status.value("sites", json::array())) {
    if (!site.value(mark, false)) continue;
    names += (names.empty() ? "" : ", ") + base::printable(site.value("name", ""));
    if (std::string_view(mark) == "paused") names += since(site);
  }
  if (!names.empty()) std::printf("  %s: %s\n", title, names.c_str());
}

void print_status(const json& status) {
  const auto number = [&](const char* key) { return status.value(key, std::uint64_t{0}); };
  const auto time =
      std::chrono::milliseconds(static_cast<std::int64_t>(status.value("seconds", 0.0) * 1000));
  std::printf("pid %llu, running for %s, database %s\n",
              static_cast<unsigned long long>(number("pid")), base::human_time(time).c_str(),
              base::printable(status.value("database", "")).c_str());
  const auto counted = [&](const char* key, const char* one, const char* many) {
    return base::counted(number(key), one, many);
  };
  std::printf("  %s stored, %s, %s, %s received\n", counted("pages", "page", "pages").c_str(),
              counted("requests", "request", "requests").c_str(),
              counted("errors", "error", "errors").c_str(),
              config::format_bytes(number("bytes")).c_str());
  std::printf("  %s waiting on %s, %s open", counted("waiting", "URL", "URLs").c_str(),
              counted("hosts", "host", "hosts").c_str(),
              counted("in_flight", "transfer", "transfers").c_str());
  if (number("connecting") > 0) {
    std::printf(", %s not reached yet", counted("connecting", "host", "hosts").c_str());
  }
  std::printf("\n");
  const std::string held = status.value("held_because", "");
  std::printf("  limited by: %s\n",
              base::printable(held.empty() ? status.value("limit", "") : held).c_str());
  const std::string paused = since(status);
  if (!paused.empty()) std::printf("  paused%s\n", paused.c_str());
  print_sites(status, "paused sites", "paused");
  print_sites(status, "sites that a reload took out", "left");
  for (const json& login : status.value("logins", json::array())) print_login(login);
  const json pruned = status.value("pruned", json::object());
  const auto gone = [&](const char* name, const char* one) {
    return base::counted(pruned.value(name, 0ULL), one, name);
  };
  if (pruned.value("versions", 0ULL) + pruned.value("requests", 0ULL) > 0) {
    std::printf("  let go %s, %s, %s\n", gone("versions", "version").c_str(),
                gone("bodies", "body").c_str(), gone("requests", "request").c_str());
  }
  for (const json& drop : status.value("coverage_drops", json::array())) {
    if (drop.is_string()) {
      std::printf("  coverage of %s\n", base::printable(drop.get<std::string>()).c_str());
    }
  }
}

// Shows the answer. Of another version, or of what is no crawl, a value may be of another type.
template <class Show>
int shown(const json& answer, Show show) {
  try {
    show(answer);
  } catch (const json::exception&) {
    return complain(kUnknownForm, kError);
  }
  return kFinished;
}

int control(const Arguments& arguments, const char* name, const char* help, bool wants_site) {
  ControlOptions options;
  CLI::App app(help, name);
  add_where(app, options);
  if (wants_site) app.add_option("SITE", options.site, "one site; the whole crawl without it");
  if (const auto code = parse_options(app, arguments)) return *code;
  json request = {{"command", name}};
  if (options.site) request["site"] = *options.site;
  int code = kFinished;
  const auto answer = answer_of(options, request, code);
  if (!answer) return code;
  return shown(*answer, [](const json& told) {
    const std::string still = told.value("still_paused", "");
    if (!still.empty()) complain("still paused: " + still, kFinished);
  });
}

// What is no URL goes along: the crawl refuses it, and takes the others.
base::Status read_urls(const std::string& file, json& urls) {
  return read_url_list(file, [&urls](ListedUrl listed) -> base::Status {
    json url = listed.url ? json(listed.url->href()) : json(std::move(listed.typed));
    if (!listed.metadata.empty()) {
      url = {{"url", std::move(url)}, {"metadata", json::parse(listed.metadata, nullptr, false)}};
    }
    urls.push_back(std::move(url));
    return base::Done{};
  });
}

// In as many requests as it takes. The answer to the last says that all are stored; before an error
// any may be.
base::Status add_urls(const Whereabouts& where, const std::optional<std::string>& site, json urls,
                      std::uint64_t& added, json& refused) {
  json request = {{"command", "add"}, {"urls", json::array()}};
  if (site) request["site"] = *site;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    bytes += as_line(urls[i]).size() + 1;
    request["urls"].push_back(std::move(urls[i]));
    const bool last = i + 1 == urls.size();
    if (!last && bytes + as_line(urls[i + 1]).size() <= kBatchBytes) continue;
    request["more"] = !last;
    const auto answer = ask(where, request);
    if (!answer) return answer.error();
    const json count = answer->value("added", json());
    if (!count.is_number_unsigned()) return base::Error{base::Error::Code::io, kUnknownForm};
    added += count.get<std::uint64_t>();
    for (const json& url : answer->value("refused", json::array())) refused.push_back(url);
    request["urls"].clear();
    bytes = 0;
  }
  return base::Done{};
}

}  // namespace

int status_command(const Arguments& arguments) {
  ControlOptions options;
  CLI::App app("What a running crawl does now, and what limits its speed.", "status");
  add_where(app, options);
  app.add_flag("--json", options.as_json, "everything, as one JSON object");
  if (const auto code = parse_options(app, arguments)) return *code;
  int failed = kFinished;
  const auto answer = answer_of(options, {{"command", "status"}}, failed);
  if (!answer) return failed;
  return shown(*answer, [&](const json& status) {
    if (options.as_json) {
      std::puts(without_raw_controls(as_line(status)).c_str());
    } else {
      print_status(status);
    }
  });
}

int pause_command(const Arguments& arguments) {
  return control(arguments, "pause", "Hold fetching; what is under way goes on.", true);
}
int resume_command(const Arguments& arguments) {
  return control(arguments, "resume", "Go on after a pause.", true);
}
int stop_command(const Arguments& arguments) {
  return control(arguments, "stop", "End a running crawl, or a site of it; its state is kept.",
                 true);
}
int reload_command(const Arguments& arguments) {
  ControlOptions options;
  CLI::App app("Read the configuration again, whole; a bad one is refused. Tells what changed.",
               "reload");
  add_where(app, options);
  app.add_option("SITE", options.site, "this site only; all without it");
  if (const auto code = parse_options(app, arguments)) return *code;
  json request = {{"command", "reload"}};
  if (options.site) request["site"] = *options.site;
  int failed = kFinished;
  const auto answer = answer_of(options, request, failed);
  if (!answer) return failed;
  return shown(*answer, [](const json& told) {
    std::fputs(printable_lines(told.value("report", "")).c_str(), stdout);
  });
}

int add_command(const Arguments& arguments) {
  ControlOptions options;
  std::vector<std::string> files;
  CLI::App app("Hand URLs to a running crawl; they are fetched even if known.", "add");
  add_where(app, options);
  app.add_option("--site", options.site, "the site they belong to (default: the first)");
  app.add_option("-i,--input-file", files, "a URL list; - for standard input")
      ->allow_extra_args(false);
  app.add_option("URL", options.urls, "URLs; - for a list on standard input");
  if (const auto code = parse_options(app, arguments)) return *code;
  const auto where = whereabouts_of(options);
  if (!where) return complain(where.error().message, kBadConfiguration);
  // "-" is no URL: who types it means what it means after -i.
  const auto typed_end = std::remove(options.urls.begin(), options.urls.end(), "-");
  if (typed_end != options.urls.end()) files.push_back("-");
  options.urls.erase(typed_end, options.urls.end());
  json urls = json::array();
  for (const std::string& typed : options.urls) {
    const auto url = url_as_listed(typed);
    urls.push_back(url ? url->href() : typed);
  }
  for (const std::string& file : files) {
    if (const base::Status read = read_urls(file, urls); !read) {
      return complain(read.error().message, kError);
    }
  }
  if (urls.empty()) return complain("add: give URLs, or -i FILE", kUsage);
  std::uint64_t added = 0;
  json refused = json::array();
  const base::Status done = add_urls(*where, options.site, std::move(urls), added, refused);
  for (const json& url : refused) {
    const std::string typed = url.is_string() ? url.get<std::string>() : as_line(url);
    complain("refused: " + no_crawlable_url(typed).message, kError);
  }
  if (done) std::fprintf(stderr, "added %s\n", std::to_string(added).c_str());
  if (!done) return complain(done.error().message, kError);
  return refused.empty() ? kFinished : kError;
}

}  // namespace crawld::cli

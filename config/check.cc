#include "config/check.h"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "config/addresses.h"
#include "config/file_name.h"
#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/model/request_fields.h"
#include "crawler/model/url.h"

namespace crawld::config {
namespace {

bool is_program(const std::string& path) {
  std::error_code failed;
  return ::access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, failed);
}

void check_hooks(const Hooks& hooks, const SitePlaces& places, std::vector<Problem>& problems,
                 std::vector<Problem>& warnings) {
  const auto problem = [&](std::string message) {
    problems.push_back({places.of(message.substr(0, message.find(':'))), std::move(message)});
  };
  if (!hooks.webhook.empty()) {
    const auto url = model::Url::parse(hooks.webhook);
    if (!url || !url->crawlable()) problem("hooks.webhook: no http or https URL");
  } else if (!hooks.secret.empty()) {
    warnings.push_back(
        {places.of("hooks.secret"), "hooks.secret: signs nothing without hooks.webhook"});
  }
  static const std::set<std::string> kChanges = {"new",   "changed",  "unchanged", "gone",
                                                 "moved", "orphaned", "adopted"};
  for (const std::string& change : hooks.changes) {
    if (kChanges.contains(change)) continue;
    problem("hooks.changes: \"" + base::printable(change) +
            "\" is none of new, changed, unchanged, gone, moved, orphaned, adopted");
  }
  for (const std::string& cidr : hooks.allow_addresses) {
    if (!is_cidr(cidr)) problem("hooks.allow_addresses: \"" + cidr + "\" is no CIDR");
  }
  if (!hooks.exec.empty() && !hooks.exec.front().starts_with("/")) {
    problem("hooks.exec: the program needs its whole path, since no shell looks for it");
  } else if (!hooks.exec.empty() && !is_program(hooks.exec.front())) {
    // Perhaps it is on the machine where the crawl will run.
    warnings.push_back(
        {places.of("hooks.exec"), "hooks.exec: " + base::printable(hooks.exec.front()) +
                                      " is no program that can be run here"});
  }
}

void check_conversions(const std::vector<parsers::Conversion>& conversions,
                       const SitePlaces& places, std::vector<Problem>& problems,
                       std::vector<Problem>& warnings) {
  for (std::size_t i = 0; i < conversions.size(); ++i) {
    const auto& [type, command] = conversions[i];
    const Place place = places.of("parse.convert", i);
    if (command.empty() || type.empty()) continue;  // told when it was read
    const std::string program = base::printable(command.front());
    if (!is_media_type(type)) {
      problems.push_back({place, "parse.convert: \"" + base::printable(type) +
                                     "\" is no media type such as application/pdf or image/*"});
    }
    if (!command.front().starts_with("/")) {
      problems.push_back({place, "parse.convert: " + program +
                                     " needs its whole path, since no shell looks for it"});
    } else if (!is_program(command.front())) {
      // Perhaps it is on the machine where the crawl will run.
      warnings.push_back(
          {place, "parse.convert: " + program + " is no program that can be run here"});
    }
  }
}

void check_user_agent(const UserAgent& agent, const SitePlaces& places,
                      std::vector<Problem>& problems) {
  const std::pair<const char*, const std::string&> parts[] = {{"user_agent.name", agent.name},
                                                              {"user_agent.url", agent.url},
                                                              {"user_agent.email", agent.email}};
  for (const auto& [key, text] : parts) {
    if (!model::is_header_value(text)) {
      problems.push_back(
          {places.of(key), std::string(key) + ": holds a line break or control character"});
      return;
    }
  }
  const auto url = model::Url::parse(agent.url);
  if (!agent.url.empty() && (!url || !url->crawlable())) {
    problems.push_back({places.of("user_agent.url"),
                        "user_agent.url: \"" + base::printable(agent.url) +
                            "\" is no http or https URL; write it as https://host/path"});
  }
  const std::size_t at = agent.email.find('@');
  const bool has_parts = at != 0 && at < agent.email.size() - 1;
  if (!agent.email.empty() && (!has_parts || agent.email.find(' ') != std::string::npos)) {
    problems.push_back({places.of("user_agent.email"), "user_agent.email: \"" +
                                                           base::printable(agent.email) +
                                                           "\" is no address such as "
                                                           "ops@example.org"});
  }
  // RFC 9309 section 2.2.1: robots.txt is asked about it, and a version is added behind it.
  if (!model::is_token(agent.name)) {
    problems.push_back(
        {places.of("user_agent.name"),
         "user_agent.name: \"" + base::printable(agent.name) +
             "\" is no product token such as examplebot, without spaces and version"});
  }
}

void check_listeners(const Config& config, const SitePlaces& places,
                     std::vector<Problem>& problems) {
  const std::string& metrics = config.metrics_listen;
  const bool is_socket = metrics.starts_with('/') && is_socket_path(metrics);
  if (!metrics.empty() && !is_local_listener(metrics) &&
      !(is_socket && no_name_of_file(metrics).empty())) {
    problems.push_back(
        {places.of("metrics.listen"), "metrics.listen: \"" + base::printable(metrics) +
                                          "\" is neither a loopback address with a port, such as "
                                          "127.0.0.1:9464, nor the path of a socket"});
  }
  if (config.control.empty()) return;
  if (!is_socket_path(config.control)) {
    problems.push_back({places.of("control"), "control: too long for a socket's name"});
  } else if (const std::string why = no_name_of_file(config.control); !why.empty()) {
    problems.push_back(
        {places.of("control"), "control: \"" + base::printable(config.control) + "\" " + why});
  }
}

void check_database(const Config& config, const SitePlaces& places,
                    std::vector<Problem>& problems) {
  const std::string why = no_name_of_file(config.database);
  if (why.empty()) return;
  problems.push_back(
      {places.of("database"), "database: \"" + base::printable(config.database) + "\" " + why});
}

// The program alone takes some of it: below that a crawl would be held from its start to its end.
void check_memory(const Config& config, const SitePlaces& places, std::vector<Problem>& problems) {
  constexpr std::uint64_t kLeast = 64ULL << 20;
  if (config.memory_high == 0 || config.memory_high >= kLeast) return;
  problems.push_back(
      {places.of("memory_high"),
       "memory_high: " + format_bytes(config.memory_high) +
           " is less than the program takes itself; at least 64MiB, or 0 for never"});
}

void check_dns(const Config& config, const SitePlaces& places, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < config.dns_servers.size(); ++i) {
    if (is_name_server(config.dns_servers[i])) continue;
    problems.push_back({places.of("dns.servers", i),
                        "dns.servers: \"" + base::printable(config.dns_servers[i]) +
                            "\" is no name server such as 192.0.2.1:53 or [2001:db8::1]:53"});
  }
  for (const auto& [name, addresses] : config.dns_hosts) {
    if (!host_of(name)) {
      problems.push_back({places.of("dns.hosts"), "dns.hosts: \"" + base::printable(name) +
                                                      "\" is no host name such as example.org"});
    }
    if (is_list_of_addresses(addresses)) continue;
    problems.push_back({places.of("dns.hosts"), "dns.hosts: \"" + base::printable(addresses) +
                                                    "\" is no address for " +
                                                    base::printable(name)});
  }
}

// Sites know nothing of each other's cookies, and each would write its own over the others'.
void check_saved_cookies(const Config& config, const ConfigPlaces& places,
                         std::vector<Problem>& problems) {
  std::map<std::string, std::string> owners;
  const auto whole_path = [](const std::string& path) {
    std::error_code unknown;
    return std::filesystem::weakly_canonical(path, unknown).string();
  };
  owners.emplace(whole_path(config.database), "the database");
  for (std::size_t i = 0; i < config.sites.size(); ++i) {
    const Site& site = config.sites[i];
    if (site.save_cookies.empty()) continue;
    const auto [owner, is_first] =
        owners.emplace(whole_path(site.save_cookies), "site \"" + site.name + "\"");
    if (is_first) continue;
    problems.push_back({places.sites[i].of("save_cookies"),
                        "save_cookies: \"" + base::printable(site.save_cookies) +
                            "\" is the file of " + owner->second + "; name another"});
  }
}

}  // namespace

void check_config(const Config& config, const ConfigPlaces& places, const Site& defaults,
                  std::vector<Problem>& problems, std::vector<Problem>& warnings) {
  check_defaults(defaults, places.defaults, problems, warnings);
  std::set<std::string> names;
  for (std::size_t i = 0; i < config.sites.size(); ++i) {
    const Site& site = config.sites[i];
    if (!site.name.empty() && !names.insert(site.name).second) {
      problems.push_back({places.sites[i].of("name"), "there are two sites \"" + site.name + "\""});
    }
    check_site(site, places.sites[i], problems, warnings);
  }
  check_saved_cookies(config, places, problems);
  check_user_agent(config.user_agent, places.run, problems);
  check_database(config, places.run, problems);
  check_memory(config, places.run, problems);
  check_listeners(config, places.run, problems);
  check_dns(config, places.run, problems);
  check_conversions(config.convert, places.run, problems, warnings);
  check_hooks(config.hooks, places.run, problems, warnings);
  static const std::set<std::string> kLevels = {"debug", "info", "warn", "error"};
  if (!kLevels.contains(config.log_level)) {
    problems.push_back({places.run.of("log_level"), "log_level: \"" + config.log_level +
                                                        "\" is none of debug, info, warn, error"});
  }
}

}  // namespace crawld::config

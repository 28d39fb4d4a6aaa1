#include "crawler/cli/flags/crawl_options.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "config/nearest_name.h"
#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "crawler/cli/flags/flag_settings.h"
#include "crawler/cli/flags/url_list.h"
#include "crawler/model/url.h"
#include "crawler/model/url_percent.h"

namespace crawld::cli {
namespace {

using base::Error;
using base::Status;
using config::Config;
using config::Site;

bool is_url(const std::string& word) { return word.find("://") != std::string::npos; }

bool is_file(const std::string& word) {
  std::error_code failed;
  return std::filesystem::is_regular_file(word, failed);
}

bool names_sites(const CrawlOptions& options) {
  return !options.config_file.empty() && options.input_files.empty() &&
         std::none_of(options.urls.begin(), options.urls.end(), is_url);
}

bool has_site(const Config& config, const std::string& name) {
  return std::any_of(config.sites.begin(), config.sites.end(),
                     [&](const Site& site) { return site.name == name; });
}

Status keep_named_sites(Config& config, const CrawlOptions& options) {
  if (options.urls.empty()) return base::Done{};
  for (const std::string& name : options.urls) {
    if (has_site(config, name)) continue;
    std::set<std::string> known;
    for (const Site& site : config.sites) known.insert(site.name);
    return Error{Error::Code::invalid,
                 "no site \"" + base::printable(name) + "\" in " + options.config_file +
                     config::did_you_mean(name, known, "; a URL starts with http:// or https://")};
  }
  std::erase_if(config.sites, [&](const Site& site) {
    return std::find(options.urls.begin(), options.urls.end(), site.name) == options.urls.end();
  });
  return base::Done{};
}

// The seeds of the site that the command line makes, and what they say besides.
class Seeds {
 public:
  explicit Seeds(Site& site) : site_(site) {}

  Status take(const model::Url& url, std::string metadata) {
    if (origin_.empty()) origin_ = url.origin();
    one_origin_ = one_origin_ && url.origin() == origin_;
    if (!url.username().empty() || !url.password().empty()) {
      credentials_.insert(model::percent_decode(url.username()) + ":" +
                          model::percent_decode(url.password()));
    }
    site_.seeds.push_back(url.without_credentials().href());
    if (!metadata.empty()) {
      site_.seed_metadata[std::string(site_.seeds.back())] = std::move(metadata);
    }
    return base::Done{};
  }

  Status take_list(const std::string& file, std::vector<std::string>& notes) {
    std::size_t others = 0;
    Status read = read_url_list(file, [&](ListedUrl listed) -> Status {
      if (listed.url) return take(*listed.url, std::move(listed.metadata));
      if (!listed.other_scheme) return no_crawlable_url(listed.typed);
      ++others;
      return base::Done{};
    });
    if (read && others > 0) {
      notes.push_back((file == "-" ? "standard input" : file) + ": " + std::to_string(others) +
                      (others == 1 ? " line" : " lines") +
                      " left out: another scheme than http and https");
    }
    return read;
  }

  // "http://user:password@host/", as wget takes it. What belongs to one origin is not told others.
  Status take_credentials() {
    if (credentials_.empty()) return base::Done{};
    if (credentials_.size() > 1 || !one_origin_) {
      return Error{Error::Code::invalid,
                   "user and password in a URL hold for one origin: crawl it alone, or give each "
                   "site its auth: in a file (-c)"};
    }
    site_.auth = "basic " + *credentials_.begin();
    return base::Done{};
  }

 private:
  Site& site_;
  std::string origin_;  // of the first
  bool one_origin_ = true;
  std::set<std::string> credentials_;
};

Status add_command_line_site(const CrawlOptions& options, Site site, CrawlPlan& plan) {
  site.name = "crawl";
  Seeds seeds(site);
  for (const std::string& word : options.urls) {
    if (word.starts_with("-")) {
      return Error{Error::Code::invalid, "\"" + base::printable(word.substr(0, 60)) +
                                             "\" is neither an option nor a URL"};
    }
    if (!is_url(word) && is_file(word)) {
      const std::string shown = base::printable(word.substr(0, 200));
      const bool yaml = word.ends_with(".yaml") || word.ends_with(".yml");
      return Error{Error::Code::invalid,
                   "\"" + shown + "\" is a file; " +
                       (yaml ? "a configuration is given by -c " : "a list of URLs by -i ") +
                       shown};
    }
    const auto url = url_as_typed(word);
    if (!url) return no_crawlable_url(word);
    if (Status taken = seeds.take(*url, {}); !taken) return taken;
  }
  for (const std::string& file : options.input_files) {
    if (Status read = seeds.take_list(file, plan.notes); !read) return read;
  }
  if (site.seeds.empty()) {
    return Error{Error::Code::invalid, "nothing to crawl: give a URL, -i FILE or -c FILE"};
  }
  if (Status taken = seeds.take_credentials(); !taken) return taken;
  plan.config.sites = {std::move(site)};
  return base::Done{};
}

// URLs beside a file: its settings and defaults hold, its sites do not.
Status leave_sites(const CrawlOptions& options, CrawlPlan& plan) {
  for (const std::string& word : options.urls) {
    if (is_url(word) || !has_site(plan.config, word)) continue;
    return Error{Error::Code::invalid, "\"" + word + "\" is a site of " + options.config_file +
                                           ": name sites, or give URLs, not both"};
  }
  if (!plan.config.sites.empty()) {
    plan.notes.push_back("the sites of " + options.config_file +
                         " are left alone, since URLs are given; its defaults hold");
  }
  return base::Done{};
}

}  // namespace

std::vector<std::string> spell_out_wget_flags(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    if (argument == "-np")
      argument = "--no-parent";
    else if (argument == "-nv")
      argument = "--quiet";
  }
  return arguments;
}

base::Result<config::Loaded> load_config(const CrawlOptions& options) {
  auto loaded =
      options.config_file.empty() ? config::load_environment() : config::load(options.config_file);
  if (!loaded) return loaded;
  Config& config = loaded->config;
  if (!loaded->names_database) config.database = "./crawl.db";
  if (options.config_file.empty()) config.control.clear();
  config.log_level = options.verbose ? "debug" : "warn";
  return loaded;
}

base::Result<CrawlPlan> make_plan(const CrawlOptions& options, config::Loaded loaded) {
  CrawlPlan plan{.config = std::move(loaded.config), .notes = {}};
  Status chosen = base::Done{};
  if (names_sites(options)) {
    chosen = keep_named_sites(plan.config, options);
    if (chosen && plan.config.sites.empty()) {
      return Error{Error::Code::invalid, options.config_file + ": no sites, and no URL given"};
    }
  } else {
    chosen = leave_sites(options, plan);
    if (chosen) chosen = add_command_line_site(options, std::move(loaded.defaults), plan);
  }
  if (chosen) chosen = apply_flags(options, plan.config);
  if (!chosen) return std::move(chosen).error();
  return plan;
}

}  // namespace crawld::cli

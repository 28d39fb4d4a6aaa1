#include "config/unknown_key.h"

#include <algorithm>

#include "config/fields.h"
#include "config/nearest_name.h"

namespace crawld::config {
namespace {

struct ForeignKey {
  std::string_view name;  // lower case, without "_", "-" and "."
  std::string_view here;
};

// Of Scrapy, Heritrix, Nutch, StormCrawler, Norconex, browsertrix and Colly.
constexpr ForeignKey kForeign[] = {
    {"alloweddomains", "domains"},
    {"autothrottleenabled", "autothrottle.enabled"},
    {"autothrottlemaxdelay", "autothrottle.max_delay"},
    {"autothrottletargetconcurrency", "autothrottle.target_concurrency"},
    {"bindinterface", "bind_address"},
    {"closespidererrorcount", "limits.errors"},
    {"closespiderpagecount", "limits.pages"},
    {"closespidertimeout", "limits.time"},
    {"concurrentrequests", "concurrency"},
    {"concurrentrequestsperdomain", "concurrency_per_host"},
    {"concurrentrequestsperip", "concurrency_per_ip"},
    {"cookiesenabled", "cookies"},
    {"crawldelay", "delay"},
    {"defaultdelay", "delay"},
    {"defaultrequestheaders", "headers"},
    {"depth", "max_depth"},
    {"depthlimit", "max_depth"},
    {"downloadbindaddress", "bind_address"},
    {"downloaddelay", "delay"},
    {"downloadmaxsize", "max_body_size"},
    {"downloadtimeout", "timeout.total"},
    {"fetcherserverdelay", "delay"},
    {"fetcherthreadsfetch", "concurrency"},
    {"fetcherthreadsperqueue", "concurrency_per_host"},
    {"httpagentemail", "user_agent.email"},
    {"httpagentname", "user_agent.name"},
    {"httpagenturl", "user_agent.url"},
    {"httpcontentlimit", "max_body_size"},
    {"httpproxy", "proxy"},
    {"httptimeout", "timeout.total"},
    {"ignorerobotstxt", "robots"},
    {"interval", "schedule"},
    {"jobdir", "database"},
    {"localaddress", "bind_address"},
    {"loglevel", "log_level"},
    {"logstatsinterval", "stats_interval"},
    {"maxcrawlduration", "limits.time"},
    {"maxdepth", "max_depth"},
    {"maxdocuments", "limits.pages"},
    {"maxhops", "max_depth"},
    {"maxlengthbytes", "max_body_size"},
    {"maxpages", "limits.pages"},
    {"maxretries", "retries"},
    {"maxtoethreads", "concurrency"},
    {"mindelayms", "delay"},
    {"numthreads", "concurrency"},
    {"obeyrobots", "robots"},
    {"operatorcontacturl", "user_agent.url"},
    {"randomizedownloaddelay", "jitter"},
    {"redirectmaxtimes", "max_redirects"},
    {"proxies", "proxy"},
    {"proxyurl", "proxy"},
    {"proxyurls", "proxy"},
    {"respectrobotstxtfile", "robots"},
    {"retrytimes", "retries"},
    {"robotstxtobey", "robots"},
    {"rules", "extract"},
    {"scopetype", "scope"},
    {"startreferences", "seeds"},
    {"starturls", "seeds"},
    {"stayondomain", "scope"},
    {"threads", "concurrency"},
    {"urllengthlimit", "traps.max_url_length"},
    {"urls", "seeds"},
    {"useragent", "user_agent.name"},
    {"wait", "delay"},
    {"workers", "concurrency"},
};

std::string_view here(std::string_view key) {
  std::string plain;
  for (const char c : key) {
    if (c == '_' || c == '-' || c == '.') continue;
    plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  for (const ForeignKey& foreign : kForeign) {
    if (foreign.name == plain) return foreign.here;
  }
  return {};
}

bool is_of_sites_alone(std::string_view path) {
  return path == "name" || path == "seeds" || path == "extract";
}

// A field, or a map of fields.
template <class Owner>
bool holds(std::span<const Field<Owner>> fields, std::string_view path) {
  return std::any_of(fields.begin(), fields.end(), [&](const Field<Owner>& field) {
    return field.path == path ||
           (field.path.starts_with(path) && field.path.substr(path.size()).starts_with('.'));
  });
}

// Empty where `path` may stand at `place`, or nowhere.
std::string_view right_place(std::string_view path, KeyPlace place) {
  if (is_of_sites_alone(path)) return place == KeyPlace::site ? "" : "in an entry of \"sites:\"";
  const bool of_run = holds(run_fields(), path) || path == "defaults" || path == "sites";
  const bool of_site = holds(site_fields(), path);
  if (place == KeyPlace::top) return of_site && !of_run ? "under \"defaults:\" or in a site" : "";
  return of_run && !of_site ? "at the top of the file" : "";
}

}  // namespace

std::string advice_on_unknown_key(std::string_view key, KeyPlace place,
                                  const std::set<std::string>& known) {
  if (key == "<<") {
    return "; maps are not merged here: what several sites share stands under \"defaults:\"";
  }
  if (place != KeyPlace::group) {
    const std::string_view misplaced = right_place(key, place);
    if (!misplaced.empty()) return "; it belongs " + std::string(misplaced);
    const std::string_view ours = here(key);
    if (!ours.empty()) {
      const std::string_view where = right_place(ours, place);
      return "; here it is \"" + std::string(ours) + "\"" + (where.empty() ? "" : ", ") +
             std::string(where);
    }
  }
  return did_you_mean(key, known, "; crawld.example.yaml shows every key");
}

}  // namespace crawld::config

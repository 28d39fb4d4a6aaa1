#include "crawler/fetch/cookie_jar.h"

#include <libpsl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/fetch/header_name.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {
namespace {

constexpr std::size_t kMaxPerDomain = 50;
constexpr std::size_t kMaxDomains = 10'000;
constexpr std::size_t kMaxCookie = 4'096;  // name and value
constexpr std::size_t kMaxPath = 1'024;
constexpr std::size_t kMaxHeader = 16'384;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();  // with the session

std::int64_t seconds_of(base::WallTime now) { return base::to_millis(now) / 1'000; }

// Section 5.1.4: the directory of the URL's path.
std::string default_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

bool path_matches(std::string_view request, std::string_view cookie) {
  if (!request.starts_with(cookie)) return false;
  return request.size() == cookie.size() || cookie.ends_with('/') || request[cookie.size()] == '/';
}

// Section 5.1.3. An address has no subdomains.
bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !IpAddress::parse_host(host);
}

bool is_public_suffix(const std::string& domain) {
  static const psl_ctx_t* const kList = psl_latest(nullptr);  // lives as long as the program
  return psl_is_public_suffix(kList, domain.c_str()) == 1;
}

struct Scope {
  std::string domain;
  bool host_only;
};

// Section 5.3 steps 5 and 6: whom a host may set a cookie for. A public suffix that is
// a host itself (github.io) has its cookies alone.
std::optional<Scope> scope_of(std::string_view host, const std::string& domain) {
  if (domain.empty()) return Scope{std::string(host), true};
  if (!domain_matches(host, domain)) return std::nullopt;
  if (!is_public_suffix(domain)) return Scope{domain, false};
  return domain == host ? std::optional(Scope{domain, true}) : std::nullopt;
}

std::int64_t expiry(const SetCookie& set, std::int64_t now) {
  constexpr std::int64_t kLongest = kNever - 1;  // it has a lifetime all the same
  if (set.max_age) return *set.max_age > kLongest - now ? kLongest : now + *set.max_age;
  return set.expires.value_or(kNever);
}

// A control character would break the request that the cookie is sent in.
bool is_sendable(const SetCookie& set) {
  const auto bad = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; };
  return std::none_of(set.name.begin(), set.name.end(), bad) &&
         std::none_of(set.value.begin(), set.value.end(), bad) &&
         set.name.size() + set.value.size() <= kMaxCookie && set.path.size() <= kMaxPath;
}

// What the cookie's name promises to its server: any case, as user agents take it.
bool keeps_its_prefix(const SetCookie& set, const Scope& scope) {
  if (base::starts_with_ignoring_case(set.name, "__Secure-")) return set.secure;
  if (!base::starts_with_ignoring_case(set.name, "__Host-")) return true;
  return set.secure && scope.host_only && set.path == "/";
}

}  // namespace

void CookieJar::store(const model::Url& from, const model::Headers& headers, base::WallTime now) {
  for (const auto& [name, value] : headers.all()) {
    if (same_header_name(name, "set-cookie")) store(from, value, now);
  }
}

void CookieJar::store(const model::Url& from, std::string_view set_cookie, base::WallTime now) {
  const auto set = parse_set_cookie(set_cookie);
  if (!set || !is_sendable(*set)) return;
  const auto scope = scope_of(from.hostname(), set->domain);
  const bool over_tls = from.scheme_kind() == model::Scheme::https;
  if (!scope || (set->secure && !over_tls) || !keeps_its_prefix(*set, *scope)) return;
  Cookie cookie{.name = set->name,
                .value = set->value,
                .path = set->path.empty() ? default_path(from.path()) : set->path,
                .host_only = scope->host_only,
                .secure = set->secure,
                .http_only = set->http_only,
                .expires = expiry(*set, seconds_of(now))};
  base::MutexLock lock(mutex_);
  if (!over_tls && hides_secure(scope->domain, cookie)) return;
  put(scope->domain, std::move(cookie), now);
}

// Whether a host that gets a secure cookie of that name would get this one as well, or in its
// place.
bool CookieJar::hides_secure(const std::string& domain, const Cookie& cookie) const {
  const auto hides = [&](const Cookie& other) {
    return other.secure && other.name == cookie.name && path_matches(cookie.path, other.path);
  };
  const auto has = [&](const std::vector<Cookie>& cookies) {
    return std::any_of(cookies.begin(), cookies.end(), hides);
  };
  for (std::string_view name = domain; !name.empty();) {
    const auto found = by_domain_.find(name);
    if (found != by_domain_.end() && domain_matches(domain, name) && has(found->second)) {
      return true;
    }
    const auto dot = name.find('.');
    name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  }
  // Those below it, which most cookies do not reach.
  return !cookie.host_only &&
         std::any_of(by_domain_.begin(), by_domain_.end(), [&](const auto& entry) {
           return domain_matches(entry.first, domain) && has(entry.second);
         });
}

void CookieJar::put(const std::string& domain, Cookie cookie, base::WallTime now) {
  if (!by_domain_.contains(domain) && by_domain_.size() >= kMaxDomains) return;
  std::vector<Cookie>& cookies = by_domain_[domain];
  const auto same = [&](const Cookie& other) {
    return other.name == cookie.name && other.path == cookie.path;
  };
  cookie.created = next_created_++;
  ++changes_;
  const auto old = std::find_if(cookies.begin(), cookies.end(), same);
  if (old != cookies.end()) {
    cookie.created = old->created;  // section 5.3 step 11.3: keeps its place
    cookies.erase(old);
  }
  const std::int64_t seconds = seconds_of(now);
  std::erase_if(cookies, [&](const Cookie& other) { return other.expires <= seconds; });
  if (cookie.expires > seconds) {
    // The newest of a flood give way: what a login set first is worth more.
    if (cookies.size() < kMaxPerDomain) cookies.push_back(std::move(cookie));
  }
  if (cookies.empty()) by_domain_.erase(domain);
}

std::string CookieJar::header(const model::Url& to, base::WallTime now) const {
  const std::string_view host = to.hostname();
  const bool secure = to.scheme_kind() == model::Scheme::https;
  const std::int64_t seconds = seconds_of(now);
  base::MutexLock lock(mutex_);
  std::vector<const Cookie*> chosen;
  for (std::string_view domain = host; !domain.empty();) {
    const auto found = by_domain_.find(domain);
    if (found != by_domain_.end() && domain_matches(host, domain)) {
      for (const Cookie& cookie : found->second) {
        if (cookie.host_only && domain != host) continue;
        if (cookie.expires <= seconds || (cookie.secure && !secure)) continue;
        if (path_matches(to.path(), cookie.path)) chosen.push_back(&cookie);
      }
    }
    const auto dot = domain.find('.');
    domain = dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
  }
  // Section 5.4 step 2: longer paths first, then older cookies.
  std::sort(chosen.begin(), chosen.end(), [](const Cookie* a, const Cookie* b) {
    if (a->path.size() != b->path.size()) return a->path.size() > b->path.size();
    return a->created < b->created;
  });
  std::string out;
  for (const Cookie* cookie : chosen) {
    const std::size_t more = cookie->name.size() + cookie->value.size() + 3;
    if (out.size() + more > kMaxHeader) continue;
    if (!out.empty()) out += "; ";
    out += cookie->name + "=" + cookie->value;
  }
  return out;
}

base::Status CookieJar::load(const std::string& path, base::WallTime now) {
  std::error_code failed;
  const bool is_file =
      std::filesystem::is_regular_file(path, failed);  // a pipe would be waited for
  std::ifstream in(is_file ? path : std::string(), std::ios::binary);
  if (!in) return base::Error{base::Error::Code::io, "cannot open cookie file " + path};
  std::string text(kMostCookieFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.size() > kMostCookieFile) {
    return base::Error{base::Error::Code::io,
                       "cannot read cookie file " + path + ", or over 4 MiB"};
  }
  base::MutexLock lock(mutex_);
  for (FileCookie& entry : parse_cookie_file(text)) {
    if (!is_sendable(entry.cookie)) continue;
    put(entry.cookie.domain,
        {.name = std::move(entry.cookie.name),
         .value = std::move(entry.cookie.value),
         .path = entry.cookie.path.empty() ? "/" : std::move(entry.cookie.path),
         .host_only = !entry.with_subdomains,
         .secure = entry.cookie.secure,
         .http_only = entry.cookie.http_only,
         .expires = entry.cookie.expires.value_or(kNever)},
        now);
  }
  return base::Done{};
}

std::vector<FileCookie> CookieJar::all(base::WallTime now, bool session_cookies) const {
  const std::int64_t seconds = seconds_of(now);
  std::vector<std::pair<std::uint64_t, FileCookie>> chosen;
  {
    base::MutexLock lock(mutex_);
    for (const auto& [domain, cookies] : by_domain_) {
      for (const Cookie& cookie : cookies) {
        const bool of_session = cookie.expires == kNever;
        if (cookie.expires <= seconds || (of_session && !session_cookies)) continue;
        FileCookie entry{.with_subdomains = !cookie.host_only};
        entry.cookie = {.name = cookie.name,
                        .value = cookie.value,
                        .domain = domain,
                        .path = cookie.path,
                        .secure = cookie.secure,
                        .http_only = cookie.http_only};
        if (!of_session) entry.cookie.expires = cookie.expires;
        chosen.emplace_back(cookie.created, std::move(entry));
      }
    }
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<FileCookie> all;
  all.reserve(chosen.size());
  for (auto& [created, entry] : chosen) all.push_back(std::move(entry));
  return all;
}

std::uint64_t CookieJar::changes() const {
  base::MutexLock lock(mutex_);
  return changes_;
}

std::size_t CookieJar::size() const {
  base::MutexLock lock(mutex_);
  std::size_t count = 0;
  for (const auto& [domain, cookies] : by_domain_) count += cookies.size();
  return count;
}

}  // namespace crawld::fetch

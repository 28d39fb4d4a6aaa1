#include "crawler/fetch/site.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crawler/model/request_fields.h"

namespace crawld::fetch {
namespace {

std::optional<Auth> parse_auth(std::string_view text) {
  if (text.empty()) return Auth{};
  if (!model::is_auth(text)) return std::nullopt;
  const auto space = text.find(' ');
  const std::string_view scheme = text.substr(0, space);
  const std::string secret(text.substr(space + 1));
  if (scheme == "bearer") return Auth{AuthScheme::bearer, secret};
  return Auth{scheme == "basic" ? AuthScheme::basic : AuthScheme::digest, secret};
}

base::Error invalid(const SiteFetchConfig& config, const std::string& what) {
  return {base::Error::Code::invalid, "site \"" + config.name + "\": " + what};
}

}  // namespace

base::Result<std::shared_ptr<const Site>> Site::make(SiteFetchConfig config,
                                                     std::shared_ptr<CookieJar> cookies,
                                                     TrustStores& trusted) {
  auto guard = AddressGuard::with_allowed(config.allow_addresses);
  if (!guard) return invalid(config, "allow_addresses: " + guard.error().message);
  auto trust = trusted.open(config.ca_certificate);
  if (!trust) return invalid(config, trust.error().message);
  auto auth = parse_auth(config.auth);
  // The text itself is a secret.
  if (!auth)
    return invalid(config,
                   "auth is not \"basic user:pass\", \"digest user:pass\" or \"bearer token\"");
  for (const auto& header : config.headers) {
    if (!model::is_header_name(header.first) || !model::is_header_value(header.second))
      return invalid(config, "header \"" + header.first + "\" holds control characters");
  }
  return std::shared_ptr<const Site>(new Site(std::move(config), std::move(*guard),
                                              std::move(*trust), std::move(*auth),
                                              std::move(cookies)));
}

Site::Site(SiteFetchConfig config, AddressGuard guard, TrustStore trust, Auth auth,
           std::shared_ptr<CookieJar> cookies)
    : config_(std::move(config)),
      guard_(std::move(guard)),
      trust_(std::move(trust)),
      auth_(std::move(auth)),
      cookies_(std::move(cookies)) {}

bool Site::trusts_with_credentials(const model::Url& url) const {
  const auto& origins = config_.credential_origins;
  return std::find(origins.begin(), origins.end(), url.origin()) != origins.end();
}

bool Site::allows_port(std::uint16_t port) const {
  const auto& ports = config_.ports;
  return !blocked_port(port) || std::find(ports.begin(), ports.end(), port) != ports.end();
}

}  // namespace crawld::fetch

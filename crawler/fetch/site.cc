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

using OptionalCertificate = std::optional<base::ClientCertificate>;

base::Result<OptionalCertificate> certificate_of(const SiteFetchConfig& config,
                                                 ClientCertificates& certificates) {
  if (config.certificate.empty()) return OptionalCertificate();
  auto certificate = certificates.open({.certificate = config.certificate,
                                        .private_key = config.private_key,
                                        .password = config.private_key_password,
                                        .ciphers = config.tls_ciphers});
  if (!certificate) return std::move(certificate).error();
  return OptionalCertificate(*std::move(certificate));
}

}  // namespace

base::Result<std::shared_ptr<const Site>> Site::make(SiteFetchConfig config,
                                                     std::shared_ptr<CookieJar> cookies,
                                                     TrustStores& trusted,
                                                     ClientCertificates& certificates) {
  auto guard = AddressGuard::with_allowed(config.allow_addresses);
  if (!guard) return invalid(config, "allow_addresses: " + guard.error().message);
  auto trust = trusted.open(config.ca_certificate);
  if (!trust) return invalid(config, trust.error().message);
  if (!config.tls_ciphers.empty() && !base::is_cipher_list(config.tls_ciphers)) {
    return invalid(config, "tls_ciphers: OpenSSL has none of them");
  }
  auto certificate = certificate_of(config, certificates);
  if (!certificate) return invalid(config, certificate.error().message);
  std::optional<base::NearEnd> near_end;
  if (!config.bind_address.empty()) {
    auto found = base::NearEnd::find(config.bind_address);
    if (!found) return invalid(config, "bind_address: " + found.error().message);
    near_end = *std::move(found);
  }
  std::vector<Proxy> proxies;
  for (const std::string& url : config.proxies) {
    auto proxy = Proxy::parse(url);
    if (!proxy) return invalid(config, "proxy is not a URL like http://host:port");
    proxies.push_back(*std::move(proxy));
  }
  auto auth = parse_auth(config.auth);
  // The text itself is a secret.
  if (!auth)
    return invalid(config,
                   "auth is not \"basic user:pass\", \"digest user:pass\" or \"bearer token\"");
  for (const auto& header : config.headers) {
    if (!model::is_header_name(header.first) || !model::is_header_value(header.second))
      return invalid(config, "header \"" + header.first + "\" holds control characters");
  }
  std::shared_ptr<Site> site(new Site(std::move(config), std::move(*guard), std::move(*trust),
                                      std::move(*auth), std::move(cookies)));
  site->certificate_ = std::move(*certificate);
  site->near_end_ = std::move(near_end);
  site->proxies_ = std::move(proxies);
  return std::shared_ptr<const Site>(std::move(site));
}

Site::Site(SiteFetchConfig config, AddressGuard guard, TrustStore trust, Auth auth,
           std::shared_ptr<CookieJar> cookies)
    : config_(std::move(config)),
      guard_(std::move(guard)),
      trust_(std::move(trust)),
      auth_(std::move(auth)),
      cookies_(std::move(cookies)) {}

bool Site::trusts_with_credentials(const model::Url& url) const {
  return config_.credential_origins.contains(url.origin());
}

bool Site::allows_port(std::uint16_t port) const {
  const auto& ports = config_.ports;
  return !blocked_port(port) || std::find(ports.begin(), ports.end(), port) != ports.end();
}

}  // namespace crawld::fetch

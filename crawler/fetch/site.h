// A site's settings, made ready once for all of its transfers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/near_end.h"
#include "crawler/base/result.h"
#include "crawler/fetch/address_guard.h"
#include "crawler/fetch/cookie_jar.h"
#include "crawler/fetch/fetch_config.h"
#include "crawler/fetch/proxy.h"
#include "crawler/fetch/tls.h"
#include "crawler/model/url.h"

namespace crawld::fetch {

enum class AuthScheme : std::uint8_t { none, basic, digest, bearer };

struct Auth {
  AuthScheme scheme = AuthScheme::none;
  std::string secret;  // "user:password" or the token
};

// Never changes once made; transfers share it, so that a reload does not pull it
// from under them.
class Site {
 public:
  // `cookies` is the jar to use; none: no cookies are kept.
  static base::Result<std::shared_ptr<const Site>> make(SiteFetchConfig config,
                                                        std::shared_ptr<CookieJar> cookies,
                                                        TrustStores& trusted,
                                                        ClientCertificates& certificates);

  const SiteFetchConfig& config() const { return config_; }
  const AddressGuard& guard() const { return guard_; }
  const TrustStore& trust() const { return trust_; }
  // Sent where trusts_with_credentials(). Null: none.
  const base::ClientCertificate* certificate() const {
    return certificate_ ? &*certificate_ : nullptr;
  }
  const std::vector<Proxy>& proxies() const { return proxies_; }  // empty: none
  // Null: connections start wherever the routes say.
  const base::NearEnd* near_end() const { return near_end_ ? &*near_end_ : nullptr; }
  const Auth& auth() const { return auth_; }
  // May be null. A jar outlives its site when a reload replaces the site.
  const std::shared_ptr<CookieJar>& cookies() const { return cookies_; }
  // Headers and credentials of the configuration may go there.
  bool trusts_with_credentials(const model::Url& url) const;
  bool allows_port(std::uint16_t port) const;

 private:
  Site(SiteFetchConfig config, AddressGuard guard, TrustStore trust, Auth auth,
       std::shared_ptr<CookieJar> cookies);

  SiteFetchConfig config_;
  AddressGuard guard_;
  TrustStore trust_;
  std::optional<base::ClientCertificate> certificate_;
  std::optional<base::NearEnd> near_end_;
  std::vector<Proxy> proxies_;
  Auth auth_;
  std::shared_ptr<CookieJar> cookies_;
};

}  // namespace crawld::fetch

// A site's settings, made ready once for all of its transfers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/fetch/address_guard.h"
#include "crawler/fetch/fetch_config.h"
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
  static base::Result<std::shared_ptr<const Site>> make(SiteFetchConfig config);

  const SiteFetchConfig& config() const { return config_; }
  const AddressGuard& guard() const { return guard_; }
  const TrustStore& trust() const { return trust_; }
  const Auth& auth() const { return auth_; }
  // Headers and credentials of the configuration may go there.
  bool trusts_with_credentials(const model::Url& url) const;
  bool allows_port(std::uint16_t port) const;

 private:
  Site(SiteFetchConfig config, AddressGuard guard, TrustStore trust, Auth auth);

  SiteFetchConfig config_;
  AddressGuard guard_;
  TrustStore trust_;
  Auth auth_;
};

}  // namespace crawld::fetch

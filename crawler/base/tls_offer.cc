#include "crawler/base/tls_offer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

namespace crawld::base {

bool is_cipher_list(const std::string& ciphers) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const bool known = context && SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) == 1;
  ERR_clear_error();
  return known;
}

}  // namespace crawld::base

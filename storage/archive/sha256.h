// SHA-256 (FIPS 180-4 section 6.2) of bytes that come in pieces. By OpenSSL, which uses the
// processor's instructions for it: packages are hashed as a whole.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace crawld::storage {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  // "sha256:" and 64 digits of base 16, lower case. Once, at the end.
  std::string label();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string sha256_label(std::string_view bytes);

}  // namespace crawld::storage

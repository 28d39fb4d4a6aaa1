#include "storage/archive/sha256.h"

#include <array>
#include <cstdlib>

namespace crawld::storage {
namespace {

// Only a want of memory, or an OpenSSL without SHA-256, fails here.
void must(int done) {
  if (done != 1) std::abort();
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  must(context_ != nullptr ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void Sha256::add(std::string_view bytes) {
  must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::label() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "sha256:";
  for (unsigned int i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

std::string sha256_label(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.label();
}

}  // namespace crawld::storage

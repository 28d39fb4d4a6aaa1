#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace crawld::tests {
namespace {

void must(bool good) {
  if (!good) throw std::runtime_error("cannot make a test certificate");
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

X509* make(const std::string& name, TestAuthority::Validity validity, EVP_PKEY* key, long serial) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), validity.until);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

struct TestAuthority::State {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = nullptr;
  std::filesystem::path folder;
  std::string file;
  long serial = 1;
};

TestAuthority::TestAuthority() : state_(std::make_unique<State>()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "crawld-ca-XXXXXX").string();
  must(mkdtemp(pattern.data()) != nullptr);
  state_->folder = pattern;
  state_->file = (state_->folder / "ca.pem").string();
  state_->certificate = make("crawld test authority", {}, state_->key, state_->serial++);
  X509_set_issuer_name(state_->certificate, X509_get_subject_name(state_->certificate));
  add_extension(state_->certificate, state_->certificate, NID_basic_constraints,
                "critical,CA:TRUE");
  must(X509_sign(state_->certificate, state_->key, EVP_sha256()) > 0);
  std::FILE* out = std::fopen(state_->file.c_str(), "w");
  must(out != nullptr && PEM_write_X509(out, state_->certificate) == 1);
  std::fclose(out);
}

TestAuthority::~TestAuthority() {
  X509_free(state_->certificate);
  EVP_PKEY_free(state_->key);
  std::error_code ignored;
  std::filesystem::remove_all(state_->folder, ignored);
}

std::string TestAuthority::lock(const std::string& key, const std::string& password) {
  std::FILE* in = std::fopen(key.c_str(), "r");
  must(in != nullptr);
  EVP_PKEY* plain = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
  std::fclose(in);
  std::string locked = key + ".locked";
  std::FILE* out = std::fopen(locked.c_str(), "w");
  must(out != nullptr &&
       PEM_write_PKCS8PrivateKey(out, plain, EVP_aes_128_cbc(), password.data(),
                                 static_cast<int>(password.size()), nullptr, nullptr) == 1);
  std::fclose(out);
  EVP_PKEY_free(plain);
  return locked;
}

const std::string& TestAuthority::certificate() const { return state_->file; }

TestAuthority::Files TestAuthority::issue(const std::string& name, Validity validity) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  const long serial = state_->serial++;
  X509* certificate = make(name, validity, key, serial);
  X509_set_issuer_name(certificate, X509_get_subject_name(state_->certificate));
  const bool is_address = name.find_first_not_of("0123456789.") == std::string::npos;
  add_extension(certificate, state_->certificate, NID_subject_alt_name,
                (is_address ? "IP:" : "DNS:") + name);
  must(X509_sign(certificate, state_->key, EVP_sha256()) > 0);
  const std::string base = (state_->folder / std::to_string(serial)).string();
  Files files{base + ".pem", base + ".key"};
  std::FILE* out = std::fopen(files.certificate.c_str(), "w");
  must(out != nullptr && PEM_write_X509(out, certificate) == 1);
  std::fclose(out);
  out = std::fopen(files.key.c_str(), "w");
  must(out != nullptr &&
       PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

}  // namespace crawld::tests

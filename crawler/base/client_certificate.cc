#include "crawler/base/client_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "crawler/base/escape.h"

namespace crawld::base {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

// A pipe would be waited for, a device never ends.
Bio open_file(const std::string& path) {
  std::error_code failed;
  const bool is_file = std::filesystem::is_regular_file(path, failed);
  return {is_file ? BIO_new_file(path.c_str(), "r") : nullptr, &BIO_free};
}

// What OpenSSL said last, in its words, which hold nothing of the files.
std::string last_words() {
  const char* words = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return words == nullptr ? "OpenSSL does not take it" : words;
}

std::string quoted(const std::string& path) { return "\"" + printable(path) + "\""; }

Error wrong(const char* key, const std::string& what) {
  return {Error::Code::invalid, std::string(key) + ": " + what};
}

struct Password {
  const std::string& text;
  bool asked = false;
};

// Without it OpenSSL would ask at the terminal.
int give_password(char* into, int size, int /*writing*/, void* password) {
  auto& given = *static_cast<Password*>(password);
  given.asked = true;
  if (given.text.empty() || given.text.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(given.text.begin(), given.text.end(), into);
  return static_cast<int>(given.text.size());
}

X509* next_certificate(BIO* file) {
  // A certificate has no password; were it locked all the same, nobody is asked.
  static const std::string kNone;
  Password none{kNone};
  return PEM_read_bio_X509(file, nullptr, &give_password, &none);
}

}  // namespace

Result<ClientCertificate> ClientCertificate::read(const Source& source) {
  ClientCertificate out;
  const Bio file = open_file(source.certificate);
  if (!file) return wrong("certificate", quoted(source.certificate) + " is no file to be read");
  out.certificate_ = {next_certificate(file.get()), &X509_free};
  if (!out.certificate_) {
    ERR_clear_error();
    return wrong("certificate", quoted(source.certificate) + " holds no certificate in PEM form");
  }
  out.chain_ = {sk_X509_new_null(),
                [](STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }};
  while (X509* link = next_certificate(file.get())) sk_X509_push(out.chain_.get(), link);
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return wrong("certificate", quoted(source.certificate) + " is damaged: " + last_words());
  }
  ERR_clear_error();
  if (Status key = out.read_key(source); !key) return std::move(key).error();
  if (Status taken = out.try_out(source); !taken) return std::move(taken).error();
  return out;
}

Status ClientCertificate::read_key(const Source& source) {
  const std::string& path = source.private_key.empty() ? source.certificate : source.private_key;
  const Bio file = open_file(path);
  if (!file) return wrong("private_key", quoted(path) + " is no file to be read");
  Password password{source.password};
  key_ = {PEM_read_bio_PrivateKey(file.get(), nullptr, &give_password, &password), &EVP_PKEY_free};
  ERR_clear_error();
  if (!key_ && password.asked) {
    const char* why = source.password.empty()
                          ? " is locked; private_key_password opens it"
                          : " is not opened by its password (private_key_password)";
    return wrong("private_key", quoted(path) + why);
  }
  if (!key_) return wrong("private_key", quoted(path) + " holds no private key in PEM form");
  const bool belongs = X509_check_private_key(certificate_.get(), key_.get()) == 1;
  ERR_clear_error();
  if (belongs) return Done{};
  return wrong("private_key", quoted(path) + " does not belong to the first certificate of " +
                                  quoted(source.certificate));
}

// As in a handshake: a key may be too small, a hash too weak.
Status ClientCertificate::try_out(const Source& source) const {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const bool taken = context &&
                     (source.ciphers.empty() ||
                      SSL_CTX_set_cipher_list(context.get(), source.ciphers.c_str()) == 1) &&
                     install(context.get());
  if (taken) return Done{};
  return wrong("certificate", quoted(source.certificate) + " cannot be used: " + last_words());
}

bool ClientCertificate::install(SSL_CTX* context) const {
  constexpr int kReplace = 1;
  return SSL_CTX_use_cert_and_key(context, certificate_.get(), key_.get(), chain_.get(),
                                  kReplace) == 1;
}

bool ClientCertificate::has_expired(WallTime now) const {
  std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return X509_cmp_time(X509_get0_notAfter(certificate_.get()), &seconds) < 0;
}

}  // namespace crawld::base

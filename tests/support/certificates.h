// A certificate authority for one test run.
#pragma once

#include <memory>
#include <string>

namespace crawld::tests {

class TestAuthority {
 public:
  struct Files {
    std::string certificate;  // PEM
    std::string key;          // PEM
  };
  // Seconds from now.
  struct Validity {
    long from = -3'600;
    long until = 3'600;
  };

  TestAuthority();
  ~TestAuthority();

  // Of the authority itself, PEM.
  const std::string& certificate() const;
  // A certificate for `name`, a DNS name or an IPv4 address.
  Files issue(const std::string& name, Validity validity);
  Files issue(const std::string& name) { return issue(name, {}); }

  // A copy of the key that `password` opens; the file's name.
  std::string lock(const std::string& key, const std::string& password);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crawld::tests

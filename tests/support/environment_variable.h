// An environment variable for the time of a test: it is as before at the end.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace crawld::tests {

class EnvironmentVariable {
 public:
  explicit EnvironmentVariable(const char* name) : name_(name) {
    if (const char* value = std::getenv(name)) before_ = value;
  }
  EnvironmentVariable(const char* name, const std::string& value) : EnvironmentVariable(name) {
    set(value);
  }
  ~EnvironmentVariable() { before_ ? set(*before_) : clear(); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

  void set(const std::string& value) { setenv(name_, value.c_str(), 1); }
  void clear() { unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace crawld::tests

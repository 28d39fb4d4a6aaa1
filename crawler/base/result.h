// Result<T>: a value, or an Error that says where, what and what to do.
//
// For failures of our own operations (config, SQL, spawn). Expected outcomes of
// the web (a 404, a timeout) are data in crawler/model, not errors. Broken
// invariants abort.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace crawld::base {

struct Error {
  // What a caller may act on; each maps to one exit code in cli/exit_code.h.
  enum class Code : std::uint8_t {
    invalid,      // the caller's or user's input is wrong
    not_found,    // the named thing does not exist
    io,           // the operating system said no
    disk_full,    // no room; trying again later makes sense
    busy,         // somebody else holds it
    corrupt,      // stored data is damaged
    incompatible  // stored data is of another program or a newer version
  };
  Code code = Code::invalid;
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: converts
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Needs: ok().
  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Needs: !ok().
  const Error& error() const& { return assert(!ok()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!ok()), std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value: `return Done{};`.
struct Done {};
using Status = Result<Done>;

}  // namespace crawld::base

// A seccomp filter (seccomp(2)) as it is put together, call by call.
//
// Calls of another architecture end the process in any filter. Threads: one at a time.
#pragma once

#include <seccomp.h>

#include <cstdint>
#include <initializer_list>
#include <memory>

#include "crawler/base/result.h"

namespace crawld::parsers {

class CallFilter {
 public:
  // `otherwise`: what happens at a call that no rule is about (SCMP_ACT_...).
  explicit CallFilter(std::uint32_t otherwise);

  // What happens at `call`, where its arguments are as told.
  void on(int call, std::uint32_t action, std::initializer_list<scmp_arg_cmp> where = {});

  // From here on it holds, for this process and what it executes. Tells the first thing that went
  // wrong on the way.
  base::Status load();

 private:
  void keep(int result);

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int result_ = 0;
};

}  // namespace crawld::parsers

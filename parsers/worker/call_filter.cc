#include "parsers/worker/call_filter.h"

#include <cerrno>
#include <cstring>
#include <string>

namespace crawld::parsers {

CallFilter::CallFilter(std::uint32_t otherwise)
    : context_(seccomp_init(otherwise), &seccomp_release) {
  if (!context_) result_ = -ENOMEM;
  keep(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
}

void CallFilter::on(int call, std::uint32_t action, std::initializer_list<scmp_arg_cmp> where) {
  keep(seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(where.size()),
                              where.begin()));
}

base::Status CallFilter::load() {
  if (result_ == 0) keep(seccomp_load(context_.get()));
  if (result_ == 0) return base::Done{};
  return base::Error{
      base::Error::Code::io,
      std::string("sandbox: cannot load the seccomp filter: ") + std::strerror(-result_)};
}

// The first failure is the one to tell.
void CallFilter::keep(int result) {
  if (result_ == 0) result_ = result;
}

}  // namespace crawld::parsers

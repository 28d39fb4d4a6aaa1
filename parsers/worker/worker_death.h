// What the death of a worker says about the page it died of.
#pragma once

#include <cstdint>

#include "crawler/model/page.h"

namespace crawld::parsers {

// `status`: of a worker that ended by itself or was ended by the kernel, as wait4() gives it.
// `memory`: its limit, bytes. (Its largest resident size cannot help to tell why it died: the
// kernel counts in what the parent held when it started the worker.)
model::ParseFailure failure_of_death(int status, std::uint64_t memory);

}  // namespace crawld::parsers

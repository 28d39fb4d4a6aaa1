// What the death of a worker says about the page it died of.
#pragma once

#include <cstdint>

#include "crawler/model/page.h"

namespace crawld::parsers {

// `status`: of a worker that ended by itself or was ended by the kernel, as wait4() gives it.
// `max_resident`: its largest resident size, bytes; `memory`: its limit. A fault close to the
// limit is booked as `memory`: C code that is refused memory often dies of a null pointer.
model::ParseFailure failure_of_death(int status, std::uint64_t max_resident, std::uint64_t memory);

}  // namespace crawld::parsers

// How many bytes an item of the queues between the stages keeps in memory, near enough to
// bound them. Pure.
#pragma once

#include <cstddef>

#include "crawler/model/page.h"
#include "crawler/pipeline/commit_item.h"

namespace crawld::pipeline {

std::size_t weight(const model::Fetched& fetched);
std::size_t weight(const CommitItem& item);

}  // namespace crawld::pipeline

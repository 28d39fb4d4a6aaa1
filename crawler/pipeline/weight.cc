#include "crawler/pipeline/weight.h"

#include <variant>

namespace crawld::pipeline {
namespace {

// What one of them takes with its strings; pages of 100,000 links are told from others by it.
constexpr std::size_t kDiscoveredBytes = 512;
constexpr std::size_t kLinkBytes = 256;

}  // namespace

std::size_t weight(const CommitItem& item) {
  const auto* settled = std::get_if<model::Settled>(&item);
  if (settled == nullptr) return 256;
  std::size_t bytes = 512 + settled->discovered.size() * kDiscoveredBytes;
  if (const auto* page = std::get_if<model::ParsedPage>(&settled->parsed.page)) {
    bytes += page->packed_body.bytes.size() + page->text.size() + page->links.size() * kLinkBytes;
  }
  if (const auto& answer = settled->parsed.answer) bytes += answer->packed_body.bytes.size();
  if (const auto* response = settled->parsed.fetched.response()) bytes += response->body.size();
  return bytes;
}

std::size_t weight(const model::Fetched& fetched) {
  const auto* response = fetched.response();
  return 512 + (response != nullptr ? response->body.size() : 0);
}

}  // namespace crawld::pipeline

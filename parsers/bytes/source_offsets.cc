#include "parsers/bytes/source_offsets.h"

#include <cstddef>

namespace crawld::parsers {
namespace {

bool is_mark(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x30 || (byte >= 0x3A && byte <= 0x3F);
}

// Both texts, read on in step from one mark to the next.
class Steps {
 public:
  Steps(std::string_view decoded, std::string_view source) : decoded_(decoded), source_(source) {}

  // Behind the next mark of both, or to both ends. False where they differ.
  bool step() {
    at_ = next_mark(decoded_, at_);
    source_at_ = next_mark(source_, source_at_);
    const bool ends = at_ == decoded_.size();
    if (ends != (source_at_ == source_.size())) return false;
    if (ends) return true;
    return decoded_[at_++] == source_[source_at_++];
  }

  // Behind the last mark, in each.
  std::size_t at() const { return at_; }
  std::size_t source_at() const { return source_at_; }
  bool ended() const { return at_ == decoded_.size() && source_at_ == source_.size(); }

 private:
  static std::size_t next_mark(std::string_view text, std::size_t at) {
    while (at < text.size() && !is_mark(text[at])) ++at;
    return at;
  }

  std::string_view decoded_;
  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t source_at_ = 0;
};

}  // namespace

bool to_source_offsets(std::string_view decoded, std::string_view source,
                       std::vector<std::uint64_t>& offsets) {
  Steps steps(decoded, source);
  for (std::uint64_t& offset : offsets) {
    while (!steps.ended() && steps.at() < offset) {
      // A mark that stands at the offset itself has it in front.
      if (!steps.step()) return false;
      if (steps.at() == offset + 1 && is_mark(decoded[offset])) break;
    }
    if (steps.at() == offset) {
      offset = steps.source_at();
    } else if (steps.at() == offset + 1) {
      offset = steps.source_at() - 1;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace crawld::parsers

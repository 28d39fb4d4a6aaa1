// The way back: marks of a tree made of a skeleton become what they stand for.
#include <algorithm>
#include <iterator>

#include "parsers/html/html_skeleton.h"
#include "parsers/html/html_skeleton_marks.h"

namespace crawld::parsers {

// Null where no mark stands.
const HtmlSkeleton::Mark* HtmlSkeleton::mark_at(const char* text) const {
  if (!starts_mark(text[0])) return nullptr;
  const auto bits = [text](int i) { return static_cast<std::size_t>(text[i] & 0x3F); };
  const std::size_t c =
      static_cast<std::size_t>(text[0] & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
  std::size_t index = c - 0xF0000;
  if (index >= kPlane) index -= 2;
  return index < marks_.size() ? &marks_[index] : nullptr;
}

bool HtmlSkeleton::restore_element(GumboElement& element) {
  if (element.original_tag.length != 0) {
    const auto at = static_cast<std::size_t>(element.original_tag.data - html_.data());
    if (next_tag_ == tags_.size() || tags_[next_tag_].at != at) {
      const auto found =
          std::lower_bound(tags_.begin(), tags_.end(), at,
                           [](const Tagged& tag, std::size_t to) { return tag.at < to; });
      if (found == tags_.end() || found->at != at) return false;
      next_tag_ = static_cast<std::size_t>(found - tags_.begin());
    }
    const std::string_view raw = tags_[next_tag_++].raw;
    element.original_tag = {raw.data(), raw.size()};
  }
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    if (!restore_attribute(*static_cast<GumboAttribute*>(element.attributes.data[i]))) return false;
  }
  return true;
}

bool HtmlSkeleton::restore_attribute(GumboAttribute& attribute) const {
  attribute.original_name = attribute.original_value = kGumboEmptyString;
  const auto restore = [this](const char*& text, Kind kind) {
    if (!starts_mark(text[0])) return true;
    const Mark* mark = mark_at(text);
    if (mark == nullptr || mark->kind != kind || text[kMarkBytes] != '\0') return false;
    text = mark->text;
    return true;
  };
  return restore(attribute.name, Kind::name) && restore(attribute.value, Kind::value);
}

bool HtmlSkeleton::takes_out(const GumboNode* node) {
  if (node->type != GUMBO_NODE_COMMENT) return false;
  const Mark* mark = mark_at(node->v.text.text);
  if (mark == nullptr || mark->kind != Kind::form_end) return false;
  --marks_left_;
  return true;
}

std::size_t HtmlSkeleton::space_at(const char* text, std::string_view& space) const {
  std::size_t index = 0;
  std::size_t first = 0;  // code of so many digits
  std::size_t codes = 1;
  std::size_t size = 1;
  for (; text[size] != '\f'; ++size) {
    const char* digit = std::find(std::begin(kDigits), std::end(kDigits), text[size]);
    if (digit == std::end(kDigits) || codes > kMostSpaces) return 0;
    index = index * 3 + static_cast<std::size_t>(digit - kDigits);
    if (codes > 1) first += codes;
    codes *= 3;
  }
  if (size == 1 || first + index >= spaces_.size()) return 0;
  space = spaces_[first + index];
  return size + 1;
}

HtmlSkeleton::Kind HtmlSkeleton::kind_inside(const GumboNode* parent) {
  if (parent->type != GUMBO_NODE_ELEMENT) return Kind::text;
  const GumboElement& element = parent->v.element;
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return Kind::text;
  switch (element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
      return Kind::raw;
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TEXTAREA:
      return Kind::rcdata;
    default:
      return Kind::text;
  }
}

// What stands at `at` in a text of this kind. Of length 0: nothing that we wrote.
HtmlSkeleton::Piece HtmlSkeleton::piece_at(const char* at, Kind kind) const {
  if (const Mark* mark = mark_at(at)) {
    const bool fits = mark->kind == kind || (mark->kind == Kind::cdata && kind == Kind::text);
    return fits ? Piece{mark->text, mark->size, kMarkBytes, true} : Piece{};
  }
  if (kind == Kind::comment) return {};
  if (*at == '\f' && codes_space_) {
    std::string_view space;
    const std::size_t length = space_at(at, space);
    return {space.data(), space.size(), length, false};
  }
  return is_html_space(*at) ? Piece{at, 1, 1, false} : Piece{};
}

bool HtmlSkeleton::restore_text(GumboNode* node) {
  GumboText& text = node->v.text;
  text.original_text = kGumboEmptyString;
  const Kind kind = node->type == GUMBO_NODE_COMMENT ? Kind::comment : kind_inside(node->parent);
  std::size_t size = 0;
  std::size_t pieces = 0;
  Piece piece;
  for (const char* at = text.text; *at != '\0'; at += piece.length) {
    piece = piece_at(at, kind);
    if (piece.length == 0) return false;
    if (piece.is_mark) --marks_left_;
    size += piece.size;
    ++pieces;
  }
  if (pieces <= 1) {
    if (pieces == 1) text.text = piece.text;  // kept as a whole, or white space that is its own
    return true;
  }
  auto* room = static_cast<char*>(arena_.allocate(size + 1));
  if (room == nullptr) return false;
  char* to = room;
  for (const char* at = text.text; *at != '\0'; at += piece.length) {
    piece = piece_at(at, kind);
    to = std::copy_n(piece.text, piece.size, to);
  }
  *to = '\0';
  text.text = room;
  return true;
}

}  // namespace crawld::parsers

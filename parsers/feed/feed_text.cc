#include "parsers/feed/feed_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "crawler/base/ascii.h"
#include "parsers/html/entities.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxTitle = 1024;
// Markup around a title is not worth more; it bounds what unclosed tags can cost.
constexpr std::size_t kMaxHtml = 16 << 10;

// At most `size` bytes of `text`, in whole characters.
std::string_view front(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<std::uint8_t>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

// The size of the tag at the front of `html`, whose attribute values may hold ">";
// 0 when it does not end.
std::size_t tag_size(std::string_view html) {
  bool value_next = false;  // an "=" came before
  for (std::size_t at = 1; at < html.size(); ++at) {
    const char c = html[at];
    if (c == '>') return at + 1;
    if (value_next && (c == '"' || c == '\'')) {
      const std::size_t end = html.find(c, at + 1);
      if (end != std::string_view::npos) at = end;
    }
    if (!base::is_ascii_space(c)) value_next = c == '=';
  }
  return 0;
}

// The size of the tag, comment or declaration at the front of `html`, or 0 when it
// does not end. A comment that does not end as one ends as a tag.
std::size_t markup_size(std::string_view html) {
  if (html.starts_with("<!--")) {
    const std::size_t end = html.find("-->", 2);
    if (end != std::string_view::npos) return end + 3;
  }
  return tag_size(html);
}

bool begins_markup(std::string_view html) {
  return html.size() > 1 && (base::is_ascii_alpha(html[1]) || html[1] == '/' || html[1] == '!');
}

// The size of a <script> or <style> at the front with all that is in it, or 0.
std::size_t hidden_size(std::string_view html) {
  for (const std::string_view name : {"script", "style"}) {
    const std::string_view behind = html.substr(std::min(1 + name.size(), html.size()));
    if (!base::starts_with_ignoring_case(html.substr(1), name)) continue;
    if (behind.empty() || base::is_ascii_alphanumeric(behind[0])) continue;
    for (std::size_t at = html.find("</", 1); at != std::string_view::npos;
         at = html.find("</", at + 2)) {
      if (base::starts_with_ignoring_case(html.substr(at + 2), name)) {
        const std::size_t end = html.find('>', at);
        return end == std::string_view::npos ? html.size() : end + 1;
      }
    }
    return html.size();
  }
  return 0;
}

}  // namespace

std::string html_fragment_text(std::string_view html) {
  html = front(html, kMaxHtml);
  std::string out;
  while (!html.empty()) {
    const std::size_t plain = std::min(html.find_first_of("<&"), html.size());
    out += html.substr(0, plain);
    html.remove_prefix(plain);
    if (html.empty()) break;
    std::size_t used = 0;
    if (html[0] == '&') {
      used = append_reference(html, ReferenceIn::text, out);
    } else if (begins_markup(html)) {
      used = hidden_size(html);
      if (used == 0) used = markup_size(html);
    }
    // What does not end is text, to the end; but for comments.
    if (used == 0 && html.starts_with("<!--")) break;
    if (used == 0 && html[0] == '<' && html.find('>') == std::string_view::npos) {
      used = html.size();
      out += html;
    } else if (used == 0) {
      out += html[0];
      used = 1;
    }
    html.remove_prefix(used);
  }
  return title_text(out);
}

std::string title_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!base::is_ascii_space(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
    if (out.size() > kMaxTitle) break;
  }
  out.resize(front(out, kMaxTitle).size());
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace crawld::parsers

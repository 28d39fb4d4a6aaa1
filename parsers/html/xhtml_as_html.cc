#include "parsers/html/xhtml_as_html.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/html/tokenizer_names.h"

namespace crawld::parsers {
namespace {

using base::is_ascii_space;

// Elements that have no end tag in HTML.
constexpr TagSet kVoid{Tag::area,  Tag::base,  Tag::basefont, Tag::bgsound, Tag::br,    Tag::col,
                       Tag::embed, Tag::frame, Tag::hr,       Tag::img,     Tag::input, Tag::keygen,
                       Tag::link,  Tag::meta,  Tag::param,    Tag::source,  Tag::track, Tag::wbr};

constexpr std::string_view kCdata = "<![CDATA[";
constexpr std::string_view kCdataEnd = "]]>";

class XhtmlWriter {
 public:
  explicit XhtmlWriter(std::string_view xhtml) : in_(xhtml) { out_.reserve(xhtml.size() + 64); }

  std::string write() {
    while (at_ < in_.size()) {
      const std::size_t markup = std::min(in_.find('<', at_), in_.size());
      copy_to(markup);
      if (markup < in_.size()) write_markup();
    }
    return std::move(out_);
  }

 private:
  void write_markup() {
    const std::string_view rest = in_.substr(at_);
    const char next = rest.size() > 1 ? rest[1] : '\0';
    if (rest.starts_with("<!--")) return copy_to(behind("-->", 4));
    if (rest.starts_with(kCdata)) return write_cdata();
    if (next == '?') return skip_to(behind("?>", 2));
    if (base::starts_with_ignoring_case(rest, "<!doctype")) return write_doctype();
    if (next == '/') return write_end_tag();
    if (base::is_ascii_alpha(next)) return write_start_tag();
    copy_to(at_ + 1);
  }

  void write_cdata() {
    const std::size_t end = in_.find(kCdataEnd, at_);
    const std::size_t start = at_ + kCdata.size();
    for (const char c : in_.substr(start, end == in_.npos ? end : end - start)) {
      if (c == '<')
        out_ += "&lt;";
      else if (c == '&')
        out_ += "&amp;";
      else
        out_ += c;
    }
    skip_to(end == in_.npos ? in_.size() : end + kCdataEnd.size());
  }

  // XML 1.0 section 2.8: declarations stand in brackets.
  void write_doctype() {
    const std::size_t end = behind(">", 0);
    const std::size_t bracket = in_.substr(0, end).find('[', at_);
    if (bracket == in_.npos) return copy_to(end);
    copy_to(bracket);
    out_ += '>';
    const std::size_t close = std::min(in_.find(']', at_), in_.size());
    skip_to(std::min(in_.find('>', close), in_.size() - 1) + 1);
  }

  void write_end_tag() {
    const std::string_view name = name_at(at_ + 2);
    const std::size_t end = behind(">", 0);
    kVoid.has(find_tag(name)) ? skip_to(end) : copy_to(end);
  }

  void write_start_tag() {
    const std::string_view name = name_at(at_ + 1);
    const Tag tag = find_tag(name);
    const std::size_t start = at_;
    bool is_empty = false;
    const std::size_t end = tag_end(start + 1 + name.size(), is_empty);
    if (end == in_.npos) return copy_to(in_.size());
    if (tag == Tag::html) {
      write_root(start, end);
    } else if (!is_empty || kVoid.has(tag)) {
      copy_to(end);
    } else {
      copy_to(end - 2);
      skip_to(end);
      out_.append("></").append(name).append(">");
    }
    if (!is_empty && (tag == Tag::script || tag == Tag::style)) write_raw_text(name);
  }

  // Behind the ">" of the tag whose attributes begin at `at`, or npos.
  std::size_t tag_end(std::size_t at, bool& is_empty) const {
    enum class In : std::uint8_t { names, value_to_come, value_without_quotes } in = In::names;
    for (; at < in_.size(); ++at) {
      const char c = in_[at];
      if (c == '>') {
        is_empty = in == In::names && in_[at - 1] == '/';
        return at + 1;
      }
      if (in == In::names) {
        if (c == '=') in = In::value_to_come;
      } else if (in == In::value_to_come && (c == '"' || c == '\'')) {
        at = in_.find(c, at + 1);
        if (at == in_.npos) return at;
        in = In::names;
      } else if (!is_ascii_space(c)) {
        in = In::value_without_quotes;
      } else if (in == In::value_without_quotes) {
        in = In::names;
      }
    }
    return in_.npos;
  }

  void write_root(std::size_t start, std::size_t end) {
    constexpr std::string_view kLang = "xml:lang=";
    const std::string_view tag = in_.substr(start, end - start);
    const std::size_t found = tag.find(kLang);
    const bool other = tag.find(" lang=") != tag.npos || tag.find("\nlang=") != tag.npos;
    if (found != tag.npos && found > 0 && is_ascii_space(tag[found - 1]) && !other) {
      copy_to(start + found);
      skip_to(at_ + 4);  // "xml:"
    }
    copy_to(end);
  }

  // The text of a script or style sheet, which HTML does not look into.
  void write_raw_text(std::string_view name) {
    std::size_t end = at_;
    for (; end < in_.size(); ++end) {
      end = std::min(in_.find("</", end), in_.size());
      if (base::starts_with_ignoring_case(in_.substr(std::min(end + 2, in_.size())), name)) break;
    }
    end = std::min(end, in_.size());
    while (at_ < end) {
      copy_to(std::min(in_.find_first_of("<]", at_), end));
      const std::string_view rest = in_.substr(at_, end - at_);
      if (rest.starts_with(kCdata))
        skip_to(at_ + kCdata.size());
      else if (rest.starts_with(kCdataEnd))
        skip_to(at_ + kCdataEnd.size());
      else
        copy_to(at_ + std::min<std::size_t>(rest.size(), 1));
    }
  }

  std::string_view name_at(std::size_t at) const {
    const std::size_t end = std::min(in_.find_first_of("\t\n\f\r />", at), in_.size());
    return in_.substr(std::min(at, in_.size()), end - std::min(at, in_.size()));
  }
  std::size_t behind(std::string_view end, std::size_t offset) const {
    const std::size_t found = in_.find(end, at_ + offset);
    return found == in_.npos ? in_.size() : found + end.size();
  }
  void copy_to(std::size_t end) {
    out_ += in_.substr(at_, end - at_);
    at_ = end;
  }
  void skip_to(std::size_t end) { at_ = std::min(end, in_.size()); }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string xhtml_as_html(std::string_view xhtml) { return XhtmlWriter(xhtml).write(); }

}  // namespace crawld::parsers

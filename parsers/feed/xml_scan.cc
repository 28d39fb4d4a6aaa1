#include "parsers/feed/xml_scan.h"

#include <algorithm>
#include <cstddef>

#include "crawler/base/ascii.h"
#include "parsers/html/entities.h"

namespace crawld::parsers {
namespace {

using base::is_ascii_space;

// More attributes of one tag are not looked at.
constexpr std::size_t kMaxAttributes = 64;

// XML 1.0 section 2.3, as far as bytes tell.
bool starts_name(char c) {
  return base::is_ascii_alpha(c) || c == '_' || c == ':' || static_cast<std::uint8_t>(c) >= 0x80;
}

bool ends_name(char c) { return is_ascii_space(c) || c == '/' || c == '>' || c == '=' || c == '<'; }

std::size_t name_size(std::string_view text) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends_name) - text.begin());
}

void skip_space(std::string_view& text) {
  while (!text.empty() && is_ascii_space(text[0])) text.remove_prefix(1);
}

// The size of "&name;" at the front, or 0.
std::size_t entity_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (starts_name(text[size]) || base::is_ascii_digit(text[size]) ||
                                text[size] == '-' || text[size] == '.')) {
    ++size;
  }
  return size > 1 && size < text.size() && text[size] == ';' ? size + 1 : 0;
}

}  // namespace

XmlScan::Event XmlScan::next() {
  if (end_follows_) {
    end_follows_ = false;
    return Event::end;
  }
  while (!rest_.empty()) {
    if (rest_[0] != '<') return read_text(std::min(rest_.find('<'), rest_.size()));
    if (const auto event = read_markup()) return *event;
  }
  return Event::finished;
}

XmlScan::Event XmlScan::read_text(std::size_t size) {
  text_ = rest_.substr(0, size);
  text_is_cdata_ = false;
  rest_.remove_prefix(size);
  return Event::text;
}

// Nothing where the markup is of no interest to a reader.
std::optional<XmlScan::Event> XmlScan::read_markup() {
  if (rest_.starts_with("<!--")) {
    rest_.remove_prefix(4);
    skip_behind("-->");
    return std::nullopt;
  }
  if (rest_.starts_with("<![CDATA[")) return read_cdata();
  if (rest_.starts_with("<?")) {
    skip_behind("?>");
    return std::nullopt;
  }
  if (rest_.starts_with("<!")) {
    skip_doctype();
    return std::nullopt;
  }
  if (rest_.size() > 2 && rest_[1] == '/' && starts_name(rest_[2])) {
    rest_.remove_prefix(2);
    name_ = rest_.substr(0, name_size(rest_));
    const std::size_t end = rest_.find_first_of("<>");
    const bool closed = end != std::string_view::npos && rest_[end] == '>';
    if (!closed) blame("an end tag is not closed");
    rest_.remove_prefix(std::min(end + (closed ? 1 : 0), rest_.size()));
    return Event::end;
  }
  if (rest_.size() > 1 && starts_name(rest_[1])) {
    read_start_tag();
    return Event::start;
  }
  blame("a \"<\" begins no tag");
  return read_text(1 + std::min(rest_.substr(1).find('<'), rest_.size() - 1));
}

XmlScan::Event XmlScan::read_cdata() {
  rest_.remove_prefix(9);
  std::size_t end = rest_.find("]]>");
  if (end == std::string_view::npos) {
    blame("a CDATA section is not closed");
    end = rest_.size();
  }
  text_ = rest_.substr(0, end);
  text_is_cdata_ = true;
  rest_.remove_prefix(std::min(end + 3, rest_.size()));
  return Event::text;
}

void XmlScan::skip_doctype() {
  const std::size_t bracket = rest_.find_first_of("[>");
  if (bracket == std::string_view::npos || rest_[bracket] == '>') return skip_behind(">");
  const std::size_t end = rest_.find(']', bracket);
  const std::string_view subset = rest_.substr(bracket, end - bracket);
  if (subset.find("<!ENTITY") != std::string_view::npos) {
    has_entities_ = true;
    blame("entity declarations are not read");
  }
  rest_.remove_prefix(std::min(end, rest_.size()));
  skip_behind(">");
}

void XmlScan::skip_behind(std::string_view end) {
  const std::size_t found = rest_.find(end);
  if (found == std::string_view::npos) {
    blame("a comment, declaration or instruction is not closed");
    rest_ = {};
    return;
  }
  rest_.remove_prefix(found + end.size());
}

void XmlScan::read_start_tag() {
  rest_.remove_prefix(1);
  name_ = rest_.substr(0, name_size(rest_));
  rest_.remove_prefix(name_.size());
  attributes_.clear();
  read_attributes();
}

// Up to and with the ">"; a "<" or the end of the input end a tag too.
void XmlScan::read_attributes() {
  while (true) {
    skip_space(rest_);
    if (rest_.empty() || rest_[0] == '<') return blame("a start tag is not closed");
    if (rest_[0] == '>') return rest_.remove_prefix(1);
    if (rest_[0] == '/' || rest_[0] == '=') {
      end_follows_ = rest_.starts_with("/>");
      rest_.remove_prefix(1);
      continue;
    }
    Attribute attribute{rest_.substr(0, name_size(rest_)), {}};
    rest_.remove_prefix(attribute.name.size());
    skip_space(rest_);
    if (rest_.starts_with("=")) {
      rest_.remove_prefix(1);
      skip_space(rest_);
      const char quote = rest_.empty() ? '\0' : rest_[0];
      if (quote == '"' || quote == '\'') {
        rest_.remove_prefix(1);
        const std::size_t end = std::min(rest_.find(quote), rest_.size());
        attribute.value = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
      } else {
        blame("the value of an attribute is not quoted");
        const std::size_t end = std::min(rest_.find_first_of(" \t\r\n\f><"), rest_.size());
        attribute.value = rest_.substr(0, end);
        rest_.remove_prefix(end);
      }
    }
    if (attributes_.size() < kMaxAttributes) attributes_.push_back(attribute);
  }
}

std::optional<std::string> XmlScan::attribute(std::string_view name) const {
  for (const Attribute& attribute : attributes_) {
    if (!base::equals_ignoring_case(attribute.name, name)) continue;
    std::string value;
    append_references(attribute.value, value);
    return value;
  }
  return std::nullopt;
}

void XmlScan::append_text(std::string& out) const {
  if (text_is_cdata_) {
    out += text_;
  } else {
    append_references(text_, out);
  }
}

// References as HTML has them: feeds use its names, and leave "&" bare in URLs. A name
// that only a document type could explain stands for nothing.
void XmlScan::append_references(std::string_view written, std::string& out) const {
  while (!written.empty()) {
    const std::size_t plain = std::min(written.find('&'), written.size());
    out += written.substr(0, plain);
    written.remove_prefix(plain);
    if (written.empty()) return;
    std::size_t used = append_reference(written, ReferenceIn::attribute, out);
    if (used == 0 && has_entities_) used = entity_size(written);
    if (used == 0) {
      out += '&';
      used = 1;
    }
    written.remove_prefix(used);
  }
}

void XmlScan::blame(std::string_view what) {
  if (fault_.empty()) fault_ = what;
}

std::string_view xml_local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view xml_prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

}  // namespace crawld::parsers

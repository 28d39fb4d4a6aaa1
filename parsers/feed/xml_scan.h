// XML read tag by tag, forgiving what feeds and sitemaps get wrong.
//
// An XML processor must stop at the first error and has to keep entity declarations;
// this reader does neither: it reports what it can make sense of, in order, and a
// document type is passed over, so that there is nothing to expand and nothing to
// fetch. Names are not checked, tags need not match (see XmlPath). Linear, no
// recursion; views point into the input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::parsers {

class XmlScan {
 public:
  enum class Event : std::uint8_t { start, end, text, finished };
  struct Attribute {
    std::string_view name;
    std::string_view value;  // as written
  };

  // `utf8` must outlive the scan.
  explicit XmlScan(std::string_view utf8) : rest_(utf8) {}

  // An element without content ("<a/>") gives start and end.
  Event next();

  // Of a start or end: as written, with its prefix.
  std::string_view name() const { return name_; }
  // Of a start: the value of the attribute `name`, as written without regard to case,
  // with references replaced; nothing when it is missing.
  std::optional<std::string> attribute(std::string_view name) const;
  // Of a start: all of them, or the first 64.
  const std::vector<Attribute>& attributes() const { return attributes_; }
  // Of a text: what it says, at the end of `out`.
  void append_text(std::string& out) const;

  // What was wrong first; empty: nothing noticed.
  const std::string& fault() const { return fault_; }

 private:
  Event read_text(std::size_t size);
  std::optional<Event> read_markup();
  Event read_cdata();
  void skip_doctype();
  void skip_behind(std::string_view end);
  void read_start_tag();
  void read_attributes();
  void blame(std::string_view what);
  void append_references(std::string_view written, std::string& out) const;

  std::string_view rest_;
  std::string_view name_;
  std::string_view text_;
  bool text_is_cdata_ = false;
  bool end_follows_ = false;  // of an element without content
  bool has_entities_ = false;
  std::vector<Attribute> attributes_;
  std::string fault_;
};

// The part of a name behind its prefix, and the prefix (empty: none).
std::string_view xml_local_name(std::string_view name);
std::string_view xml_prefix(std::string_view name);

}  // namespace crawld::parsers

// What gumbo reads in a page's place: its tags, with one character for each text and value.
//
// gumbo takes some 30 ns for every character of a page, whatever it stands in, and most change
// nothing in the tree: a script, a paragraph, an address. Our tokenizer finds where they end in
// a fiftieth of that. So each text, comment and attribute value is kept here, and a character of
// the private use planes, its mark, stands in its place; behind gumbo each mark gives way to what
// it stands for; so for long names of attributes. White space at the front of texts stays white
// space, since tree construction looks at it (HTML 13.2.6.4), but a long run of it becomes a short
// one: a form feed, digits of base 3 written as space, tab and newline, a form feed. The few
// values that tree construction looks at stay as they are.
//
// What holds raw text, and where CDATA begins, depends on the tree. OpenElements tells it
// before there is one, and is wrong on odd markup now and then. So a mark has a kind, and one
// that comes out where its kind does not belong shows that the tree is not the page's: then,
// and where marks cannot stand for what a page has (NUL, frames, private use characters within
// names), gumbo reads the page itself.
//
// Where gumbo 0.10 departs from the standard and other tags lead it there, the skeleton has those:
// a comment before </form>, taken out again, without which gumbo puts the last text of a form
// behind it; as many end tags as one closes among elements whose names gumbo does not know, for it
// takes them for each other; other names for <isindex> and <menuitem>, once special.
#pragma once

#include <gumbo.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parsers/html/arena.h"
#include "parsers/html/open_elements.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

class HtmlSkeleton {
 public:
  // Reads the page, up to where it leaves the limits of trees. `utf8` and `arena` outlive
  // the tree that is made of it.
  HtmlSkeleton(std::string_view utf8, const TreeLimits& limits, Arena& arena);

  // Whether a tree may be made at all, of the page or of its skeleton.
  bool within_limits() const { return within_limits_; }
  const OpenElements& open() const { return open_; }

  // Whether the skeleton can stand for the page.
  bool usable() const { return usable_ && within_limits_; }
  std::string_view html() const { return html_; }

  // Put back what a node's marks stand for, in a tree made of html(). Afterwards
  // original_tag points into the page; original_text, original_value and positions are empty.
  // False: this is not the page's tree.
  bool restore_element(GumboElement& element);
  // Whether a node is none of the page's, and must go.
  bool takes_out(const GumboNode* node);
  // Of a text, white space, CDATA or comment. Needs: its parent is set.
  bool restore_text(GumboNode* node);
  // Whether all came out that must: asked behind the last node.
  bool restored() const { return marks_left_ == 0; }

 private:
  // Where a mark may come out.
  enum class Kind : std::uint8_t { text, rcdata, raw, cdata, comment, value, name, form_end };
  struct Mark {
    const char* text;  // with a NUL behind it
    std::uint32_t size;
    Kind kind;
  };
  struct Piece {
    const char* text = nullptr;
    std::size_t size = 0;
    std::size_t length = 0;  // of what stands for it in html_
    bool is_mark = false;
  };
  struct Tagged {
    std::size_t at;  // in html_
    std::string_view raw;
  };

  void read();
  void read_token(const Token& token);
  void read_start_tag(const Token& token);
  void read_end_tag(const Token& token);
  void read_text(const Token& token);
  void write_tag_name(const Token& token);
  void write_attributes(const Token& token);
  void write_name(const Attribute& attribute);
  void write_value(const Token& token, const Attribute& attribute);
  void write_space(std::string_view space);
  void write_literally(std::string_view text);
  void write_mark(std::string_view text, Kind kind);
  void write_mark(std::size_t index);
  std::optional<std::size_t> add_mark(std::string_view text, Kind kind);

  static Kind kind_inside(const GumboNode* parent);
  bool restore_attribute(GumboAttribute& attribute) const;
  const Mark* mark_at(const char* text) const;
  Piece piece_at(const char* at, Kind kind) const;
  // What the code that starts at `text` stands for, and how long it is; 0: no code.
  std::size_t space_at(const char* text, std::string_view& space) const;

  const std::string_view page_;
  const TreeLimits limits_;
  Arena& arena_;
  Tokenizer tokenizer_;
  OpenElements open_;
  bool within_limits_ = true;
  bool usable_ = true;
  bool codes_space_ = true;              // the page has no form feed of its own
  bool after_text_ = false;              // which gumbo may not have put into the tree yet
  bool after_pre_ = false;               // a newline that comes now is none of the text
  bool raw_is_open_ = false;             // the next end tag is that of an element of raw text
  std::uint32_t merged_attributes_ = 0;  // of all <html>, <head> and <body>
  std::string html_;
  std::string scratch_;
  std::vector<Mark> marks_;
  std::vector<Tagged> tags_;  // start tags, in order
  // Of texts and comments. Tree construction drops few: what it took for raw text, then, was
  // markup, or white space within a text stays where the text goes.
  std::ptrdiff_t marks_left_ = 0;
  std::size_t next_tag_ = 0;              // the one most likely to be asked for
  std::vector<std::string_view> spaces_;  // by their codes
  std::unordered_map<std::string_view, std::size_t> space_codes_;
  // Of each name of an attribute its mark; nothing where it is written as it is.
  std::unordered_map<std::string_view, std::optional<std::size_t>> names_;
  // Equal values of formatting elements have one mark: three equal elements are kept (13.2.4.3).
  std::unordered_map<std::string_view, std::size_t> formatting_values_;
};

}  // namespace crawld::parsers

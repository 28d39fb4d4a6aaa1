// The texts of a page as FactCollector sees them pass: of links, headings, the title.
#include <array>

#include "parsers/html/page_scan_facts.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxLinkText = 1'024;  // bytes, of a heading as well
constexpr std::size_t kMaxJsonLd = 1'000;

// Elements that begin and end a line of text.
constexpr TagSet kLines{
    Tag::address, Tag::article, Tag::aside,     Tag::blockquote, Tag::body,       Tag::br,
    Tag::caption, Tag::center,  Tag::dd,        Tag::details,    Tag::dialog,     Tag::dir,
    Tag::div,     Tag::dl,      Tag::dt,        Tag::fieldset,   Tag::figcaption, Tag::figure,
    Tag::footer,  Tag::form,    Tag::h1,        Tag::h2,         Tag::h3,         Tag::h4,
    Tag::h5,      Tag::h6,      Tag::header,    Tag::hgroup,     Tag::hr,         Tag::li,
    Tag::listing, Tag::main,    Tag::menu,      Tag::nav,        Tag::ol,         Tag::optgroup,
    Tag::option,  Tag::p,       Tag::plaintext, Tag::pre,        Tag::search,     Tag::section,
    Tag::summary, Tag::table,   Tag::tr,        Tag::ul,         Tag::xmp};
// Elements that keep their text apart from its neighbours' without a new line.
constexpr TagSet kApart{Tag::td, Tag::th, Tag::button, Tag::select, Tag::iframe, Tag::video};
// Elements whose text is none of the page's.
constexpr TagSet kSilent{Tag::script, Tag::style,   Tag::title,   Tag::textarea,
                         Tag::iframe, Tag::noembed, Tag::noframes};
// Elements whose content a reader with scripts and modern media does not see.
constexpr TagSet kHidden{Tag::noscript, Tag::audio, Tag::video, Tag::canvas, Tag::datalist};

constexpr TagSet kSilentForeign{Tag::script, Tag::style, Tag::title, Tag::desc};
constexpr TagSet kListened{Tag::a, Tag::form, Tag::h1, Tag::h2, Tag::h3, Tag::h4, Tag::h5, Tag::h6};

// The sets above as one look-up an element.
using Role = std::uint8_t;
constexpr Role kLine = 1;
constexpr Role kCell = 2;
constexpr Role kMute = 4;
constexpr Role kUnseen = 8;
constexpr auto kRoles = [] {
  std::array<Role, static_cast<std::size_t>(Tag::count)> roles{};
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const Tag tag = static_cast<Tag>(i);
    roles[i] = static_cast<Role>((kLines.has(tag) ? kLine : 0) | (kApart.has(tag) ? kCell : 0) |
                                 (kSilent.has(tag) ? kMute : 0) | (kHidden.has(tag) ? kUnseen : 0));
  }
  return roles;
}();

Role role_of(Tag tag) { return kRoles[static_cast<std::size_t>(tag)]; }

// Titles are often padded with no-break spaces that nobody means.
std::string without_no_break_ends(std::string_view text) {
  constexpr std::string_view kNoBreak = "\xC2\xA0";
  const auto padded = [&](bool front) {
    return front ? text.starts_with(kNoBreak) || text.starts_with(' ')
                 : text.ends_with(kNoBreak) || text.ends_with(' ');
  };
  while (padded(true)) text.remove_prefix(text[0] == ' ' ? 1 : kNoBreak.size());
  while (padded(false)) text.remove_suffix(text.back() == ' ' ? 1 : kNoBreak.size());
  return std::string(text);
}

}  // namespace

void FactCollector::listen(Listener::Kind kind, std::size_t index) {
  listeners_.push_back({kind, index, text_.place()});
}

void FactCollector::stop_listening() {
  const Listener listener = listeners_.back();
  listeners_.pop_back();
  switch (listener.kind) {
    case Listener::Kind::link:
      page_.links[listener.index].text =
          page_.texts.keep(text_.line_since(listener.place, kMaxLinkText));
      return;
    case Listener::Kind::heading:
      page_.headings[listener.index].text = text_.line_since(listener.place, kMaxLinkText);
      return;
    case Listener::Kind::nothing:
      return;
  }
}

void FactCollector::open_text(Tag tag, Space space, Attributes attributes) {
  if (space != Space::html) {
    if (kSilentForeign.has(tag)) ++silent_;
    if (tag == Tag::style) capturing_ = options_.css_urls;
    return;
  }
  const Role role = role_of(tag);
  if (role == 0) return;
  if ((role & kLine) != 0) {
    text_.gap(FoldedText::Gap::line);
  } else if ((role & kCell) != 0) {
    text_.gap(FoldedText::Gap::space);
  }
  if ((role & kUnseen) != 0 && hidden_++ == 0) before_hidden_ = text_.place();
  if ((role & kMute) == 0) return;
  ++silent_;
  if (tag == Tag::title) {
    capturing_ = !has_title_;
  } else if (tag == Tag::style) {
    capturing_ = options_.css_urls;
  } else if (tag == Tag::script) {
    const auto type = find(attributes, Attr::type);
    capturing_ = type && extras_.jsonld.size() < kMaxJsonLd &&
                 fold_rel(type->substr(0, type->find(';'))) == "application/ld+json";
  }
}

void FactCollector::close_text(Tag tag, Space space) {
  if (space != Space::html) {
    if (kSilentForeign.has(tag)) --silent_;
    if (tag == Tag::style) {
      read_css(captured_);
      capturing_ = false;
      captured_.clear();
    }
    return;
  }
  const Role role = role_of(tag);
  if (role == 0) return;
  if ((role & kUnseen) != 0 && --hidden_ == 0) text_.rewind(before_hidden_);
  if ((role & kLine) != 0) {
    text_.gap(FoldedText::Gap::line);
  } else if ((role & kCell) != 0) {
    text_.gap(FoldedText::Gap::space);
  }
  if ((role & kMute) == 0) return;
  --silent_;
  if (tag == Tag::title && !has_title_) {
    page_.title = without_no_break_ends(fold_space(captured_));
    has_title_ = true;
  } else if (capturing_ && tag == Tag::style) {
    read_css(captured_);
  } else if (capturing_ && tag == Tag::script) {
    extras_.jsonld.push_back(captured_);
  }
  capturing_ = false;
  captured_.clear();
}

void FactCollector::leave(Tag tag, Space space) {
  if (tag == Tag::unknown) return;
  if (tag == Tag::a || (space == Space::html && kListened.has(tag))) stop_listening();
  close_text(tag, space);
}

void FactCollector::text(std::string_view raw, TextMode mode) {
  if (capturing_) {
    append_text(raw, mode, captured_);
  } else if (silent_ == 0) {
    text_.add(raw, mode);
  }
}

void FactCollector::finish() { page_.text = text_.take(); }

}  // namespace crawld::parsers

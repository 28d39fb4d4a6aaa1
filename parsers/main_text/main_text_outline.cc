#include "parsers/main_text/main_text_outline.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {
namespace {

enum class Display : std::uint8_t { inline_text, block, none, line_break, image };

constexpr GumboTag kInlineTags[] = {
    GUMBO_TAG_A,      GUMBO_TAG_EM,     GUMBO_TAG_STRONG,  GUMBO_TAG_SMALL,  GUMBO_TAG_S,
    GUMBO_TAG_CITE,   GUMBO_TAG_Q,      GUMBO_TAG_DFN,     GUMBO_TAG_ABBR,   GUMBO_TAG_DATA,
    GUMBO_TAG_TIME,   GUMBO_TAG_CODE,   GUMBO_TAG_VAR,     GUMBO_TAG_SAMP,   GUMBO_TAG_KBD,
    GUMBO_TAG_SUB,    GUMBO_TAG_SUP,    GUMBO_TAG_I,       GUMBO_TAG_B,      GUMBO_TAG_U,
    GUMBO_TAG_MARK,   GUMBO_TAG_RUBY,   GUMBO_TAG_RB,      GUMBO_TAG_BDI,    GUMBO_TAG_BDO,
    GUMBO_TAG_SPAN,   GUMBO_TAG_WBR,    GUMBO_TAG_INS,     GUMBO_TAG_DEL,    GUMBO_TAG_MATH,
    GUMBO_TAG_MI,     GUMBO_TAG_MO,     GUMBO_TAG_MN,      GUMBO_TAG_MS,     GUMBO_TAG_MTEXT,
    GUMBO_TAG_LABEL,  GUMBO_TAG_OUTPUT, GUMBO_TAG_ACRONYM, GUMBO_TAG_STRIKE, GUMBO_TAG_BIG,
    GUMBO_TAG_BLINK,  GUMBO_TAG_FONT,   GUMBO_TAG_NOBR,    GUMBO_TAG_TT,     GUMBO_TAG_RTC,
    GUMBO_TAG_UNKNOWN};
constexpr GumboTag kSilentTags[] = {
    GUMBO_TAG_HEAD,     GUMBO_TAG_SCRIPT,   GUMBO_TAG_STYLE,
    GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE, GUMBO_TAG_IFRAME,
    GUMBO_TAG_EMBED,    GUMBO_TAG_OBJECT,   GUMBO_TAG_VIDEO,
    GUMBO_TAG_AUDIO,    GUMBO_TAG_CANVAS,   GUMBO_TAG_MAP,
    GUMBO_TAG_SVG,      GUMBO_TAG_INPUT,    GUMBO_TAG_BUTTON,
    GUMBO_TAG_SELECT,   GUMBO_TAG_DATALIST, GUMBO_TAG_TEXTAREA,
    GUMBO_TAG_PROGRESS, GUMBO_TAG_METER,    GUMBO_TAG_APPLET,
    GUMBO_TAG_FRAMESET, GUMBO_TAG_NOFRAMES, GUMBO_TAG_NOEMBED,
    GUMBO_TAG_RT,       GUMBO_TAG_RP,       GUMBO_TAG_TITLE,
    GUMBO_TAG_OPTION,   GUMBO_TAG_OPTGROUP, GUMBO_TAG_ANNOTATION_XML};

constexpr auto kDisplay = [] {
  std::array<Display, GUMBO_TAG_LAST + 1> display{};
  display.fill(Display::block);
  for (const auto tag : kInlineTags) display[tag] = Display::inline_text;
  for (const auto tag : kSilentTags) display[tag] = Display::none;
  display[GUMBO_TAG_BR] = Display::line_break;
  display[GUMBO_TAG_IMG] = Display::image;
  display[GUMBO_TAG_IMAGE] = Display::image;
  return display;
}();

constexpr auto kTagWithin = [] {
  std::array<WithinSet, GUMBO_TAG_LAST + 1> within{};
  within[GUMBO_TAG_NAV] = bit(Within::nav);
  within[GUMBO_TAG_MENU] = bit(Within::nav);
  within[GUMBO_TAG_ASIDE] = bit(Within::aside);
  within[GUMBO_TAG_FOOTER] = bit(Within::footer);
  within[GUMBO_TAG_HEADER] = bit(Within::header);
  within[GUMBO_TAG_FORM] = bit(Within::form);
  within[GUMBO_TAG_FIGURE] = bit(Within::figure);
  within[GUMBO_TAG_TABLE] = bit(Within::table);
  within[GUMBO_TAG_UL] = bit(Within::list);
  within[GUMBO_TAG_OL] = bit(Within::list);
  within[GUMBO_TAG_DL] = bit(Within::list);
  within[GUMBO_TAG_ARTICLE] = bit(Within::article);
  within[GUMBO_TAG_MAIN] = bit(Within::main);
  within[GUMBO_TAG_BLOCKQUOTE] = bit(Within::blockquote);
  within[GUMBO_TAG_SECTION] = bit(Within::section);
  within[GUMBO_TAG_PRE] = bit(Within::pre);
  within[GUMBO_TAG_LISTING] = bit(Within::pre);
  within[GUMBO_TAG_XMP] = bit(Within::pre);
  within[GUMBO_TAG_PLAINTEXT] = bit(Within::pre);
  within[GUMBO_TAG_FIGCAPTION] = bit(Within::figcaption);
  within[GUMBO_TAG_DETAILS] = bit(Within::details);
  within[GUMBO_TAG_ADDRESS] = bit(Within::address);
  for (const auto tag :
       {GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4, GUMBO_TAG_H5, GUMBO_TAG_H6}) {
    within[tag] = bit(Within::heading);
  }
  return within;
}();

bool contains_ci(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
         }) != text.end();
}

bool style_hides(std::string_view style) {
  if (style.size() < 12) return false;
  std::string dense;
  for (const char c : style.substr(0, 512)) {
    if (c != ' ' && c != '\t' && c != '\n') dense += c;
  }
  return contains_ci(dense, "display:none") || contains_ci(dense, "visibility:hidden");
}

WithinSet role_within(std::string_view role) {
  if (role == "navigation" || role == "menu" || role == "menubar") return bit(Within::nav);
  if (role == "complementary") return bit(Within::aside);
  if (role == "contentinfo") return bit(Within::footer);
  if (role == "banner") return bit(Within::header);
  if (role == "main") return bit(Within::main);
  if (role == "article") return bit(Within::article);
  if (role == "search") return bit(Within::form);
  return 0;
}

// White space as HTML folds it.
constexpr bool is_space(unsigned char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

class OutlineBuilder {
 public:
  explicit OutlineBuilder(PageOutline& page) : page_(page) {}

  void walk(const GumboNode* document) {
    push(document, kNoElement);
    while (!stack_.empty()) {
      auto& frame = stack_.back();
      if (frame.next == frame.children->length) {
        if (frame.breaks) end_block();
        stack_.pop_back();
        continue;
      }
      visit(static_cast<const GumboNode*>(frame.children->data[frame.next++]), frame.element);
    }
    end_block();
  }

 private:
  struct Frame {
    const GumboVector* children;
    unsigned next;
    std::uint32_t element;
    bool breaks;  // a block-level element ends here
  };

  void push(const GumboNode* node, std::uint32_t element) {
    if (node->type == GUMBO_NODE_DOCUMENT) {
      stack_.push_back({&node->v.document.children, 0, element, true});
    } else if (node->type == GUMBO_NODE_ELEMENT) {
      visit(node, element);
    }
  }

  void visit(const GumboNode* node, std::uint32_t parent) {
    switch (node->type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE:
        if (parent != kNoElement) add_text(node->v.text.text, parent);
        return;
      case GUMBO_NODE_ELEMENT:
        break;
      case GUMBO_NODE_DOCUMENT:
      case GUMBO_NODE_COMMENT:
      case GUMBO_NODE_TEMPLATE:
        return;
    }
    const auto tag = node->v.element.tag;
    const auto display = display_of(node);
    if (display == Display::none) return;
    if (display == Display::line_break) return add_line_break(parent);
    if (display == Display::image) return add_image(node, parent);
    const bool breaks = display == Display::block;
    if (breaks) end_block();
    page_.elements.push_back(describe(node, parent, breaks));
    const auto index = static_cast<std::uint32_t>(page_.elements.size() - 1);
    link_self(index, tag, breaks);
    if (tag == GUMBO_TAG_BODY && page_.body == kNoElement) page_.body = index;
    stack_.push_back({&node->v.element.children, 0, index, breaks});
  }

  static Display display_of(const GumboNode* node) {
    const auto tag = node->v.element.tag;
    if (tag != GUMBO_TAG_UNKNOWN) return kDisplay[tag];
    // A custom element has a hyphen in its name and mostly holds blocks.
    const bool custom = tag_name(node).find('-') != std::string_view::npos;
    return custom ? Display::block : Display::inline_text;
  }

  OutlineElement describe(const GumboNode* node, std::uint32_t parent, bool breaks) const {
    OutlineElement element;
    if (parent != kNoElement) {
      element = page_.elements[parent];
      element.chars = element.link_chars = element.paragraph_chars = element.blocks = 0;
      element.own_hints = 0;
      ++element.depth;
    }
    element.node = node;
    element.parent = parent;
    element.tag = node->v.element.tag;
    element.within |= kTagWithin[element.tag];
    if (breaks && element.link != kNoElement) element.within |= bit(Within::link_block);
    std::uint32_t signature = word_hash_step(kWordSeed, static_cast<unsigned char>(element.tag));
    const auto& attributes = node->v.element.attributes;
    for (unsigned i = 0; i < attributes.length; ++i) {
      const auto* attribute = static_cast<const GumboAttribute*>(attributes.data[i]);
      if (is_telling(*attribute->name)) {
        read_attribute(attribute->name, attribute->value, element, signature);
      }
    }
    element.signature = signature;
    // A quoted post ("twitter-tweet") is text of the article, no button.
    if (element.tag == GUMBO_TAG_BLOCKQUOTE) {
      element.own_hints &= ~(bit(ClassHint::share) | bit(ClassHint::gallery));
    }
    if (element.tag == GUMBO_TAG_BODY || element.tag == GUMBO_TAG_HTML) element.own_hints = 0;
    return element;
  }

  // The names that read_attribute() knows begin so: most others are passed without a look at
  // how long they and their values are.
  static bool is_telling(char first) {
    return first == 'c' || first == 'i' || first == 'r' || first == 'h' || first == 's' ||
           first == 'a';
  }

  static void read_attribute(std::string_view name, std::string_view value, OutlineElement& element,
                             std::uint32_t& signature) {
    if (name == "class") {
      element.own_hints |= class_hints(value.substr(0, 256));
      for (const char c : value.substr(0, 64)) {
        signature = word_hash_step(signature, static_cast<unsigned char>(c));
      }
    } else if (name == "id") {
      element.own_hints |= class_hints(value.substr(0, 128));
    } else if (name == "role") {
      element.within |= role_within(value);
    } else if (name == "hidden" || (name == "style" && style_hides(value))) {
      element.within |= bit(Within::hidden);
    } else if (name == "aria-hidden" && value == "true") {
      element.own_hints |= bit(ClassHint::hidden);
    } else if (name == "itemprop") {
      if (contains_ci(value, "articlebody") || contains_ci(value, "reviewbody")) {
        element.within |= bit(Within::article_body);
      }
    }
  }

  void link_self(std::uint32_t index, GumboTag tag, bool breaks) {
    auto& element = page_.elements[index];
    if (breaks) element.block_element = index;
    switch (static_cast<int>(tag)) {
      case GUMBO_TAG_A:
        if (attribute(element.node, "href")) element.link = index;
        break;
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
        element.list = index;
        element.list_depth = static_cast<std::uint8_t>(std::min(element.list_depth + 1, 255));
        break;
      case GUMBO_TAG_LI:
        element.item = element.frame = index;
        break;
      case GUMBO_TAG_TABLE:
        element.table = index;
        element.cell = element.list = element.item = kNoElement;
        element.list_depth = 0;
        break;
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        element.cell = index;
        break;
      case GUMBO_TAG_BLOCKQUOTE:
        element.frame = index;
        element.quote_depth = static_cast<std::uint8_t>(std::min(element.quote_depth + 1, 255));
        break;
      case GUMBO_TAG_B:
      case GUMBO_TAG_STRONG:
        element.strong = true;
        break;
      case GUMBO_TAG_I:
      case GUMBO_TAG_EM:
        element.emphasis = true;
        break;
      case GUMBO_TAG_CODE:
      case GUMBO_TAG_KBD:
      case GUMBO_TAG_SAMP:
      case GUMBO_TAG_TT:
        element.code = true;
        break;
      default:
        break;
    }
  }

  void add_text(std::string_view text, std::uint32_t element) {
    page_.pieces.push_back({PieceKind::text, element, text, nullptr});
    count(text, page_.elements[element]);
  }

  void count(std::string_view text, const OutlineElement& element) {
    std::uint32_t chars = 0;
    bool word = false;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (is_space(byte)) {
        pending_space_ = true;
        continue;
      }
      if ((byte & 0xC0) == 0x80) continue;
      chars += pending_space_ && block_.chars + chars > 0 ? 2 : 1;
      pending_space_ = false;
      word = true;
    }
    block_.chars += chars;
    if (word) breaks_in_row_ = 0;
    if (element.link == kNoElement) return;
    block_.link_chars += chars;
    if (word && element.link != last_link_) {
      last_link_ = element.link;
      if (block_.links < 0xFFFF) ++block_.links;
    }
  }

  // Two line breaks in a row separate paragraphs on old pages.
  void add_line_break(std::uint32_t element) {
    if (element == kNoElement) return;
    if (++breaks_in_row_ == 2 && !in_pre(element)) return end_block();
    pending_space_ = true;
    page_.pieces.push_back({PieceKind::line_break, element, {}, nullptr});
  }

  void add_image(const GumboNode* node, std::uint32_t element) {
    if (element == kNoElement) return;
    page_.pieces.push_back({PieceKind::image, element, {}, node});
  }

  bool in_pre(std::uint32_t element) const {
    return (page_.elements[element].within & bit(Within::pre)) != 0;
  }

  void end_block() {
    const auto first = block_.first_piece;
    const auto end = static_cast<std::uint32_t>(page_.pieces.size());
    if (block_.chars > 0) {
      block_.pieces = end - first;
      block_.element = element_of_block(first, end);
      page_.blocks.push_back(block_);
    } else if (std::none_of(page_.pieces.begin() + first, page_.pieces.end(),
                            [](const Piece& p) { return p.kind == PieceKind::image; })) {
      page_.pieces.resize(first);
    }
    block_ = Block{};
    block_.first_piece = static_cast<std::uint32_t>(page_.pieces.size());
    pending_space_ = false;
    breaks_in_row_ = 0;
    last_link_ = kNoElement;
  }

  std::uint32_t element_of_block(std::uint32_t first, std::uint32_t end) const {
    for (auto i = first; i < end; ++i) {
      const auto& piece = page_.pieces[i];
      if (piece.kind == PieceKind::text) {
        const auto found = page_.elements[piece.element].block_element;
        return found == kNoElement ? 0 : found;
      }
    }
    return 0;
  }

  PageOutline& page_;
  std::vector<Frame> stack_;
  Block block_;
  std::uint32_t last_link_ = kNoElement;
  unsigned breaks_in_row_ = 0;
  bool pending_space_ = false;
};

constexpr std::uint32_t kLongBlock = 80;  // characters of running text, whatever the tag

void sum_up(PageOutline& page) {
  for (const auto& block : page.blocks) {
    auto& element = page.elements[block.element];
    element.chars += block.chars;
    element.link_chars += block.link_chars;
    ++element.blocks;
    const bool few_links = block.link_chars * 3 < block.chars;
    if (few_links && (element.tag == GUMBO_TAG_P || block.chars >= kLongBlock)) {
      element.paragraph_chars += block.chars;
    }
  }
  for (auto i = page.elements.size(); i-- > 1;) {
    const auto& element = page.elements[i];
    if (element.parent == kNoElement) continue;
    auto& parent = page.elements[element.parent];
    parent.chars += element.chars;
    parent.link_chars += element.link_chars;
    parent.paragraph_chars += element.paragraph_chars;
    parent.blocks += element.blocks;
  }
  for (auto& element : page.elements) {
    if (element.parent == kNoElement) continue;
    const auto& parent = page.elements[element.parent];
    element.container = parent.chars > element.chars ? element.parent : parent.container;
  }
}

// Sorted, so that equal siblings stand together; cheaper than a table of them.
void count_alike(PageOutline& page) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  order.reserve(page.elements.size());
  for (std::uint32_t i = 0; i < page.elements.size(); ++i) {
    const auto& element = page.elements[i];
    page.elements[i].alike = 1;
    if (element.blocks == 0) continue;
    order.push_back({(static_cast<std::uint64_t>(element.parent) << 32) | element.signature, i});
  }
  std::sort(order.begin(), order.end());
  for (std::size_t first = 0; first < order.size();) {
    auto end = first + 1;
    while (end < order.size() && order[end].first == order[first].first) ++end;
    for (auto i = first; i < end; ++i) {
      page.elements[order[i].second].alike = static_cast<std::uint32_t>(end - first);
    }
    first = end;
  }
}

}  // namespace

PageOutline outline_page(const GumboNode* document) {
  PageOutline page;
  page.elements.reserve(1024);
  page.pieces.reserve(1024);
  page.blocks.reserve(256);
  OutlineBuilder(page).walk(document);
  sum_up(page);
  count_alike(page);
  return page;
}

bool is_heading(GumboTag tag) { return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6; }

}  // namespace crawld::parsers

// The insertion modes of tables and selects (HTML 13.2.6.4.9 to 13.2.6.4.17).
#include "parsers/html/page_scan_builder.h"

namespace crawld::parsers {
namespace {

constexpr TagSet kTableContext{Tag::table, Tag::template_, Tag::html};
constexpr TagSet kSections{Tag::tbody, Tag::tfoot, Tag::thead};
constexpr TagSet kSectionContext{Tag::tbody, Tag::tfoot, Tag::thead, Tag::template_, Tag::html};
constexpr TagSet kRowContext{Tag::tr, Tag::template_, Tag::html};
constexpr TagSet kCells{Tag::td, Tag::th};
constexpr TagSet kParts{Tag::caption, Tag::col, Tag::colgroup, Tag::tbody, Tag::td,
                        Tag::tfoot,   Tag::th,  Tag::thead,    Tag::tr};

bool is_start(const Token& token, const TagSet& tags) {
  return token.kind == TokenKind::start_tag && tags.has(token.tag);
}
bool is_end(const Token& token, const TagSet& tags) {
  return token.kind == TokenKind::end_tag && tags.has(token.tag);
}

}  // namespace

OutlineBuilder::Outcome OutlineBuilder::by_foster_parenting(const Token& token) {
  foster_ = true;
  const Outcome outcome = in_body(token);
  foster_ = false;
  return outcome;
}

OutlineBuilder::Outcome OutlineBuilder::in_table(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment:
    case TokenKind::doctype:
      return Outcome::done;
    case TokenKind::end:
      return in_body(token);
    case TokenKind::text:
      // 13.2.6.4.10: white space stays, any other text moves out of the table. The standard asks
      // that a part of the table be the current node; gumbo does not, and no link depends on it
      // but repeated ones around white space.
      if (means_space(token.raw, token.mode)) {
        insert_text(token);
        return Outcome::done;
      }
      return by_foster_parenting(token);
    case TokenKind::start_tag:
      return in_table_start(token);
    case TokenKind::end_tag:
      break;
  }
  constexpr TagSet kIgnored = kParts.with(TagSet{Tag::body, Tag::html});
  if (token.tag == Tag::table) {
    if (!in_scope(Tag::table, Scope::table)) return Outcome::done;
    pop_until(Tag::table);
    reset_mode();
    return Outcome::done;
  }
  if (kIgnored.has(token.tag)) return Outcome::done;
  if (token.tag == Tag::template_) {
    close_template();
    return Outcome::done;
  }
  return by_foster_parenting(token);
}

OutlineBuilder::Outcome OutlineBuilder::in_table_start(const Token& token) {
  switch (token.tag) {
    case Tag::caption:
      clear_to(kTableContext);
      add_marker();
      insert_element(token);
      mode_ = Mode::in_caption;
      return Outcome::done;
    case Tag::colgroup:
      clear_to(kTableContext);
      insert_element(token);
      mode_ = Mode::in_column_group;
      return Outcome::done;
    case Tag::col:
      clear_to(kTableContext);
      insert_known(Tag::colgroup);
      mode_ = Mode::in_column_group;
      return Outcome::again;
    case Tag::tbody:
    case Tag::tfoot:
    case Tag::thead:
      clear_to(kTableContext);
      insert_element(token);
      mode_ = Mode::in_table_body;
      return Outcome::done;
    case Tag::td:
    case Tag::th:
    case Tag::tr:
      clear_to(kTableContext);
      insert_known(Tag::tbody);
      mode_ = Mode::in_table_body;
      return Outcome::again;
    case Tag::table:
      if (!in_scope(Tag::table, Scope::table)) return Outcome::done;
      pop_until(Tag::table);
      reset_mode();
      return Outcome::again;
    case Tag::style:
    case Tag::script:
    case Tag::template_:
      return in_head_start(token);
    case Tag::input:
      return in_table_input(token);
    case Tag::form:
      if (is_open(Tag::template_) || form_ != 0) return Outcome::done;
      form_ = insert_element(token);
      pop();
      return Outcome::done;
    default:
      return by_foster_parenting(token);
  }
}

// A hidden input may stand in a table; others are moved out.
OutlineBuilder::Outcome OutlineBuilder::in_table_input(const Token& token) {
  for (const Attribute& attribute : tokenizer_->attributes()) {
    if (attribute.id != Attr::type) continue;
    std::string scratch;
    std::string type;
    append_name(decode_attribute(attribute.value, scratch), type);
    if (type != "hidden") continue;
    insert_void(token);
    return Outcome::done;
  }
  return by_foster_parenting(token);
}

OutlineBuilder::Outcome OutlineBuilder::in_caption(const Token& token) {
  constexpr TagSet kIgnored{Tag::body, Tag::col,   Tag::colgroup, Tag::html,  Tag::tbody,
                            Tag::td,   Tag::tfoot, Tag::th,       Tag::thead, Tag::tr};
  const bool ends = is_end(token, TagSet{Tag::caption});
  if (ends || is_start(token, kParts) || is_end(token, TagSet{Tag::table})) {
    if (!in_scope(Tag::caption, Scope::table)) return Outcome::done;
    generate_implied_end_tags();
    pop_until(Tag::caption);
    clear_to_marker();
    mode_ = Mode::in_table;
    return ends ? Outcome::done : Outcome::again;
  }
  if (is_end(token, kIgnored)) return Outcome::done;
  return in_body(token);
}

OutlineBuilder::Outcome OutlineBuilder::in_column_group(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment:
    case TokenKind::doctype:
      return Outcome::done;
    case TokenKind::end:
      return in_body(token);
    case TokenKind::text:
      if (is_space(token)) return Outcome::done;
      break;
    case TokenKind::start_tag:
      if (token.tag == Tag::html) return in_body(token);
      if (token.tag == Tag::template_) return in_head_start(token);
      if (token.tag == Tag::col) {
        insert_void(token);
        return Outcome::done;
      }
      break;
    case TokenKind::end_tag:
      if (token.tag == Tag::col) return Outcome::done;
      if (token.tag == Tag::template_) {
        close_template();
        return Outcome::done;
      }
      if (token.tag == Tag::colgroup) {
        if (!current_is(Tag::colgroup)) return Outcome::done;
        pop();
        mode_ = Mode::in_table;
        return Outcome::done;
      }
      break;
  }
  if (!current_is(Tag::colgroup)) return Outcome::done;
  pop();
  mode_ = Mode::in_table;
  return Outcome::again;
}

OutlineBuilder::Outcome OutlineBuilder::in_table_body(const Token& token) {
  constexpr TagSet kClosing{Tag::caption, Tag::col,   Tag::colgroup,
                            Tag::tbody,   Tag::tfoot, Tag::thead};
  constexpr TagSet kIgnored{Tag::body, Tag::caption, Tag::col, Tag::colgroup,
                            Tag::html, Tag::td,      Tag::th,  Tag::tr};
  if (is_start(token, TagSet{Tag::tr})) {
    clear_to(kSectionContext);
    insert_element(token);
    mode_ = Mode::in_row;
    return Outcome::done;
  }
  if (is_start(token, kCells)) {
    clear_to(kSectionContext);
    insert_known(Tag::tr);
    mode_ = Mode::in_row;
    return Outcome::again;
  }
  if (is_end(token, kSections)) {
    if (!in_scope(token.tag, Scope::table)) return Outcome::done;
    clear_to(kSectionContext);
    pop();
    mode_ = Mode::in_table;
    return Outcome::done;
  }
  if (is_start(token, kClosing) || is_end(token, TagSet{Tag::table})) {
    if (!in_scope(kSections, Scope::table)) return Outcome::done;
    clear_to(kSectionContext);
    pop();
    mode_ = Mode::in_table;
    return Outcome::again;
  }
  if (is_end(token, kIgnored)) return Outcome::done;
  return in_table(token);
}

// Closes the open row; false where there is none.
bool OutlineBuilder::end_row() {
  if (!in_scope(Tag::tr, Scope::table)) return false;
  clear_to(kRowContext);
  pop();
  mode_ = Mode::in_table_body;
  return true;
}

OutlineBuilder::Outcome OutlineBuilder::in_row(const Token& token) {
  constexpr TagSet kClosing{Tag::caption, Tag::col,   Tag::colgroup, Tag::tbody,
                            Tag::tfoot,   Tag::thead, Tag::tr};
  constexpr TagSet kIgnored{Tag::body, Tag::caption, Tag::col, Tag::colgroup,
                            Tag::html, Tag::td,      Tag::th};
  if (is_start(token, kCells)) {
    clear_to(kRowContext);
    insert_element(token);
    mode_ = Mode::in_cell;
    add_marker();
    return Outcome::done;
  }
  if (is_end(token, TagSet{Tag::tr})) {
    end_row();
    return Outcome::done;
  }
  if (is_start(token, kClosing) || is_end(token, TagSet{Tag::table})) {
    return end_row() ? Outcome::again : Outcome::done;
  }
  if (is_end(token, kSections)) {
    if (!in_scope(token.tag, Scope::table)) return Outcome::done;
    return end_row() ? Outcome::again : Outcome::done;
  }
  if (is_end(token, kIgnored)) return Outcome::done;
  return in_table(token);
}

void OutlineBuilder::close_cell() {
  generate_implied_end_tags();
  pop_until_one_of(kCells);
  clear_to_marker();
  mode_ = Mode::in_row;
}

OutlineBuilder::Outcome OutlineBuilder::in_cell(const Token& token) {
  constexpr TagSet kIgnored{Tag::body, Tag::caption, Tag::col, Tag::colgroup, Tag::html};
  constexpr TagSet kClosing{Tag::table, Tag::tbody, Tag::tfoot, Tag::thead, Tag::tr};
  constexpr TagSet kConcerned = kParts.with(kIgnored).with(kClosing);
  if (!kConcerned.has(token.tag)) return in_body(token);
  if (is_end(token, kCells)) {
    if (!in_scope(token.tag, Scope::table)) return Outcome::done;
    generate_implied_end_tags();
    pop_until(token.tag);
    clear_to_marker();
    mode_ = Mode::in_row;
    return Outcome::done;
  }
  if (is_start(token, kParts)) {
    if (!in_scope(kCells, Scope::table)) return Outcome::done;
    close_cell();
    return Outcome::again;
  }
  if (is_end(token, kIgnored)) return Outcome::done;
  if (is_end(token, kClosing)) {
    if (!in_scope(token.tag, Scope::table)) return Outcome::done;
    close_cell();
    return Outcome::again;
  }
  return in_body(token);
}

OutlineBuilder::Outcome OutlineBuilder::in_select(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment:
    case TokenKind::doctype:
      return Outcome::done;
    case TokenKind::end:
      return in_body(token);
    case TokenKind::text:
      insert_text(token);
      return Outcome::done;
    case TokenKind::start_tag:
      return in_select_start(token);
    case TokenKind::end_tag:
      return in_select_end(token);
  }
  return Outcome::done;
}

OutlineBuilder::Outcome OutlineBuilder::in_select_start(const Token& token) {
  switch (token.tag) {
    case Tag::html:
      return in_body(token);
    case Tag::option:
      if (current_is(Tag::option)) pop();
      insert_element(token);
      return Outcome::done;
    case Tag::optgroup:
    case Tag::hr:
      if (current_is(Tag::option)) pop();
      if (current_is(Tag::optgroup)) pop();
      if (token.tag == Tag::hr) {
        insert_void(token);
      } else {
        insert_element(token);
      }
      return Outcome::done;
    case Tag::script:
    case Tag::template_:
      return in_head_start(token);
    case Tag::select:
    case Tag::input:
    case Tag::keygen:
    case Tag::textarea:
      if (!in_scope(Tag::select, Scope::select)) return Outcome::done;
      leave_select();
      return token.tag == Tag::select ? Outcome::done : Outcome::again;
    default:
      return Outcome::done;
  }
}

OutlineBuilder::Outcome OutlineBuilder::in_select_end(const Token& token) {
  switch (token.tag) {
    case Tag::optgroup:
      if (current_is(Tag::option) && stack_.size() > 1 &&
          stack_[stack_.size() - 2].tag == Tag::optgroup) {
        pop();
      }
      if (current_is(Tag::optgroup)) pop();
      break;
    case Tag::option:
      if (current_is(Tag::option)) pop();
      break;
    case Tag::select:
      if (in_scope(Tag::select, Scope::select)) leave_select();
      break;
    case Tag::template_:
      close_template();
      break;
    default:
      break;
  }
  return Outcome::done;
}

void OutlineBuilder::leave_select() {
  pop_until(Tag::select);
  reset_mode();
}

OutlineBuilder::Outcome OutlineBuilder::in_select_in_table(const Token& token) {
  constexpr TagSet kTables{Tag::caption, Tag::table, Tag::tbody, Tag::tfoot,
                           Tag::thead,   Tag::tr,    Tag::td,    Tag::th};
  const bool ends = is_end(token, kTables);
  if (!ends && !is_start(token, kTables)) return in_select(token);
  if (ends && !in_scope(token.tag, Scope::table)) return Outcome::done;
  leave_select();
  return Outcome::again;
}

}  // namespace crawld::parsers

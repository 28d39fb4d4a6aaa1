// The insertion modes before the body, after it, and of raw text and templates.
#include "parsers/html/page_scan_builder.h"
#include "parsers/html/page_scan_quirks.h"

namespace crawld::parsers {
namespace {

constexpr TagSet kLeavesHead{Tag::head, Tag::body, Tag::html, Tag::br};
constexpr TagSet kHeadVoids{Tag::base, Tag::basefont, Tag::bgsound, Tag::link, Tag::meta};
constexpr TagSet kHeadElements{Tag::base,      Tag::basefont, Tag::bgsound, Tag::link,
                               Tag::meta,      Tag::noframes, Tag::script,  Tag::style,
                               Tag::template_, Tag::title};

bool is_start(const Token& token, Tag tag) {
  return token.kind == TokenKind::start_tag && token.tag == tag;
}
bool is_end(const Token& token, Tag tag) {
  return token.kind == TokenKind::end_tag && token.tag == tag;
}

}  // namespace

// 13.2.6.4.1. The quirks that matter to a scan are those of "<p><table>".
OutlineBuilder::Outcome OutlineBuilder::initial(const Token& token) {
  if (is_space(token)) {
    return Outcome::done;
  }
  mode_ = Mode::before_html;
  if (token.kind == TokenKind::doctype) {
    quirks_ = means_quirks(parse_doctype(token.raw));
    return Outcome::done;
  }
  quirks_ = true;
  return Outcome::again;
}

// 13.2.6.4.2
OutlineBuilder::Outcome OutlineBuilder::before_html(const Token& token) {
  if (token.kind == TokenKind::doctype) return Outcome::done;
  if (is_space(token)) {
    return Outcome::done;
  }
  if (token.kind == TokenKind::end_tag && !kLeavesHead.has(token.tag)) return Outcome::done;
  mode_ = Mode::before_head;
  if (is_start(token, Tag::html)) {
    insert_element(token);
    return Outcome::done;
  }
  insert_known(Tag::html);
  return Outcome::again;
}

// 13.2.6.4.3
OutlineBuilder::Outcome OutlineBuilder::before_head(const Token& token) {
  if (token.kind == TokenKind::doctype) return Outcome::done;
  if (is_space(token)) {
    return Outcome::done;
  }
  if (is_start(token, Tag::html)) return in_body(token);
  if (token.kind == TokenKind::end_tag && !kLeavesHead.has(token.tag)) return Outcome::done;
  mode_ = Mode::in_head;
  if (is_start(token, Tag::head)) {
    head_ = insert_element(token);
    return Outcome::done;
  }
  head_ = insert_known(Tag::head);
  return Outcome::again;
}

// 13.2.6.4.4
OutlineBuilder::Outcome OutlineBuilder::in_head(const Token& token) {
  switch (token.kind) {
    case TokenKind::doctype:
    case TokenKind::comment:
      return Outcome::done;
    case TokenKind::text: {
      if (is_space(token)) return Outcome::done;
      pop();
      mode_ = Mode::after_head;
      return Outcome::again;
    }
    case TokenKind::start_tag:
      if (token.tag == Tag::html) return in_body(token);
      if (token.tag == Tag::head) return Outcome::done;
      if (kHeadElements.has(token.tag) || token.tag == Tag::noscript) return in_head_start(token);
      break;
    case TokenKind::end_tag:
      if (token.tag == Tag::template_) {
        close_template();
        return Outcome::done;
      }
      if (!kLeavesHead.has(token.tag)) return Outcome::done;
      if (token.tag == Tag::head) {
        pop();
        mode_ = Mode::after_head;
        return Outcome::done;
      }
      break;
    case TokenKind::end:
      break;
  }
  pop();
  mode_ = Mode::after_head;
  return Outcome::again;
}

// The start tags that "in head" knows itself; other modes send theirs here.
OutlineBuilder::Outcome OutlineBuilder::in_head_start(const Token& token) {
  if (kHeadVoids.has(token.tag)) {
    insert_void(token);
    if (token.tag == Tag::base) has_base_ = true;
  } else if (token.tag == Tag::title) {
    read_raw_text(token, TextMode::rcdata);
  } else if (token.tag == Tag::script) {
    read_raw_text(token, TextMode::script);
  } else if (token.tag == Tag::noframes || token.tag == Tag::style) {
    read_raw_text(token, TextMode::rawtext);
  } else if (token.tag == Tag::template_) {
    open_template(token);
  } else if (token.tag == Tag::noscript) {
    insert_element(token);
    mode_ = Mode::in_head_noscript;
  }
  return Outcome::done;
}

void OutlineBuilder::open_template(const Token& token) {
  insert_element(token);
  add_marker();
  frameset_ok_ = false;
  mode_ = Mode::in_template;
  template_modes_.push_back(Mode::in_template);
}

void OutlineBuilder::close_template() {
  if (!is_open(Tag::template_)) return;
  generate_all_implied_end_tags();
  pop_until(Tag::template_);
  clear_to_marker();
  if (!template_modes_.empty()) template_modes_.pop_back();
  reset_mode();
}

// 13.2.6.4.5
OutlineBuilder::Outcome OutlineBuilder::in_head_noscript(const Token& token) {
  constexpr TagSet kAllowed{Tag::basefont, Tag::bgsound,  Tag::link,
                            Tag::meta,     Tag::noframes, Tag::style};
  if (token.kind == TokenKind::doctype) return Outcome::done;
  if (is_start(token, Tag::html)) return in_body(token);
  if (is_space(token)) {
    return Outcome::done;
  }
  if (token.kind == TokenKind::start_tag) {
    if (kAllowed.has(token.tag)) return in_head_start(token);
    if (token.tag == Tag::head || token.tag == Tag::noscript) return Outcome::done;
  }
  if (token.kind == TokenKind::end_tag && token.tag != Tag::br) {
    if (token.tag != Tag::noscript) return Outcome::done;
    pop();
    mode_ = Mode::in_head;
    return Outcome::done;
  }
  pop();
  mode_ = Mode::in_head;
  return Outcome::again;
}

// 13.2.6.4.6
OutlineBuilder::Outcome OutlineBuilder::after_head(const Token& token) {
  if (token.kind == TokenKind::doctype) return Outcome::done;
  if (is_space(token)) {
    return Outcome::done;
  }
  if (token.kind == TokenKind::start_tag) {
    if (token.tag == Tag::html) return in_body(token);
    if (token.tag == Tag::head) return Outcome::done;
    if (token.tag == Tag::body) {
      insert_element(token);
      frameset_ok_ = false;
      mode_ = Mode::in_body;
      return Outcome::done;
    }
    if (token.tag == Tag::frameset) {
      insert_element(token);
      mode_ = Mode::in_frameset;
      return Outcome::done;
    }
    if (kHeadElements.has(token.tag)) {
      push(head_, Tag::head, name_hash(Tag::head), Space::html);
      const Outcome outcome = in_head_start(token);
      const std::size_t head = index_of(head_);
      if (head < stack_.size()) erase_open(head);
      return outcome;
    }
  }
  if (token.kind == TokenKind::end_tag) {
    if (token.tag == Tag::template_) {
      close_template();
      return Outcome::done;
    }
    if (token.tag == Tag::head || !kLeavesHead.has(token.tag)) return Outcome::done;
  }
  insert_known(Tag::body);
  mode_ = Mode::in_body;
  return Outcome::again;
}

// 13.2.6.4.8
OutlineBuilder::Outcome OutlineBuilder::text(const Token& token) {
  if (token.kind == TokenKind::text) {
    insert_text(token);
    return Outcome::done;
  }
  pop();
  mode_ = original_mode_;
  return token.kind == TokenKind::end ? Outcome::again : Outcome::done;
}

// 13.2.6.4.18
OutlineBuilder::Outcome OutlineBuilder::in_template(const Token& token) {
  constexpr TagSet kTableParts{Tag::caption, Tag::colgroup, Tag::tbody, Tag::tfoot, Tag::thead};
  switch (token.kind) {
    case TokenKind::doctype:
    case TokenKind::comment:
      return Outcome::done;
    case TokenKind::text:
      return in_body(token);
    case TokenKind::end_tag:
      if (token.tag == Tag::template_) close_template();
      return Outcome::done;
    case TokenKind::end:
      if (!is_open(Tag::template_)) return Outcome::done;
      pop_until(Tag::template_);
      clear_to_marker();
      if (!template_modes_.empty()) template_modes_.pop_back();
      reset_mode();
      return Outcome::again;
    case TokenKind::start_tag:
      break;
  }
  if (kHeadElements.has(token.tag)) return in_head_start(token);
  Mode mode = Mode::in_body;
  if (kTableParts.has(token.tag))
    mode = Mode::in_table;
  else if (token.tag == Tag::col)
    mode = Mode::in_column_group;
  else if (token.tag == Tag::tr)
    mode = Mode::in_table_body;
  else if (token.tag == Tag::td || token.tag == Tag::th)
    mode = Mode::in_row;
  if (!template_modes_.empty()) template_modes_.back() = mode;
  mode_ = mode;
  return Outcome::again;
}

// 13.2.6.4.19
OutlineBuilder::Outcome OutlineBuilder::after_body(const Token& token) {
  if (token.kind == TokenKind::doctype || token.kind == TokenKind::end) return Outcome::done;
  if (is_space(token)) {
    return in_body(token);
  }
  if (is_start(token, Tag::html)) return in_body(token);
  if (is_end(token, Tag::html)) {
    mode_ = Mode::after_after_body;
    return Outcome::done;
  }
  mode_ = Mode::in_body;
  return Outcome::again;
}

// 13.2.6.4.20. Texts in framesets are white space at most, so none is kept.
OutlineBuilder::Outcome OutlineBuilder::in_frameset(const Token& token) {
  if (token.kind == TokenKind::start_tag) {
    if (token.tag == Tag::html) return in_body(token);
    if (token.tag == Tag::frameset)
      insert_element(token);
    else if (token.tag == Tag::frame)
      insert_void(token);
    else if (token.tag == Tag::noframes)
      return in_head_start(token);
  } else if (is_end(token, Tag::frameset)) {
    if (stack_.size() <= 1) return Outcome::done;
    pop();
    if (!current_is(Tag::frameset)) mode_ = Mode::after_frameset;
  }
  return Outcome::done;
}

// 13.2.6.4.21
OutlineBuilder::Outcome OutlineBuilder::after_frameset(const Token& token) {
  if (is_start(token, Tag::html)) return in_body(token);
  if (is_start(token, Tag::noframes)) return in_head_start(token);
  if (is_end(token, Tag::html)) mode_ = Mode::after_after_frameset;
  return Outcome::done;
}

// 13.2.6.4.22
OutlineBuilder::Outcome OutlineBuilder::after_after_body(const Token& token) {
  if (token.kind == TokenKind::end) return Outcome::done;
  if (token.kind == TokenKind::doctype || is_start(token, Tag::html)) return in_body(token);
  if (is_space(token)) {
    return in_body(token);
  }
  mode_ = Mode::in_body;
  return Outcome::again;
}

// 13.2.6.4.23
OutlineBuilder::Outcome OutlineBuilder::after_after_frameset(const Token& token) {
  if (is_start(token, Tag::html)) return in_body(token);
  if (is_start(token, Tag::noframes)) return in_head_start(token);
  return Outcome::done;
}

}  // namespace crawld::parsers

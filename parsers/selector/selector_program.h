// A compiled selector: what selector_parser makes and selector_match reads.
//
// Lists refer to each other by number, so the whole is one flat value. A slot
// numbers a table that the matcher keeps per document (what it found out
// already), so that no part of a selector is asked twice about one element.
#pragma once

#include <gumbo.h>

#include <cstdint>
#include <string>
#include <vector>

namespace crawld::parsers::selector {

enum class Kind : std::uint8_t {
  type,
  id,
  class_name,
  attribute,
  state,  // a pseudo-class without argument
  nth,
  language,   // :lang()
  direction,  // :dir()
  contains,   // :contains(), :-soup-contains()
  contains_own,
  any_of,   // :is(), :where()
  none_of,  // :not()
  has
};

enum class State : std::uint8_t {
  root,
  scope,
  empty,
  any_link,
  checked,
  default_choice,
  defined,
  disabled,
  enabled,
  in_range,
  indeterminate,
  muted,
  open,
  optional,
  out_of_range,
  placeholder_shown,
  read_only,
  read_write,
  required,
  never  // depends on a user, a URL or a player that is not there
};

// Namespaces are fixed: those that an HTML document can have.
enum class ElementSpace : std::uint8_t { any, none, html, svg, mathml };
enum class AttributeSpace : std::uint8_t { any, none, xlink, xml, xmlns, no_such };
enum class Operator : std::uint8_t {
  present,
  equals,
  includes,   // ~=
  dash,       // |=
  prefix,     // ^=
  suffix,     // $=
  substring,  // *=
  differs     // !=, an extension: also true where there is no such attribute
};
enum class CaseRule : std::uint8_t { by_attribute, insensitive, sensitive };

struct Simple {
  Kind kind = Kind::type;
  State state = State::never;
  Operator op = Operator::present;
  CaseRule case_rule = CaseRule::by_attribute;
  ElementSpace element_space = ElementSpace::any;
  AttributeSpace attribute_space = AttributeSpace::none;
  bool every_name = false;          // *
  bool value_ignores_case = false;  // HTML's list, for HTML elements
  bool of_type = false;             // nth-of-type
  bool from_end = false;
  GumboTag tag = GUMBO_TAG_UNKNOWN;
  std::string name;        // in lower case for types and attributes
  std::string exact_name;  // as written
  std::string value;
  std::vector<std::string> words;  // of :lang() and :contains()
  std::int32_t step = 0;           // An+B
  std::int32_t offset = 0;
  std::int32_t list = -1;  // of :is(), :not(), :has(), nth-child(of)
  std::int32_t slot = -1;
};

enum class Combinator : std::uint8_t { none, descendant, child, next, later };

struct Compound {
  Combinator left = Combinator::none;  // how it hangs on the compound before it
  std::vector<Simple> simples;         // cheap ones first
  std::int32_t slot = -1;
};

// What of a matched element is wanted.
enum class Output : std::uint8_t { element, text, attribute, nothing };

struct Complex {
  std::vector<Compound> compounds;  // never empty
  Output output = Output::element;  // nothing: ends in a pseudo-element such as ::before
  // How many siblings behind :scope it reaches: 1 of ":scope + dd", all of ":scope ~ dd".
  std::uint32_t behind_scope = 0;
  // " ::text" and " *::text": the element to the left is one of those asked for.
  bool or_self = false;
  std::string attribute;  // of ::attr(); in lower case
  std::string exact_attribute;
};

struct List {
  std::vector<Complex> complexes;
};

struct Program {
  std::vector<List> lists;
  std::int32_t top = 0;  // number of the outermost list
  std::int32_t slots = 0;
  bool uses_scope = false;
};

}  // namespace crawld::parsers::selector

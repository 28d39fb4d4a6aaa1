// What class names and short texts say about a block: hints in words.
//
// Two word lists, one for the class and id attributes of elements ("sidebar",
// "articleBody"), one for the visible words of short blocks ("share", "Impressum"),
// in the languages in which the web mostly says such things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawld::parsers {

// Bits of a class name's meaning. Several may hold.
enum class ClassHint : std::uint8_t {
  comment,
  related,
  share,
  navigation,
  footer,
  header,
  sidebar,
  advert,
  newsletter,
  byline,
  tags,
  caption,
  popup,
  login,
  content,
  body_text,
  title,
  lead,
  list,
  hidden,
  gallery,
  pager,
  form,
  quote,
  teaser,
  tools,
  count
};
using ClassHints = std::uint32_t;
constexpr ClassHints bit(ClassHint hint) { return 1U << static_cast<unsigned>(hint); }

// The hints of a class or id attribute. Words are cut at punctuation, digits and
// camelCase; run-together words are cut at known beginnings. Linear.
ClassHints class_hints(std::string_view attribute);

// What a visible word suggests when its block is short.
enum class Cue : std::uint8_t {
  none,
  share,
  comment,
  related,
  legal,
  subscribe,
  cookie,
  byline,
  credit,
  advert,
  function_word,  // "the", "und", "de": the glue of running text
  count
};

// FNV-1a over the word's bytes, ASCII letters in lower case.
constexpr std::uint32_t kWordSeed = 2166136261U;
constexpr std::uint32_t word_hash_step(std::uint32_t hash, unsigned char byte) {
  return (hash ^ byte) * 16777619U;
}

Cue cue_of(std::uint32_t word_hash);

}  // namespace crawld::parsers

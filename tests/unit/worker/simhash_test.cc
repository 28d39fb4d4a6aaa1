#include "parsers/text/simhash.h"

#include <bit>
#include <catch2/catch.hpp>
#include <string>

using crawld::parsers::simhash;

namespace {

int distance(std::string_view a, std::string_view b) {
  return std::popcount(simhash(a) ^ simhash(b));
}

std::string words(int from, int count) {
  std::string out;
  for (int i = from; i < from + count; ++i) out += "word" + std::to_string(i * 7919 % 1000) + " ";
  return out;
}

}  // namespace

TEST_CASE("a text without words has the fingerprint 0, any other has not") {
  CHECK(simhash("") == 0);
  CHECK(simhash(" .,-!\n") == 0);
  CHECK(simhash("a") != 0);
  CHECK(simhash("a b") != 0);
  CHECK(simhash("a b") != simhash("b a"));
}

TEST_CASE("the fingerprint does not see case, white space and ASCII punctuation") {
  CHECK(simhash("The quick, brown fox.") == simhash("the QUICK\nbrown -- fox"));
}

TEST_CASE("texts that differ in a word are near, other texts are far") {
  const std::string text = words(0, 400);
  CHECK(distance(text, words(0, 200) + "changed " + words(201, 199)) <= 6);
  CHECK(distance(text, text + "added at the end") <= 6);
  CHECK(distance(text, words(500, 400)) >= 16);
}

TEST_CASE("a script without spaces is compared by its characters") {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += std::string("\xE4\xB8") + static_cast<char>(0x80 + i * 37 % 64);
  std::string changed = text;
  changed.replace(300, 3, "\xE5\xA4\xA7");
  CHECK(distance(text, changed) <= 8);
}

#include "storage/search/search_tokenizer.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/base/utf8.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// unicode61, as it was found.
struct Letters {
  fts5_tokenizer methods;
  void* context;
};

struct Words {
  fts5_tokenizer letters;
  Fts5Tokenizer* instance;
};

using TakeWord = int (*)(void*, int, const char*, int, int, int);

// The length of the Han or kana character at the front of `text`, or 0. Han: U+3400 to U+9FFF,
// U+F900 to U+FAFF, planes 2 and 3; kana: U+3041 to U+30FF, U+31F0 to U+31FF, U+FF66 to U+FF9F.
int whole_word(const unsigned char* text, int size) {
  if (size < 3 || text[0] < 0xE3) return 0;
  if (text[0] >= 0xF0) return text[0] == 0xF0 && size >= 4 && text[1] >= 0xA0 ? 4 : 0;
  const std::uint32_t c = static_cast<std::uint32_t>(text[0] & 0x0F) << 12 |
                          static_cast<std::uint32_t>(text[1] & 0x3F) << 6 | (text[2] & 0x3FU);
  const bool han = (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF);
  const bool kana = (c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || (c >= 0x31F0 && c <= 0x31FF) ||
                    (c >= 0xFF66 && c <= 0xFF9F);
  return han || kana ? 3 : 0;
}

// Letters that some write in place of others, both in use; unicode61 folds neither.
struct Twins {
  std::string_view one;
  std::string_view other;
};
constexpr Twins kTwins[] = {{"ß", "ss"}, {"ss", "ß"}, {"ё", "е"}, {"е", "ё"}};
constexpr std::size_t kMostSpellings = 8;

// The word with one place spelled otherwise, for each place; and with all of one kind.
std::vector<std::string> other_spellings(std::string_view word) {
  std::vector<std::string> spellings;
  const auto add = [&](std::string spelling) {
    if (spelling == word || spellings.size() == kMostSpellings) return;
    if (std::find(spellings.begin(), spellings.end(), spelling) == spellings.end()) {
      spellings.push_back(std::move(spelling));
    }
  };
  for (const auto& [one, other] : kTwins) {
    std::string all;
    std::size_t done = 0;
    for (std::size_t at = word.find(one); at != word.npos; at = word.find(one, done)) {
      if (spellings.size() == kMostSpellings) return spellings;  // a word may be very long
      const std::string_view rest = word.substr(at + one.size());
      add(std::string(word.substr(0, at)).append(other).append(rest));
      all.append(word.substr(done, at - done)).append(other);
      done = at + one.size();
    }
    if (done > 0) add(all.append(word.substr(done)));
  }
  return spellings;
}

// Words of a part of the text, told by their places in all of it.
struct Part {
  void* context;
  TakeWord take;
  int at;
  bool is_query;
};

int take_from_part(void* context, int flags, const char* word, int size, int start, int end) {
  const auto* part = static_cast<Part*>(context);
  start += part->at;
  end += part->at;
  int rc = part->take(part->context, flags, word, size, start, end);
  if (!part->is_query) return rc;
  for (const std::string& other : other_spellings({word, static_cast<std::size_t>(size)})) {
    if (rc != SQLITE_OK) break;
    rc = part->take(part->context, flags | FTS5_TOKEN_COLOCATED, other.data(),
                    static_cast<int>(other.size()), start, end);
  }
  return rc;
}

int create(void* context, const char** arguments, int count, Fts5Tokenizer** made) {
  const auto* letters = static_cast<Letters*>(context);
  auto* words = new (std::nothrow) Words{letters->methods, nullptr};
  if (words == nullptr) return SQLITE_NOMEM;
  const int rc = letters->methods.xCreate(letters->context, arguments, count, &words->instance);
  if (rc != SQLITE_OK) {
    delete words;
    return rc;
  }
  *made = reinterpret_cast<Fts5Tokenizer*>(words);
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer* tokenizer) {
  auto* words = reinterpret_cast<Words*>(tokenizer);
  words->letters.xDelete(words->instance);
  delete words;
}

int tokenize(Fts5Tokenizer* tokenizer, void* context, int flags, const char* text, int size,
             TakeWord take) {
  auto* words = reinterpret_cast<Words*>(tokenizer);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text);
  int done = 0;
  const auto letters_until = [&](int end) {
    if (end == done) return SQLITE_OK;
    Part part{context, take, done, (flags & FTS5_TOKENIZE_QUERY) != 0};
    return words->letters.xTokenize(words->instance, &part, flags, text + done, end - done,
                                    take_from_part);
  };
  for (int at = 0; at < size;) {
    if (bytes[at] < 0x80) {
      at += static_cast<int>(base::ascii_prefix({text + at, static_cast<std::size_t>(size - at)}));
      continue;
    }
    const int word = whole_word(bytes + at, size - at);
    if (word == 0) {
      ++at;
      continue;
    }
    int rc = letters_until(at);
    if (rc == SQLITE_OK) rc = take(context, 0, text + at, word, at, at + word);
    if (rc != SQLITE_OK) return rc;
    done = at += word;
  }
  return letters_until(size);
}

fts5_api* api_of(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

base::Status install_search_tokenizer(sqlite3* connection) {
  fts5_api* api = api_of(connection);
  if (api == nullptr) return Error{Code::io, "this SQLite has no FTS5"};
  auto letters = std::make_unique<Letters>();
  int rc = api->xFindTokenizer(api, "unicode61", &letters->context, &letters->methods);
  if (rc == SQLITE_OK) {
    fts5_tokenizer words{create, destroy, tokenize};
    rc = api->xCreateTokenizer(api, "unicode61", letters.release(), &words,
                               [](void* context) { delete static_cast<Letters*>(context); });
  }
  if (rc != SQLITE_OK) return Error{Code::io, "SQLite took no tokenizer: " + std::to_string(rc)};
  return base::Done{};
}

}  // namespace crawld::storage

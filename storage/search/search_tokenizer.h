// How texts are cut into the words of the full-text index.
//
// FTS5's unicode61 takes a run of letters for a word. Han and kana are written without spaces,
// so it would take half a sentence for one: here each of their characters is a word, and what
// was asked for as a run is found as a phrase. All else is unicode61's.
//
// What is asked for is looked for in other spellings as well: "strasse" finds Straße, and the other
// way round; "елка" finds ёлка. The index holds what the pages say.
//
// It stands in unicode61's place, under its name: the database names no tokenizer that other
// programs do not have. They read the same index; in Japanese or Chinese they must ask for a
// phrase of characters ("首 都").
#pragma once

#include "crawler/base/result.h"

struct sqlite3;

namespace crawld::storage {

// For this connection, before it touches the index.
base::Status install_search_tokenizer(sqlite3* connection);

}  // namespace crawld::storage

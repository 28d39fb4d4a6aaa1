// The records of one extraction rule as a table: a column for each field.
#pragma once

#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

// As a literal.
std::string sql_text(std::string_view text);

// Errors: not_found (no record of such a rule; the message names those that there are), as of a
// read.
base::Status require_records_of(Database& reader, std::string_view rule);

// SQL for export_rows(), its key first: the page's URL, the fields, the time. A field that holds an
// object, such as a price, has a column for each of its keys: price.amount, price.currency; a list
// stays JSON. Reads all records of the rule, for their fields. Errors: as of a read.
base::Result<std::string> rule_records_sql(Database& reader, std::string_view rule);

}  // namespace crawld::storage

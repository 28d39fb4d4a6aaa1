// What the configuration knows, written down for people and for editors.
//
// Both are made of the field table, so neither can lag behind it. The tree holds what
// they give as config/crawld.example.yaml and config/schema.json (a test compares).
#pragma once

#include <string>

namespace crawld::config {

// Every key at its default with its help, and a site with extraction rules as comments.
std::string example_yaml();

// JSON Schema, draft 2020-12. The strict loader decides; this is for editors.
std::string schema_json();

}  // namespace crawld::config

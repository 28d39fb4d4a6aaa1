// The example and the schema say what the field table says. Sections of the tree:
// config/crawld.example.yaml and config/schema.json; CRAWLD_UPDATE=1 writes them anew.
#include "config/reference.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/fields.h"
#include "config/load.h"
#include "tests/support/environment_variable.h"

using namespace crawld::config;

namespace {

std::string file_text(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect_file(const char* path, const std::string& wanted) {
  if (std::getenv("CRAWLD_UPDATE") != nullptr) std::ofstream(path) << wanted;
  CHECK(file_text(path) == wanted);
}

template <class Owner>
std::string written(std::span<const Field<Owner>> fields, const Owner& owner) {
  std::string out;
  for (const auto& field : fields) {
    WriteField io;
    field.write(io, owner);
    out += std::string(field.path) + ": " + io.take() + "\n";
  }
  return out;
}

// The sites of the example without their comment marks.
std::string uncommented(const std::string& yaml) {
  const std::size_t sites = yaml.find("sites: []\n");
  std::string out = yaml.substr(0, sites) + "sites:\n";
  std::istringstream lines(yaml.substr(sites + 10));
  for (std::string line; std::getline(lines, line);) out += line.substr(1) + "\n";
  return out;
}

}  // namespace

TEST_CASE("the example in the tree is the one that the field table gives") {
  expect_file("config/crawld.example.yaml", example_yaml());
}

TEST_CASE("the schema in the tree is the one that the field table gives") {
  expect_file("config/schema.json", schema_json());
}

TEST_CASE("loading the example gives every default") {
  const auto loaded = load_text(example_yaml(), "example");
  REQUIRE(loaded);
  CHECK(written(run_fields(), loaded->config) == written(run_fields(), Config{}));
  CHECK(written(site_fields(), loaded->defaults) == written(site_fields(), Site{}));
  CHECK(loaded->config.sites.empty());
  CHECK(loaded->warnings.empty());
}

TEST_CASE("every key of the field table stands in the example") {
  const std::string yaml = "\n" + example_yaml();
  for (const auto& field : run_fields()) {
    CHECK(yaml.find(std::string(field.help)) != std::string::npos);
  }
  for (const auto& field : site_fields()) {
    const std::string key(field.path.substr(field.path.find('.') + 1));
    INFO(field.path);
    CHECK(yaml.find(" " + key + ":") != std::string::npos);
    CHECK(yaml.find(std::string(field.help)) != std::string::npos);
  }
}

TEST_CASE("the commented site of the example loads with its rules and tests") {
  const crawld::tests::EnvironmentVariable token("SHOP_TOKEN", "t0ken");
  const auto loaded = load_text(uncommented(example_yaml()), "example");
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded);
  REQUIRE(loaded->config.sites.size() == 1);
  const Site& site = loaded->config.sites[0];
  CHECK(site.headers.at("Authorization") == "t0ken");
  REQUIRE(site.extract.rules.size() == 2);
  CHECK(site.extract.rules[0].fields.size() == 7);
  CHECK(site.extract.rules[0].tests.at(0).file == "fixtures/product.html");
}

TEST_CASE("the schema knows every key with its help and default") {
  const auto schema = nlohmann::json::parse(schema_json());
  const auto property = [](const nlohmann::json& properties, std::string_view path) {
    const std::size_t dot = path.find('.');
    const auto& first = properties.at(std::string(path.substr(0, dot)));
    return dot == std::string_view::npos
               ? first
               : first.at("properties").at(std::string(path.substr(dot + 1)));
  };
  for (const auto& field : run_fields()) {
    CHECK(property(schema.at("properties"), field.path).at("description") == field.help);
  }
  const auto& site = schema.at("$defs").at("site").at("properties");
  for (const auto& field : site_fields()) CHECK(property(site, field.path).contains("default"));
}

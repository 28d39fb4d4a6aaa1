// Secrets: that they changed is told, and nothing else.
#include <catch2/catch.hpp>

#include "config/changed_secrets.h"

using namespace crawld;

namespace {

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a secret that changed is named, and a setting that shows its change is not") {
  config::Site before;
  before.login.fields = {{"user", "me"}, {"pass", "old"}};
  before.proxies = {"http://u:old@proxy.test:3128", "http://other.test:3128"};
  config::Site after = before;
  CHECK(config::changed_secrets(before, after).empty());
  after.login.fields["pass"] = "new";
  after.proxies[0] = "http://u:new@proxy.test:3128";
  after.max_redirects = 3;
  CHECK(config::changed_secrets(before, after) == Keys{"proxy", "login.fields"});
}

TEST_CASE("a secret that came or went is a change that shows") {
  config::Site before;
  config::Site after;
  after.auth = "bearer token";
  CHECK(config::changed_secrets(before, after).empty());
}

TEST_CASE("secrets of the run are told like those of sites") {
  config::Config before;
  before.hooks.secret = "old";
  config::Config after = before;
  after.hooks.secret = "new";
  CHECK(config::changed_secrets(before, after) == Keys{"hooks.secret"});
}

#include "crawler/robots/product_token.h"

#include <catch2/catch.hpp>

using crawld::robots::product_token;

TEST_CASE("the product token is the name that a User-Agent gives its sender") {
  CHECK(product_token("ShopBot") == "ShopBot");
  CHECK(product_token("ShopBot/2.0 (+http://a.test/)") == "ShopBot");
  CHECK(product_token("Mozilla/5.0 (compatible; MyBot/1.0; +http://a.test/)") == "MyBot");
  CHECK(product_token("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; My-Bot/2.1; "
                      "+http://a.test/) Chrome/1 Safari/537.36") == "My-Bot");
  CHECK(product_token("OurBot/1.0 (compatible; MyBot/1.0)") == "OurBot");
  CHECK(product_token("Mozilla/5.0 (X11; Linux x86_64)") == "Mozilla");
  CHECK(product_token("Mozilla/5.0 (compatible;") == "Mozilla");
  CHECK(product_token("").empty());
  CHECK(product_token("(none)").empty());
}

"""Scrapy's parsel on the page and the questions of select_bench.cc.

Usage: parsel_bench.py PAGE.html   (Debian package python3-parsel)
"""
import sys
import time

from parsel import Selector

SELECTORS = ["h2.name a", "article.product", ".price", "#main > article:nth-child(2n) .price",
             "a[href^='/product/']", "ul.tags li + li", "a.next", "#p77 .text",
             "article.sale span[title]", "main article:not(.sale) h2"]
PATHS = ["//h2[@class='name']/a/@href", "//article[contains(@class,'sale')]",
         "//span[@class='price']/text()", "//ul[@class='tags']/li[2]"]


def microseconds(rounds, work):
    start = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - start) / rounds * 1e6


def report(what, us, items):
    print(f"{what:36} {us:10.1f} us {items * 1e6 / us:12.0f} a second")


def records(page):
    for item in page.css("article.product"):
        yield {"name": item.css("h2 ::text").get(), "url": item.css("h2 a::attr(href)").get(),
               "price": item.css(".price::text").get(), "tags": item.css("li::text").getall()}


def main():
    html = open(sys.argv[1], encoding="utf-8").read()
    report("tree", microseconds(200, lambda: Selector(text=html).root.tag), 1)
    page = Selector(text=html)
    report("10 selectors on a known page",
           microseconds(200, lambda: [page.css(text) for text in SELECTORS]), len(SELECTORS))
    report("4 paths on a known page",
           microseconds(200, lambda: [page.xpath(text) for text in PATHS]), len(PATHS))
    report("rule of 4 fields, 120 records",
           microseconds(50, lambda: list(records(page))), 120)


main()

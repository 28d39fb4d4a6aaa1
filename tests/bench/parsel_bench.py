"""Selectors and main text per second of one core, crawld and Scrapy's parsel in turn.

Usage: parsel_bench.py BENCH_DIRECTORY   (that of select_bench and article_bench)

Both ask the same of the same page (select_bench --page). Medians of ROUNDS (default 3) turns, in
CPU time, so that a busy machine shows little. parsel is Debian's python3-parsel.
"""
import os
import re
import statistics
import subprocess
import sys
import time

SELECTORS = ["h2.name a", "article.product", ".price", "#main > article:nth-child(2n) .price",
             "a[href^='/product/']", "ul.tags li + li", "a.next", "#p77 .text",
             "article.sale span[title]", "main article:not(.sale) h2"]
PATHS = ["//h2[@class='name']/a/@href", "//article[contains(@class,'sale')]",
         "//span[@class='price']/text()", "//ul[@class='tags']/li[2]"]
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def a_second(rounds, items, work):
    start = time.process_time()
    for _ in range(rounds):
        work()
    return items * rounds / (time.process_time() - start)


def records(page):
    for item in page.css("article.product"):
        yield {"name": item.css("h2 ::text").get(), "url": item.css("h2 a::attr(href)").get(),
               "price": item.css(".price::text").get(), "tags": item.css("li::text").getall()}


def of_parsel(html):
    """What select_bench measures, by the names that it gives."""
    from parsel import Selector

    def on_new_page():
        page = Selector(text=html)
        return [page.css(text) for text in SELECTORS]

    page = Selector(text=html)
    return {
        "tree": a_second(50, 1, lambda: Selector(text=html).root.tag),
        "tree and 10 selectors": a_second(50, len(SELECTORS), on_new_page),
        "10 selectors on a known page":
            a_second(50, len(SELECTORS), lambda: [page.css(text) for text in SELECTORS]),
        "4 paths on a known page":
            a_second(50, len(PATHS), lambda: [page.xpath(text) for text in PATHS]),
        "rule of 4 fields, 120 records": a_second(10, 120, lambda: list(records(page))),
    }


def of_select_bench(program):
    out = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name.strip(): float(rate)
            for name, rate in re.findall(r"^(.+?)\s+[\d.]+ us\s+(\d+) a second$", out, re.M)}


def of_article_bench(program):
    out = subprocess.run([program, "1"], capture_output=True, text=True, check=True).stdout
    return {name.strip(): float(rate)
            for name, rate in re.findall(r"^article (.+?)\s+(\d+) pages/s", out, re.M)}


def medians(turns):
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def main():
    select, article = (os.path.join(sys.argv[1], name) for name in ("select_bench", "article_bench"))
    html = subprocess.run([select, "--page"], capture_output=True, text=True, check=True).stdout
    try:
        of_parsel("<p>")
        absent = ""
    except ImportError:
        absent = "absent"
    ours, theirs, articles = [], [], []
    for _ in range(ROUNDS):
        ours.append(of_select_bench(select))
        if not absent:
            theirs.append(of_parsel(html))
        articles.append(of_article_bench(article))
    parsel = medians(theirs) if theirs else {}
    print(f"{'a second of one core':32} {'crawld':>10} {'parsel':>10} {'ratio':>7}")
    for name, rate in medians(ours).items():
        peer = parsel.get(name)
        print(f"{name:32} {rate:10,.0f} " +
              (f"{peer:10,.0f} {rate / peer:7.1f}" if peer else f"{absent or '-':>10}"))
    if absent:
        print("parsel is absent; install python3-parsel")
    for name, rate in medians(articles).items() if articles[0] else ():
        print(f"{'article corpus: ' + name:40} {rate:10,.0f} pages")
    if not articles[0]:
        print("article corpus: absent; set CRAWLD_SUITES")


main()

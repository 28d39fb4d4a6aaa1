"""What Scrapy's users write to follow every link of a site and keep its title."""
import scrapy
from scrapy.linkextractors import LinkExtractor


class LinksSpider(scrapy.Spider):
    name = "links"
    custom_settings = {"ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 200,
                       "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "TELNETCONSOLE_ENABLED": False}

    def __init__(self, start="", **kwargs):
        super().__init__(**kwargs)
        self.start_urls = open(start[1:]).read().split() if start.startswith("@") else [start]
        self.links = LinkExtractor()
        self.hosts = {url.split("/")[2] for url in self.start_urls}

    def parse(self, response):
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        yield {"url": response.url, "title": response.css("title::text").get()}
        for link in self.links.extract_links(response):
            if link.url.split("/")[2] in self.hosts:
                yield response.follow(link)

"""The Scrapy project: what downloads feeds, trending pages, list pages and articles."""

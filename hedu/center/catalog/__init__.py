"""Every metric and dataset of the company: found, read, asked, edited, published, reported."""

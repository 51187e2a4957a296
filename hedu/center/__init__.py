"""The site: people define, read and settle metrics on pages; every write is an action, every read is visible_to."""

"""Conflict code + facts -> a plain sentence, one table per class: `SENTENCES = {code: Label(zh, en)}` with {places}."""

"""A scan of thousands of made-up definitions: how long it takes, and how that grows."""

"""Changes and the departments they affect: proposed, previewed, signed, published."""

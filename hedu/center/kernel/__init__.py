"""What every app stands on: users, the deed, its audit and events, comments, notifications, documents, layout."""

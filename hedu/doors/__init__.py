"""The ways in: pages, REST and the command line. Parse, call, render; no business logic."""

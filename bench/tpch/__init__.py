"""TPC-H: seven questions, each beside hand-written SQL on the same storage."""

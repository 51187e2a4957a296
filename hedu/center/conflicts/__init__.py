"""Cases: what departments disagree on, mediated by people, decided, applied and checked again."""

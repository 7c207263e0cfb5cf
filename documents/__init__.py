"""Files in and out, as pure functions of what they are given: no web, no queue, no database."""

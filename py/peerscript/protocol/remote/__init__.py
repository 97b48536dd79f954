"""Decisions about calls of remote functions: messages, checks of values, the tables of calls."""

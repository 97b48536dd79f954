"""The invite, the status line and the settings."""

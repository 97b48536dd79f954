"""The broker, the invite, the settings, and which paths work."""

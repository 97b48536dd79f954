config: dict[str, object]

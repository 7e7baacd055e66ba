"""What language a tag means: `de`, `de-AT` and `DE_at` are all German."""


def base_language(tag: str | None) -> str | None:
    """Return the language (ISO 639) of a tag with or without a region, such as `de-AT`."""
    return None if tag is None else tag.replace("_", "-").partition("-")[0].lower()

"""What all sections of the settings share: frozen, closed to unknown keys, exact about types."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Section(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        str_strip_whitespace=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def refuse_booleans_as_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """``port = true`` is a mistake, although pydantic would read it as 1."""
        field = cls.model_fields[str(info.field_name)]
        if isinstance(value, bool) and field.annotation in (int, float):
            raise ValueError("should be a number, not true or false")
        return value

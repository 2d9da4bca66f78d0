"""The operator's command `einstellen`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from cli.stack.errors import StackError
from services.chassis.errors import Refusal
from services.chassis.settings import SettingsError

_TARGET = "services by name with commas between, or `all` (the default)"
_DATA = "the folder of the embedded stack (.data)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0, or 1 with a readable reason on standard error."""
    parsed = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int | None] = parsed.run
    try:
        return run(parsed) or 0
    except (StackError, SettingsError) as problem:
        print(f"einstellen: {problem}", file=sys.stderr)
    except Refusal as problem:
        print(f"einstellen: {problem.message}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="einstellen",
        description="Runs and tends Einstellen. Settings come from the environment and a .env file; .env.example lists them all.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, words: str, run: Callable[[argparse.Namespace], int | None], parent: Any = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parent.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        return made

    def group(name: str, words: str) -> Any:
        made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
        return made.add_subparsers(required=True, metavar="COMMAND")

    demo = command("demo", "start the embedded stack and walk the main job through it, from a CV to a ranked match", _demo)
    demo.add_argument("--once", action="store_true", help="end after the last step, with status 0 if all was as it should be")
    _embedded_arguments(demo)

    up = command("up", "run services in this process, or with --embedded the whole stack", _up)
    up.add_argument("--target", default="all", help=_TARGET)
    up.add_argument("--embedded", action="store_true", help="with PostgreSQL, Valkey, Envoy, mailbox and gateway, all on this machine")
    up.add_argument("--address", default="127.0.0.1", help="where Envoy listens, with --embedded")
    up.add_argument(
        "--trusted-proxies",
        type=int,
        default=0,
        help="how many proxies of yours stand in front, with --embedded: they say where clients are (0)",
    )
    _embedded_arguments(up)

    migrate = command("migrate", "bring the services' databases to the newest version; safe to repeat", _migrate)
    migrate.add_argument("--target", default="all", help=_TARGET)

    seed = command("seed", "put an example organization, its job and three candidates into a running stack", _seed)
    seed.add_argument("--url", default="http://127.0.0.1:8080", help="where the stack answers")

    admin = group("admin", "platform administrators")
    create = command("create", "make a platform administrator: a new account, or one that is there", _admin_create, admin)
    create.add_argument("email")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input instead of asking for it")

    removal = command("remove", "make an account an ordinary one again", _admin_remove, admin)
    removal.add_argument("email")
    administrators = command("list", "say who the platform administrators are", _admin_list, admin)

    keys = group("keys", "the keys that access tokens are signed with")
    rotate = command(
        "rotate", "publish a new key and sign with it soon; tokens of the old one stay good until they expire", _keys_rotate, keys
    )

    credit = group("credits", "credits of organizations")
    grant = command("grant", "give an organization credits that last", _credits_grant, credit)
    grant.add_argument("organization", help="its id")
    grant.add_argument("unit", choices=("hiring", "ai"))
    grant.add_argument("amount", type=float, help="a multiple of 0.5")
    grant.add_argument("--description", default="", help="why, for the ledger")

    billing = group("billing", "the ledger")
    verify = command("verify", "prove that every balance is the sum of its bookings and every booking balances", _billing_verify, billing)

    reconcile = command("reconcile", "compare the books with the providers', mend what differs, and print it", _billing_reconcile, billing)
    reconcile.add_argument("--days", type=int, default=3, help="how far back")

    audit = group("audit", "who changed what")
    entries = command("list", "print a service's audit log, newest first, a JSON object a line", _audit_list, audit)
    entries.add_argument("service")
    entries.add_argument("--tenant", help="rows of one organization only (its id)")
    entries.add_argument("--limit", type=int, default=100)
    proof = command("verify", "prove by its hashes that nobody has changed the audit log", _audit_verify, audit)
    proof.add_argument("--target", default="all", help=_TARGET)
    proof.add_argument(
        "--heads",
        type=Path,
        help="a file, best kept on another machine, of where each chain ended: what was cut off since its last writing is found",
    )

    tenants = group("tenants", "organizations on databases of their own")
    placed = command("list", "say which organizations live elsewhere, and which are being moved", _tenants_list, tenants)
    placed.add_argument("--target", default="all", help=_TARGET)
    place = command("place", "give an organization that has nothing in a service yet a database of that service", _tenants_place, tenants)
    move = command(
        "move", "move an organization's rows of a service, its writes paused meanwhile; repeat it to go on with one that broke off",
        _tenants_move, tenants,
    )  # fmt: skip
    undo = command("undo", "end a move that has not switched yet; everything stays where it was", _tenants_undo, tenants)
    for each in (place, move, undo):
        each.add_argument("service", choices=("jobs",))
        each.add_argument("organization", help="its id")
        if each is not undo:
            each.add_argument("place", help="a name of DATABASE_PLACES, or `main`")

    tasks = group("tasks", "durable tasks")
    listing = command("list", "print tasks that wait, run or are dead", _tasks_list, tasks)
    listing.add_argument("--target", default="all", help=_TARGET)
    listing.add_argument(
        "--state", choices=("ready", "running", "dead", "done", "cancelled"), action="append", help="may be repeated (ready, running, dead)"
    )
    retry = command("retry", "run a dead task again, with all its attempts", _tasks_retry, tasks)
    retry.add_argument("service")
    retry.add_argument("task_id")

    bounces = group("bounces", "mails that came back, and addresses that take none")
    reading = command("read", "take one bounce as a mail server hands it over, from a file or standard input", _bounces_read, bounces)
    reading.add_argument("file", type=Path, nargs="?", help="the mail; standard input without it")
    returned = command("list", "print addresses that take no mail, newest first", _bounces_list, bounces)
    lifting = command("lift", "let mail go to an address again", _bounces_lift, bounces)
    lifting.add_argument("address")

    letters = group("dead-letters", "notifications that failed for good")
    failed = command("list", "print them, newest first", _dead_letters_list, letters)
    sending = command("retry", "send one once more", _dead_letters_retry, letters)
    sending.add_argument("notification_id")

    push = group("push", "web push")
    command("key", "print a new VAPID_PRIVATE_KEY", _push_key, push)

    backup = command("backup", "write every database and the files into a new folder", _backup)
    backup.add_argument("folder", type=Path)
    restore = command("restore", "replace every database and the files by those of a backup; stop the services first", _restore)
    restore.add_argument("folder", type=Path)
    restore.add_argument("--yes", action="store_true", help="do it without asking")
    for each in (
        migrate, create, removal, administrators, rotate, grant, verify, reconcile, entries, proof, listing, retry, backup, restore, placed, place, move,
        undo, reading, returned, lifting, failed, sending,
    ):  # fmt: skip
        each.add_argument(
            "--data", type=Path, default=Path(".data"), help="the embedded stack's folder, used where the environment names no database"
        )
    return parser


def _embedded_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080, help="the public port; the next free one where it is taken (8080)")
    parser.add_argument("--data", type=Path, default=Path(".data"), help=_DATA)


# Each command imports what it needs when it runs, so that `--help` is instant.


def _demo(arguments: argparse.Namespace) -> int:
    from cli.demo.run import demo  # noqa: PLC0415

    return demo(arguments.data, arguments.port, once=arguments.once)


def _up(arguments: argparse.Namespace) -> None:
    from cli import operator, up  # noqa: PLC0415
    from cli.services import chosen  # noqa: PLC0415

    if not arguments.embedded:
        up.serve(chosen(arguments.target), operator.environment())
        return
    with (
        suppress(KeyboardInterrupt),
        up.embedded(
            arguments.data, arguments.port, partial(print, flush=True), address=arguments.address, trusted_proxies=arguments.trusted_proxies
        ) as running,
    ):
        print(
            f"Einstellen answers at {running.url} (documentation: {running.url}/docs, mail: {running.mailbox}); Ctrl-C stops it", flush=True
        )
        running.supervisor.wait()


def _migrate(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415
    from cli.migrate import migrate_all  # noqa: PLC0415
    from cli.services import chosen  # noqa: PLC0415

    migrate_all(chosen(arguments.target), operator.environment(arguments.data))


def _seed(arguments: argparse.Namespace) -> int:
    from cli.demo.run import seed  # noqa: PLC0415

    return seed(arguments.url)


def _admin_create(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.create_admin(operator.environment(arguments.data), arguments.email, from_stdin=arguments.password_stdin)


def _admin_remove(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.remove_admin(operator.environment(arguments.data), arguments.email)


def _admin_list(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.list_admins(operator.environment(arguments.data))


def _keys_rotate(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.rotate_keys(operator.environment(arguments.data))


def _credits_grant(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.grant_credits(
        operator.environment(arguments.data), arguments.organization, arguments.unit, arguments.amount, arguments.description
    )


def _billing_verify(arguments: argparse.Namespace) -> int:
    from cli import operator  # noqa: PLC0415

    return operator.verify_ledger(operator.environment(arguments.data))


def _billing_reconcile(arguments: argparse.Namespace) -> int:
    from cli import operator  # noqa: PLC0415

    return operator.reconcile_books(operator.environment(arguments.data), arguments.days)


def _audit_verify(arguments: argparse.Namespace) -> int:
    from cli import operator  # noqa: PLC0415

    return operator.verify_audit(operator.environment(arguments.data), arguments.target, arguments.heads)


def _audit_list(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.print_audit(operator.environment(arguments.data), arguments.service, arguments.tenant, arguments.limit)


def _tenants_list(arguments: argparse.Namespace) -> None:
    from cli import operator, placing  # noqa: PLC0415

    placing.list_all(operator.environment(arguments.data), arguments.target)


def _tenants_place(arguments: argparse.Namespace) -> None:
    from cli import operator, placing  # noqa: PLC0415

    placing.place(
        operator.environment(arguments.data), arguments.service, operator.id_of(arguments.organization), arguments.place
    )  # fmt: skip


def _tenants_move(arguments: argparse.Namespace) -> None:
    from cli import operator, placing  # noqa: PLC0415

    placing.move(operator.environment(arguments.data), arguments.service, operator.id_of(arguments.organization), arguments.place)


def _tenants_undo(arguments: argparse.Namespace) -> None:
    from cli import operator, placing  # noqa: PLC0415

    placing.undo(operator.environment(arguments.data), arguments.service, operator.id_of(arguments.organization))


def _tasks_list(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.print_tasks(operator.environment(arguments.data), arguments.target, tuple(arguments.state or ("ready", "running", "dead")))


def _tasks_retry(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.retry_task(operator.environment(arguments.data), arguments.service, arguments.task_id)


def _bounces_read(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    mail = arguments.file.read_bytes() if arguments.file else sys.stdin.buffer.read()
    operator.read_bounce(operator.environment(arguments.data), mail)


def _bounces_list(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.print_suppressed(operator.environment(arguments.data))


def _bounces_lift(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.lift_suppression(operator.environment(arguments.data), arguments.address)


def _dead_letters_list(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.print_dead_letters(operator.environment(arguments.data))


def _dead_letters_retry(arguments: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.retry_dead_letter(operator.environment(arguments.data), arguments.notification_id)


def _push_key(_: argparse.Namespace) -> None:
    from cli import operator  # noqa: PLC0415

    operator.print_push_key()


def _backup(arguments: argparse.Namespace) -> None:
    from cli import backup, operator  # noqa: PLC0415

    backup.backup(operator.environment(arguments.data), arguments.folder)


def _restore(arguments: argparse.Namespace) -> None:
    from cli import backup, operator  # noqa: PLC0415

    if not arguments.yes and input("This replaces every database and file. Type `restore` to go on: ").strip() != "restore":
        raise StackError("nothing was changed")
    backup.restore(operator.environment(arguments.data), arguments.folder)


if __name__ == "__main__":
    sys.exit(main())

"""The published keys."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import sqlalchemy as sa

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.auth.keys import SigningKeys
from services.auth.tables import signing_keys
from services.chassis.calls import SYSTEM
from services.chassis.clock import utc_now
from services.chassis.database import Database
from tests.conftest import Account, House


def test_the_published_keys_verify_a_token_and_hold_nothing_private(house: House, person: Account) -> None:
    document = json.loads(house.stub("auth", keys_pb2_grpc.KeyServiceStub).GetKeys(keys_pb2.GetKeysRequest()).data)
    key = jwt.PyJWKSet.from_dict(document)[jwt.get_unverified_header(person.access)["kid"]]
    assert jwt.decode(person.access, key, algorithms=["ES256"], audience="einstellen")["sub"] == person.user_id
    assert all("d" not in key for key in document["keys"])


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(house: House) -> None:
    now = [datetime.now(UTC)]
    database = Database(house.app_url("auth"), pool_size=2)
    secret = house.environment["SECRET_KEY"]

    def process() -> SigningKeys:
        """As one that has just started, or has read the keys again."""
        return SigningKeys(database, secret, "ES256", 900, lambda: now[0])

    def signs(keys: SigningKeys) -> str:
        return str(jwt.get_unverified_header(keys.sign({}))["kid"])

    def published(keys: SigningKeys) -> set[str]:
        return {key["kid"] for key in keys.public()["keys"]}

    old = signs(process())
    new = process().rotate()
    try:
        assert (signs(process()), {old, new} <= published(process())) == (old, True)
        now[0] += timedelta(minutes=6, seconds=1)
        assert (signs(process()), {old, new} <= published(process())) == (new, True)
        now[0] += timedelta(minutes=31)
        assert published(process()) & {old, new} == {new}
    finally:
        with database.begin(SYSTEM) as connection:  # the others' key signs on
            connection.execute(signing_keys.delete().where(signing_keys.c.key_id == new))
            connection.execute(signing_keys.update().where(signing_keys.c.key_id == old).values(retired_at=None))
        database.close()


def test_keys_that_many_make_at_once_leave_one_to_sign_with_in_the_end(house: House) -> None:
    database = Database(house.app_url("auth"), pool_size=8)
    secret = house.environment["SECRET_KEY"]
    with database.begin(SYSTEM) as connection:
        before = set(connection.execute(sa.select(signing_keys.c.key_id)).scalars())
    try:
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _: SigningKeys(database, secret, "ES256", 900, utc_now).rotate(), range(8)))
        with database.begin(SYSTEM) as connection:
            lasting = set(connection.execute(sa.select(signing_keys.c.key_id).where(signing_keys.c.retired_at.is_(None))).scalars())
        assert len(made) == 8
        assert len(lasting) == 1
        assert lasting < made
    finally:
        with database.begin(SYSTEM) as connection:  # the others' keys sign on
            connection.execute(signing_keys.delete().where(signing_keys.c.key_id.not_in(before)))
            newest = sa.select(sa.func.max(signing_keys.c.created_at)).scalar_subquery()
            connection.execute(signing_keys.update().where(signing_keys.c.created_at == newest).values(retired_at=None))
        database.close()

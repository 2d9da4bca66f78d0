"""Every query of the copies of profiles that matching reads, and of the weights of words."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.chassis.database import ring_after_commit
from services.jobs.tables import Change, Profile, applications, candidate_profiles, word_weights

# What rings in a process when it has stored a profile.
CHANGED = "profiles"
_PROFILE = [candidate_profiles.c[field.name] for field in fields(Profile)]


def find_own_profile(connection: Connection, user_id: UUID) -> Profile | None:
    query = sa.select(*_PROFILE).where(candidate_profiles.c.user_id == user_id, candidate_profiles.c.text.is_not(None))
    row = connection.execute(query).first()
    return None if row is None else Profile(**row._mapping)


def put_profile(connection: Connection, profile: Profile) -> None:
    row = asdict(profile)
    connection.execute(insert(candidate_profiles).values(row).on_conflict_do_update(index_elements=["candidate_id"], set_=row))
    ring_after_commit(connection, CHANGED)


def bring_profile(connection: Connection, profile: Profile) -> None:
    """Stores it where none is known yet; one that came with an event stays, as it may be newer."""
    connection.execute(insert(candidate_profiles).values(asdict(profile)).on_conflict_do_nothing(index_elements=["candidate_id"]))
    ring_after_commit(connection, CHANGED)


def list_profiles(connection: Connection, tenant_id: UUID, candidate_ids: Collection[UUID], *, doubles: bool = False) -> Sequence[Profile]:
    """Those of these candidates who are in the tenant's pool: discoverable, or applicants of its; with `doubles` also whom another stands for there."""
    applied = sa.exists().where(applications.c.candidate_id == candidate_profiles.c.candidate_id, applications.c.tenant_id == tenant_id)
    query = sa.select(*_PROFILE).where(
        candidate_profiles.c.candidate_id.in_(candidate_ids),
        candidate_profiles.c.text.is_not(None),
        sa.or_(candidate_profiles.c.discoverable, applied),
    )
    if not doubles:
        query = query.where(sa.literal(tenant_id, sa.Uuid) != sa.all_(candidate_profiles.c.merged_for))
    return [Profile(**row._mapping) for row in connection.execute(query)]


def list_doubles(connection: Connection, tenant_id: UUID, candidate_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The profiles that these stand for at the tenant, each with which of them it is, also by way of others."""
    profile, kept = candidate_profiles.c, {one: one for one in candidate_ids}
    asked = list(kept)
    while asked:
        query = sa.select(profile.candidate_id, profile.merged_for, profile.merged_into).where(
            profile.merged_into.overlap(sa.cast(asked, ARRAY(sa.Uuid))), profile.merged_into != sa.cast([], ARRAY(sa.Uuid))
        )
        asked = []
        for row in connection.execute(query):
            into = dict(zip(row.merged_for, row.merged_into, strict=False)).get(tenant_id)
            if into in kept and row.candidate_id not in kept:
                kept[row.candidate_id] = kept[into]
                asked.append(row.candidate_id)
    return {one: into for one, into in kept.items() if one != into}


def list_changes(connection: Connection, after: int, features_version: str, limit: int) -> Sequence[Change]:
    """What has changed since, in the order of the changes, those who are gone too."""
    profile = candidate_profiles.c
    tenants = sa.select(applications.c.tenant_id).where(applications.c.candidate_id == profile.candidate_id).distinct()
    applied_to = sa.select(applications.c.job_id).where(applications.c.candidate_id == profile.candidate_id)
    query = (
        sa.select(
            profile.candidate_id, profile.discoverable, profile.text.is_(None).label("gone"), profile.features, profile.change, profile.merged_for,
            sa.case((profile.features_version != features_version, profile.text)).label("text"),
            sa.func.array(tenants.scalar_subquery(), type_=ARRAY(sa.Uuid)).label("tenants"),
            sa.func.array(applied_to.scalar_subquery(), type_=ARRAY(sa.Uuid)).label("jobs"),
        )
        .where(profile.change > after)
        .order_by(profile.change)
        .limit(limit)
    )  # fmt: skip
    return [Change(**row._mapping) for row in connection.execute(query)]


def keep_features(connection: Connection, change: Change, features: bytes, version: str) -> None:
    """Keeps features that were made anew, unless the profile has changed since."""
    profile = candidate_profiles.c
    same = candidate_profiles.update().where(profile.candidate_id == change.candidate_id, profile.change == change.change)
    connection.execute(same.values(features=features, features_version=version))


def count_profiles(connection: Connection) -> tuple[int, int]:
    """How many there are, those who are gone left out, and the number of the last change."""
    there = sa.func.count().filter(candidate_profiles.c.text.is_not(None))
    row = connection.execute(sa.select(there, sa.func.coalesce(sa.func.max(candidate_profiles.c.change), 0))).one()
    return row[0], row[1]


def newest_weights(connection: Connection) -> int:
    """The number of the newest weights of words; 0 where none were fitted yet."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(word_weights.c.number), 0))).scalar_one())


def get_weights(connection: Connection, number: int) -> bytes:
    return bytes(connection.execute(sa.select(word_weights.c.content).where(word_weights.c.number == number)).scalar_one())


def add_weights(connection: Connection, number: int, content: bytes) -> None:
    """Of two replicas that fit the same number at once, the first is right."""
    connection.execute(insert(word_weights).values(number=number, content=content).on_conflict_do_nothing(index_elements=["number"]))

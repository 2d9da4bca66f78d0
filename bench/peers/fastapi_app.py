"""The FastAPI peer: companies by pydantic models, SQLAlchemy's asynchronous ORM and asyncpg."""

import base64
import binascii
import json
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, HttpUrl
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.peers import identity

_engine = create_async_engine("postgresql+asyncpg://" + os.environ["BENCH_DATABASE_URL"].split("://", 1)[1], pool_size=12, max_overflow=4)
_sessions = async_sessionmaker(_engine, expire_on_commit=False)
_tokens = identity.tokens()


class Table(DeclarativeBase):
    pass


class Company(Table):
    __tablename__ = "companies"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    tenant_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(sa.Text)
    website: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), default=lambda: datetime.now(UTC))


class AuditEntry(Table):
    __tablename__ = "audit_log"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    tenant_id: Mapped[uuid.UUID | None]
    user_id: Mapped[uuid.UUID | None]
    service: Mapped[str] = mapped_column(sa.Text)
    action: Mapped[str] = mapped_column(sa.Text)
    ip_address: Mapped[str | None] = mapped_column(INET)
    details: Mapped[dict[str, str]] = mapped_column(JSONB)
    request_id: Mapped[str] = mapped_column(sa.Text)
    timestamp: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), default=lambda: datetime.now(UTC))


class CompanyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    website: HttpUrl | Literal[""] = ""


class CompanyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    website: str
    create_time: Annotated[datetime, Field(validation_alias="created_at")]


class CompaniesOut(BaseModel):
    companies: list[CompanyOut]
    next_page_token: str


async def _session() -> AsyncIterator[AsyncSession]:
    async with _sessions() as session:
        yield session


async def _caller(request: Request) -> identity.Caller:
    try:
        return _tokens.verify(request.headers.get("authorization", ""))
    except identity.Refused as problem:
        raise HTTPException(401, str(problem), headers={"WWW-Authenticate": "Bearer"}) from problem


async def _reader(caller: Annotated[identity.Caller, Depends(_caller)]) -> identity.Caller:
    if not caller.may_read:
        raise HTTPException(403)
    return caller


async def _writer(caller: Annotated[identity.Caller, Depends(_caller)]) -> identity.Caller:
    if not caller.may_write:
        raise HTTPException(403)
    return caller


Session = Annotated[AsyncSession, Depends(_session)]
Reader = Annotated[identity.Caller, Depends(_reader)]
Writer = Annotated[identity.Caller, Depends(_writer)]
app = FastAPI()


@app.get("/api/v1/companies/{company_id}", response_model=CompanyOut)
async def get_company(company_id: uuid.UUID, session: Session, caller: Reader) -> Company:
    found = await session.scalar(sa.select(Company).where(Company.id == company_id, Company.tenant_id == caller.tenant_id))
    if found is None:
        raise HTTPException(404, "there is no such company")
    return found


@app.get("/api/v1/companies", response_model=CompaniesOut)
async def list_companies(
    session: Session,
    caller: Reader,
    page_size: Annotated[int, Query(ge=0, le=100)] = 20,
    page_token: Annotated[str, Query(max_length=500)] = "",
) -> dict[str, object]:
    size = page_size or 20
    query = sa.select(Company).where(Company.tenant_id == caller.tenant_id).order_by(Company.created_at, Company.id).limit(size + 1)
    if page_token:
        try:
            moment, after = json.loads(base64.urlsafe_b64decode(page_token))
            query = query.where(sa.tuple_(Company.created_at, Company.id) > (datetime.fromisoformat(moment), uuid.UUID(after)))
        except (binascii.Error, ValueError, TypeError) as problem:
            raise HTTPException(400, "page_token is not a token of this list") from problem
    rows = (await session.scalars(query)).all()
    token = ""
    if len(rows) > size:
        rows = rows[:size]
        token = base64.urlsafe_b64encode(json.dumps([rows[-1].created_at.isoformat(), str(rows[-1].id)]).encode()).decode()
    return {"companies": rows, "next_page_token": token}


@app.post("/api/v1/companies", response_model=CompanyOut, status_code=201)
async def create_company(body: CompanyIn, request: Request, session: Session, caller: Writer) -> Company:
    async with session.begin():
        company = Company(id=uuid.uuid4(), tenant_id=caller.tenant_id, name=body.name, website=str(body.website))
        session.add(company)
        session.add(
            AuditEntry(
                tenant_id=caller.tenant_id,
                user_id=caller.user_id,
                service="fastapi",
                action="company.created",
                ip_address=request.client.host if request.client else None,
                details={"company_id": str(company.id)},
                request_id=request.headers.get("x-request-id") or str(uuid.uuid4()),
            )  # fmt: skip
        )
    return company

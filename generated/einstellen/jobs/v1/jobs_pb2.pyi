import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateCompanyRequest(_message.Message):
    __slots__ = ("name", "website", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEBSITE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    website: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., website: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetCompanyRequest(_message.Message):
    __slots__ = ("company_id",)
    COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    company_id: str
    def __init__(self, company_id: _Optional[str] = ...) -> None: ...

class ListCompaniesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCompaniesResponse(_message.Message):
    __slots__ = ("companies", "next_page_token")
    COMPANIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    companies: _containers.RepeatedCompositeFieldContainer[Company]
    next_page_token: str
    def __init__(self, companies: _Optional[_Iterable[_Union[Company, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Company(_message.Message):
    __slots__ = ("id", "name", "website", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEBSITE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    website: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., website: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateJobRequest(_message.Message):
    __slots__ = ("company_id", "title", "description", "location", "salary_range", "key_skills", "status", "remote", "request_id", "blind_until")
    COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SALARY_RANGE_FIELD_NUMBER: _ClassVar[int]
    KEY_SKILLS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    BLIND_UNTIL_FIELD_NUMBER: _ClassVar[int]
    company_id: str
    title: str
    description: str
    location: str
    salary_range: SalaryRange
    key_skills: _containers.RepeatedScalarFieldContainer[str]
    status: str
    remote: bool
    request_id: str
    blind_until: str
    def __init__(self, company_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., location: _Optional[str] = ..., salary_range: _Optional[_Union[SalaryRange, _Mapping]] = ..., key_skills: _Optional[_Iterable[str]] = ..., status: _Optional[str] = ..., remote: _Optional[bool] = ..., request_id: _Optional[str] = ..., blind_until: _Optional[str] = ...) -> None: ...

class SalaryRange(_message.Message):
    __slots__ = ("min_amount", "max_amount", "currency", "period")
    MIN_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    min_amount: int
    max_amount: int
    currency: str
    period: str
    def __init__(self, min_amount: _Optional[int] = ..., max_amount: _Optional[int] = ..., currency: _Optional[str] = ..., period: _Optional[str] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class ListJobsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "query", "location", "mine", "skills", "remote", "min_salary", "currency")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    MINE_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    MIN_SALARY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    query: str
    location: str
    mine: bool
    skills: _containers.RepeatedScalarFieldContainer[str]
    remote: bool
    min_salary: int
    currency: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., query: _Optional[str] = ..., location: _Optional[str] = ..., mine: _Optional[bool] = ..., skills: _Optional[_Iterable[str]] = ..., remote: _Optional[bool] = ..., min_salary: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateJobRequest(_message.Message):
    __slots__ = ("job_id", "title", "description", "location", "salary_range", "key_skills", "remote", "status", "update_mask", "blind_until")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SALARY_RANGE_FIELD_NUMBER: _ClassVar[int]
    KEY_SKILLS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    BLIND_UNTIL_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    title: str
    description: str
    location: str
    salary_range: SalaryRange
    key_skills: _containers.RepeatedScalarFieldContainer[str]
    remote: bool
    status: str
    update_mask: _field_mask_pb2.FieldMask
    blind_until: str
    def __init__(self, job_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., location: _Optional[str] = ..., salary_range: _Optional[_Union[SalaryRange, _Mapping]] = ..., key_skills: _Optional[_Iterable[str]] = ..., remote: _Optional[bool] = ..., status: _Optional[str] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., blind_until: _Optional[str] = ...) -> None: ...

class CloseJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ("id", "company_id", "company_name", "title", "description", "location", "salary_range", "key_skills", "status", "remote", "create_time", "update_time", "blind_until")
    ID_FIELD_NUMBER: _ClassVar[int]
    COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    COMPANY_NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SALARY_RANGE_FIELD_NUMBER: _ClassVar[int]
    KEY_SKILLS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    BLIND_UNTIL_FIELD_NUMBER: _ClassVar[int]
    id: str
    company_id: str
    company_name: str
    title: str
    description: str
    location: str
    salary_range: SalaryRange
    key_skills: _containers.RepeatedScalarFieldContainer[str]
    status: str
    remote: bool
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    blind_until: str
    def __init__(self, id: _Optional[str] = ..., company_id: _Optional[str] = ..., company_name: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., location: _Optional[str] = ..., salary_range: _Optional[_Union[SalaryRange, _Mapping]] = ..., key_skills: _Optional[_Iterable[str]] = ..., status: _Optional[str] = ..., remote: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., blind_until: _Optional[str] = ...) -> None: ...

class ListMatchesRequest(_message.Message):
    __slots__ = ("job_id", "page_size", "page_token", "applicants_only")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_ONLY_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    page_size: int
    page_token: str
    applicants_only: bool
    def __init__(self, job_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., applicants_only: _Optional[bool] = ...) -> None: ...

class ListMatchesResponse(_message.Message):
    __slots__ = ("matches", "next_page_token")
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[Match]
    next_page_token: str
    def __init__(self, matches: _Optional[_Iterable[_Union[Match, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListRecommendedJobsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRecommendedJobsResponse(_message.Message):
    __slots__ = ("matches", "next_page_token")
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[JobMatch]
    next_page_token: str
    def __init__(self, matches: _Optional[_Iterable[_Union[JobMatch, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class JobMatch(_message.Message):
    __slots__ = ("rank", "job", "score")
    RANK_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    rank: int
    job: Job
    score: MatchScore
    def __init__(self, rank: _Optional[int] = ..., job: _Optional[_Union[Job, _Mapping]] = ..., score: _Optional[_Union[MatchScore, _Mapping]] = ...) -> None: ...

class Match(_message.Message):
    __slots__ = ("rank", "candidate_id", "display_name", "headline", "application_id", "score", "other_application_ids")
    RANK_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    OTHER_APPLICATION_IDS_FIELD_NUMBER: _ClassVar[int]
    rank: int
    candidate_id: str
    display_name: str
    headline: str
    application_id: str
    score: MatchScore
    other_application_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rank: _Optional[int] = ..., candidate_id: _Optional[str] = ..., display_name: _Optional[str] = ..., headline: _Optional[str] = ..., application_id: _Optional[str] = ..., score: _Optional[_Union[MatchScore, _Mapping]] = ..., other_application_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class MatchScore(_message.Message):
    __slots__ = ("value", "signals", "matched_skills", "missing_skills", "matched_terms", "summary", "skills")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    MATCHED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    MISSING_SKILLS_FIELD_NUMBER: _ClassVar[int]
    MATCHED_TERMS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    value: float
    signals: _containers.RepeatedCompositeFieldContainer[Signal]
    matched_skills: _containers.RepeatedScalarFieldContainer[str]
    missing_skills: _containers.RepeatedScalarFieldContainer[str]
    matched_terms: _containers.RepeatedCompositeFieldContainer[MatchedTerm]
    summary: str
    skills: _containers.RepeatedCompositeFieldContainer[SkillShare]
    def __init__(self, value: _Optional[float] = ..., signals: _Optional[_Iterable[_Union[Signal, _Mapping]]] = ..., matched_skills: _Optional[_Iterable[str]] = ..., missing_skills: _Optional[_Iterable[str]] = ..., matched_terms: _Optional[_Iterable[_Union[MatchedTerm, _Mapping]]] = ..., summary: _Optional[str] = ..., skills: _Optional[_Iterable[_Union[SkillShare, _Mapping]]] = ...) -> None: ...

class SkillShare(_message.Message):
    __slots__ = ("skill", "share", "key", "evidence")
    SKILL_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    skill: str
    share: float
    key: bool
    evidence: str
    def __init__(self, skill: _Optional[str] = ..., share: _Optional[float] = ..., key: _Optional[bool] = ..., evidence: _Optional[str] = ...) -> None: ...

class Signal(_message.Message):
    __slots__ = ("name", "weight", "value", "contribution", "detail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: float
    value: float
    contribution: float
    detail: str
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ..., value: _Optional[float] = ..., contribution: _Optional[float] = ..., detail: _Optional[str] = ...) -> None: ...

class MatchedTerm(_message.Message):
    __slots__ = ("term", "share")
    TERM_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    term: str
    share: float
    def __init__(self, term: _Optional[str] = ..., share: _Optional[float] = ...) -> None: ...

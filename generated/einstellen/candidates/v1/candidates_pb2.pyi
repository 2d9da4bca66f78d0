import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateCandidateRequest(_message.Message):
    __slots__ = ("first_name", "last_name", "dob", "email", "phone", "location", "headline", "summary", "discoverable", "links", "request_id")
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    DOB_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    DISCOVERABLE_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    first_name: str
    last_name: str
    dob: str
    email: str
    phone: str
    location: str
    headline: str
    summary: str
    discoverable: bool
    links: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., dob: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., location: _Optional[str] = ..., headline: _Optional[str] = ..., summary: _Optional[str] = ..., discoverable: _Optional[bool] = ..., links: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetCandidateRequest(_message.Message):
    __slots__ = ("candidate_id",)
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    def __init__(self, candidate_id: _Optional[str] = ...) -> None: ...

class GetMyCandidateRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UpdateCandidateRequest(_message.Message):
    __slots__ = ("candidate_id", "first_name", "last_name", "dob", "email", "phone", "location", "headline", "summary", "discoverable", "update_mask", "links")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    DOB_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    DISCOVERABLE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    first_name: str
    last_name: str
    dob: str
    email: str
    phone: str
    location: str
    headline: str
    summary: str
    discoverable: bool
    update_mask: _field_mask_pb2.FieldMask
    links: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, candidate_id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., dob: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., location: _Optional[str] = ..., headline: _Optional[str] = ..., summary: _Optional[str] = ..., discoverable: _Optional[bool] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., links: _Optional[_Iterable[str]] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("id", "user_id", "first_name", "last_name", "dob", "email", "phone", "location", "headline", "summary", "discoverable", "education", "work_experience", "skills", "certifications", "create_time", "update_time", "links", "languages", "projects", "merged_into_id", "merged_for_ids", "kept_candidate_ids")
    ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    DOB_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    DISCOVERABLE_FIELD_NUMBER: _ClassVar[int]
    EDUCATION_FIELD_NUMBER: _ClassVar[int]
    WORK_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    PROJECTS_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_ID_FIELD_NUMBER: _ClassVar[int]
    MERGED_FOR_IDS_FIELD_NUMBER: _ClassVar[int]
    KEPT_CANDIDATE_IDS_FIELD_NUMBER: _ClassVar[int]
    id: str
    user_id: str
    first_name: str
    last_name: str
    dob: str
    email: str
    phone: str
    location: str
    headline: str
    summary: str
    discoverable: bool
    education: _containers.RepeatedCompositeFieldContainer[Education]
    work_experience: _containers.RepeatedCompositeFieldContainer[WorkExperience]
    skills: _containers.RepeatedCompositeFieldContainer[Skill]
    certifications: _containers.RepeatedCompositeFieldContainer[Certification]
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    links: _containers.RepeatedScalarFieldContainer[str]
    languages: _containers.RepeatedCompositeFieldContainer[Language]
    projects: _containers.RepeatedCompositeFieldContainer[Project]
    merged_into_id: str
    merged_for_ids: _containers.RepeatedScalarFieldContainer[str]
    kept_candidate_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., user_id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., dob: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., location: _Optional[str] = ..., headline: _Optional[str] = ..., summary: _Optional[str] = ..., discoverable: _Optional[bool] = ..., education: _Optional[_Iterable[_Union[Education, _Mapping]]] = ..., work_experience: _Optional[_Iterable[_Union[WorkExperience, _Mapping]]] = ..., skills: _Optional[_Iterable[_Union[Skill, _Mapping]]] = ..., certifications: _Optional[_Iterable[_Union[Certification, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., links: _Optional[_Iterable[str]] = ..., languages: _Optional[_Iterable[_Union[Language, _Mapping]]] = ..., projects: _Optional[_Iterable[_Union[Project, _Mapping]]] = ..., merged_into_id: _Optional[str] = ..., merged_for_ids: _Optional[_Iterable[str]] = ..., kept_candidate_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class UploadCvRequest(_message.Message):
    __slots__ = ("candidate_id", "body")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    body: _httpbody_pb2.HttpBody
    def __init__(self, candidate_id: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ...) -> None: ...

class GetCvRequest(_message.Message):
    __slots__ = ("candidate_id", "cv_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    CV_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    cv_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., cv_id: _Optional[str] = ...) -> None: ...

class ListCvsRequest(_message.Message):
    __slots__ = ("candidate_id", "page_size", "page_token")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    page_size: int
    page_token: str
    def __init__(self, candidate_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCvsResponse(_message.Message):
    __slots__ = ("cvs", "next_page_token")
    CVS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    cvs: _containers.RepeatedCompositeFieldContainer[Cv]
    next_page_token: str
    def __init__(self, cvs: _Optional[_Iterable[_Union[Cv, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Cv(_message.Message):
    __slots__ = ("id", "candidate_id", "file_name", "content_type", "size_bytes", "status", "reason", "findings", "unread", "create_time", "parse_time", "step", "progress", "text")
    ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    UNREAD_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    PARSE_TIME_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: str
    candidate_id: str
    file_name: str
    content_type: str
    size_bytes: int
    status: str
    reason: str
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    unread: _containers.RepeatedScalarFieldContainer[str]
    create_time: _timestamp_pb2.Timestamp
    parse_time: _timestamp_pb2.Timestamp
    step: str
    progress: int
    text: str
    def __init__(self, id: _Optional[str] = ..., candidate_id: _Optional[str] = ..., file_name: _Optional[str] = ..., content_type: _Optional[str] = ..., size_bytes: _Optional[int] = ..., status: _Optional[str] = ..., reason: _Optional[str] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., unread: _Optional[_Iterable[str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., parse_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., step: _Optional[str] = ..., progress: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("field", "value", "page", "line", "confidence", "applied", "box", "by")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    field: str
    value: str
    page: int
    line: int
    confidence: float
    applied: bool
    box: Box
    by: str
    def __init__(self, field: _Optional[str] = ..., value: _Optional[str] = ..., page: _Optional[int] = ..., line: _Optional[int] = ..., confidence: _Optional[float] = ..., applied: _Optional[bool] = ..., box: _Optional[_Union[Box, _Mapping]] = ..., by: _Optional[str] = ...) -> None: ...

class Box(_message.Message):
    __slots__ = ("x0", "y0", "x1", "y1")
    X0_FIELD_NUMBER: _ClassVar[int]
    Y0_FIELD_NUMBER: _ClassVar[int]
    X1_FIELD_NUMBER: _ClassVar[int]
    Y1_FIELD_NUMBER: _ClassVar[int]
    x0: float
    y0: float
    x1: float
    y1: float
    def __init__(self, x0: _Optional[float] = ..., y0: _Optional[float] = ..., x1: _Optional[float] = ..., y1: _Optional[float] = ...) -> None: ...

class AddEducationRequest(_message.Message):
    __slots__ = ("candidate_id", "education", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    education: Education
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., education: _Optional[_Union[Education, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateEducationRequest(_message.Message):
    __slots__ = ("education_id", "education")
    EDUCATION_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATION_FIELD_NUMBER: _ClassVar[int]
    education_id: str
    education: Education
    def __init__(self, education_id: _Optional[str] = ..., education: _Optional[_Union[Education, _Mapping]] = ...) -> None: ...

class DeleteEducationRequest(_message.Message):
    __slots__ = ("education_id",)
    EDUCATION_ID_FIELD_NUMBER: _ClassVar[int]
    education_id: str
    def __init__(self, education_id: _Optional[str] = ...) -> None: ...

class Education(_message.Message):
    __slots__ = ("id", "source", "degree", "university", "start_year", "end_year")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    DEGREE_FIELD_NUMBER: _ClassVar[int]
    UNIVERSITY_FIELD_NUMBER: _ClassVar[int]
    START_YEAR_FIELD_NUMBER: _ClassVar[int]
    END_YEAR_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    degree: str
    university: str
    start_year: int
    end_year: int
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., degree: _Optional[str] = ..., university: _Optional[str] = ..., start_year: _Optional[int] = ..., end_year: _Optional[int] = ...) -> None: ...

class AddWorkExperienceRequest(_message.Message):
    __slots__ = ("candidate_id", "work_experience", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    WORK_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    work_experience: WorkExperience
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., work_experience: _Optional[_Union[WorkExperience, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateWorkExperienceRequest(_message.Message):
    __slots__ = ("work_experience_id", "work_experience")
    WORK_EXPERIENCE_ID_FIELD_NUMBER: _ClassVar[int]
    WORK_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    work_experience_id: str
    work_experience: WorkExperience
    def __init__(self, work_experience_id: _Optional[str] = ..., work_experience: _Optional[_Union[WorkExperience, _Mapping]] = ...) -> None: ...

class DeleteWorkExperienceRequest(_message.Message):
    __slots__ = ("work_experience_id",)
    WORK_EXPERIENCE_ID_FIELD_NUMBER: _ClassVar[int]
    work_experience_id: str
    def __init__(self, work_experience_id: _Optional[str] = ...) -> None: ...

class WorkExperience(_message.Message):
    __slots__ = ("id", "source", "company_name", "job_title", "start_date", "end_date", "description")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    COMPANY_NAME_FIELD_NUMBER: _ClassVar[int]
    JOB_TITLE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    company_name: str
    job_title: str
    start_date: str
    end_date: str
    description: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., company_name: _Optional[str] = ..., job_title: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class AddSkillRequest(_message.Message):
    __slots__ = ("candidate_id", "skill", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    skill: Skill
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., skill: _Optional[_Union[Skill, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateSkillRequest(_message.Message):
    __slots__ = ("skill_id", "skill")
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_FIELD_NUMBER: _ClassVar[int]
    skill_id: str
    skill: Skill
    def __init__(self, skill_id: _Optional[str] = ..., skill: _Optional[_Union[Skill, _Mapping]] = ...) -> None: ...

class DeleteSkillRequest(_message.Message):
    __slots__ = ("skill_id",)
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    skill_id: str
    def __init__(self, skill_id: _Optional[str] = ...) -> None: ...

class Skill(_message.Message):
    __slots__ = ("id", "source", "skill_name")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    skill_name: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., skill_name: _Optional[str] = ...) -> None: ...

class AddCertificationRequest(_message.Message):
    __slots__ = ("candidate_id", "certification", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    certification: Certification
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., certification: _Optional[_Union[Certification, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateCertificationRequest(_message.Message):
    __slots__ = ("certification_id", "certification")
    CERTIFICATION_ID_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATION_FIELD_NUMBER: _ClassVar[int]
    certification_id: str
    certification: Certification
    def __init__(self, certification_id: _Optional[str] = ..., certification: _Optional[_Union[Certification, _Mapping]] = ...) -> None: ...

class DeleteCertificationRequest(_message.Message):
    __slots__ = ("certification_id",)
    CERTIFICATION_ID_FIELD_NUMBER: _ClassVar[int]
    certification_id: str
    def __init__(self, certification_id: _Optional[str] = ...) -> None: ...

class Certification(_message.Message):
    __slots__ = ("id", "source", "title", "issued_by", "issue_date")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    ISSUED_BY_FIELD_NUMBER: _ClassVar[int]
    ISSUE_DATE_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    title: str
    issued_by: str
    issue_date: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., title: _Optional[str] = ..., issued_by: _Optional[str] = ..., issue_date: _Optional[str] = ...) -> None: ...

class AddLanguageRequest(_message.Message):
    __slots__ = ("candidate_id", "language", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    language: Language
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., language: _Optional[_Union[Language, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateLanguageRequest(_message.Message):
    __slots__ = ("language_id", "language")
    LANGUAGE_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    language_id: str
    language: Language
    def __init__(self, language_id: _Optional[str] = ..., language: _Optional[_Union[Language, _Mapping]] = ...) -> None: ...

class DeleteLanguageRequest(_message.Message):
    __slots__ = ("language_id",)
    LANGUAGE_ID_FIELD_NUMBER: _ClassVar[int]
    language_id: str
    def __init__(self, language_id: _Optional[str] = ...) -> None: ...

class Language(_message.Message):
    __slots__ = ("id", "source", "name", "level")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    name: str
    level: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., name: _Optional[str] = ..., level: _Optional[str] = ...) -> None: ...

class AddProjectRequest(_message.Message):
    __slots__ = ("candidate_id", "project", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    project: Project
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., project: _Optional[_Union[Project, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateProjectRequest(_message.Message):
    __slots__ = ("project_id", "project")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    project: Project
    def __init__(self, project_id: _Optional[str] = ..., project: _Optional[_Union[Project, _Mapping]] = ...) -> None: ...

class DeleteProjectRequest(_message.Message):
    __slots__ = ("project_id",)
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    def __init__(self, project_id: _Optional[str] = ...) -> None: ...

class Project(_message.Message):
    __slots__ = ("id", "source", "name", "description", "url")
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    name: str
    description: str
    url: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class ShareCandidateRequest(_message.Message):
    __slots__ = ("candidate_id", "tenant_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    tenant_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., tenant_id: _Optional[str] = ...) -> None: ...

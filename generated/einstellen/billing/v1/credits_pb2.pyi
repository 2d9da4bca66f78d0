import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetBalanceRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreditBalance(_message.Message):
    __slots__ = ("balances",)
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[UnitBalance]
    def __init__(self, balances: _Optional[_Iterable[_Union[UnitBalance, _Mapping]]] = ...) -> None: ...

class UnitBalance(_message.Message):
    __slots__ = ("unit", "amount", "is_low", "warning", "held", "monthly", "monthly_until_time")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    IS_LOW_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    unit: str
    amount: float
    is_low: bool
    warning: str
    held: float
    monthly: float
    monthly_until_time: _timestamp_pb2.Timestamp
    def __init__(self, unit: _Optional[str] = ..., amount: _Optional[float] = ..., is_low: _Optional[bool] = ..., warning: _Optional[str] = ..., held: _Optional[float] = ..., monthly: _Optional[float] = ..., monthly_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListPackagesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListPackagesResponse(_message.Message):
    __slots__ = ("packages",)
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    packages: _containers.RepeatedCompositeFieldContainer[Package]
    def __init__(self, packages: _Optional[_Iterable[_Union[Package, _Mapping]]] = ...) -> None: ...

class Package(_message.Message):
    __slots__ = ("id", "unit", "credits", "price_amount", "currency")
    ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    CREDITS_FIELD_NUMBER: _ClassVar[int]
    PRICE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    id: str
    unit: str
    credits: float
    price_amount: int
    currency: str
    def __init__(self, id: _Optional[str] = ..., unit: _Optional[str] = ..., credits: _Optional[float] = ..., price_amount: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class ListTransactionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "unit")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    unit: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., unit: _Optional[str] = ...) -> None: ...

class ListTransactionsResponse(_message.Message):
    __slots__ = ("transactions", "next_page_token")
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    transactions: _containers.RepeatedCompositeFieldContainer[CreditTransaction]
    next_page_token: str
    def __init__(self, transactions: _Optional[_Iterable[_Union[CreditTransaction, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreditTransaction(_message.Message):
    __slots__ = ("id", "unit", "amount", "balance_after", "type", "description", "reference_id", "tokens_used", "prompt_tokens", "completion_tokens", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_ID_FIELD_NUMBER: _ClassVar[int]
    TOKENS_USED_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    unit: str
    amount: float
    balance_after: float
    type: str
    description: str
    reference_id: str
    tokens_used: int
    prompt_tokens: int
    completion_tokens: int
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., unit: _Optional[str] = ..., amount: _Optional[float] = ..., balance_after: _Optional[float] = ..., type: _Optional[str] = ..., description: _Optional[str] = ..., reference_id: _Optional[str] = ..., tokens_used: _Optional[int] = ..., prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GrantCreditsRequest(_message.Message):
    __slots__ = ("tenant_id", "unit", "amount", "description", "request_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    unit: str
    amount: float
    description: str
    request_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., unit: _Optional[str] = ..., amount: _Optional[float] = ..., description: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class SpendCreditsRequest(_message.Message):
    __slots__ = ("tenant_id", "unit", "amount", "type", "description", "reference_id", "prompt_tokens", "completion_tokens", "request_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    unit: str
    amount: float
    type: str
    description: str
    reference_id: str
    prompt_tokens: int
    completion_tokens: int
    request_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., unit: _Optional[str] = ..., amount: _Optional[float] = ..., type: _Optional[str] = ..., description: _Optional[str] = ..., reference_id: _Optional[str] = ..., prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReverseSpendRequest(_message.Message):
    __slots__ = ("tenant_id", "request_id", "description")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    request_id: str
    description: str
    def __init__(self, tenant_id: _Optional[str] = ..., request_id: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class ReverseSpendResponse(_message.Message):
    __slots__ = ("refund",)
    REFUND_FIELD_NUMBER: _ClassVar[int]
    refund: CreditTransaction
    def __init__(self, refund: _Optional[_Union[CreditTransaction, _Mapping]] = ...) -> None: ...

class HoldCreditsRequest(_message.Message):
    __slots__ = ("tenant_id", "unit", "amount", "description", "reference_id", "request_id", "seconds")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    unit: str
    amount: float
    description: str
    reference_id: str
    request_id: str
    seconds: int
    def __init__(self, tenant_id: _Optional[str] = ..., unit: _Optional[str] = ..., amount: _Optional[float] = ..., description: _Optional[str] = ..., reference_id: _Optional[str] = ..., request_id: _Optional[str] = ..., seconds: _Optional[int] = ...) -> None: ...

class CreditHold(_message.Message):
    __slots__ = ("id", "unit", "amount", "status", "expire_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    unit: str
    amount: float
    status: str
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., unit: _Optional[str] = ..., amount: _Optional[float] = ..., status: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SettleHoldRequest(_message.Message):
    __slots__ = ("tenant_id", "hold_id", "amount", "type", "description", "prompt_tokens", "completion_tokens")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    hold_id: str
    amount: float
    type: str
    description: str
    prompt_tokens: int
    completion_tokens: int
    def __init__(self, tenant_id: _Optional[str] = ..., hold_id: _Optional[str] = ..., amount: _Optional[float] = ..., type: _Optional[str] = ..., description: _Optional[str] = ..., prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ...) -> None: ...

class ReleaseHoldRequest(_message.Message):
    __slots__ = ("tenant_id", "hold_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    hold_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., hold_id: _Optional[str] = ...) -> None: ...

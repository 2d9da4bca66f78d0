"""The Django REST framework peer: companies by a viewset, a model serializer and psycopg2, in the middleware that an API keeps."""

import os
import uuid
from urllib.parse import urlsplit

import django
from django.conf import settings

_database = urlsplit(os.environ["BENCH_DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    SECRET_KEY=os.environ["SECRET_KEY"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    APPEND_SLASH=False,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.path.lstrip("/"), "USER": _database.username, "PASSWORD": _database.password,
            "HOST": _database.hostname, "PORT": _database.port,
            "CONN_MAX_AGE": None,  # one connection for each thread, kept: the fastest that psycopg2 has in Django
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)  # fmt: skip
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django wants its settings first
from django.db import models, transaction  # noqa: E402
from rest_framework import authentication, exceptions, mixins, pagination, permissions, routers, serializers, viewsets  # noqa: E402

from bench.peers import identity  # noqa: E402

_tokens = identity.tokens()


class BearerAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request):
        try:
            return _tokens.verify(request.META.get("HTTP_AUTHORIZATION", "")), None
        except identity.Refused as problem:
            raise exceptions.AuthenticationFailed(str(problem)) from problem

    def authenticate_header(self, request):
        return "Bearer"


class RoleAllows(permissions.BasePermission):
    def has_permission(self, request, view):
        return request.user.may_read if request.method in permissions.SAFE_METHODS else request.user.may_write


class Company(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = models.UUIDField(editable=False)
    name = models.CharField(max_length=200)
    website = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label, db_table, managed = "peers", "companies", False


class AuditEntry(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    service = models.TextField()
    action = models.TextField()
    ip_address = models.GenericIPAddressField(null=True)
    details = models.JSONField()
    request_id = models.TextField()
    timestamp = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label, db_table, managed = "peers", "audit_log", False


class CompanySerializer(serializers.ModelSerializer):
    create_time = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = Company
        fields = ("id", "name", "website", "create_time")


class OldestFirst(pagination.CursorPagination):
    ordering = ("created_at", "id")
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class CompanyViewSet(mixins.CreateModelMixin, mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    authentication_classes = [BearerAuthentication]
    permission_classes = [RoleAllows]
    serializer_class = CompanySerializer
    pagination_class = OldestFirst

    def get_queryset(self):
        return Company.objects.filter(tenant_id=self.request.user.tenant_id)

    def perform_create(self, serializer):
        caller = self.request.user
        with transaction.atomic():
            company = serializer.save(tenant_id=caller.tenant_id)
            AuditEntry.objects.create(
                tenant_id=caller.tenant_id, user_id=caller.user_id, service="django", action="company.created",
                ip_address=self.request.META.get("REMOTE_ADDR"), details={"company_id": str(company.id)},
                request_id=self.request.META.get("HTTP_X_REQUEST_ID") or str(uuid.uuid4()),
            )  # fmt: skip


_router = routers.SimpleRouter(trailing_slash=False)
_router.register("api/v1/companies", CompanyViewSet, basename="company")
urlpatterns = _router.urls
application = get_wsgi_application()

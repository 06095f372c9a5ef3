# mypy: ignore-errors
# It runs in an environment of its own, whose packages ours need not have.
"""One MCP server behind django-oauth-toolkit, which registers clients; both in one process, over one new database.

PORT is the argument; SCOPES are wanted (`drive`), TTL is a token's life in seconds. Whoever comes is logged in as Ben.
"""

import os
import sys
import tempfile

import django
import uvicorn
from django.conf import settings

port, seconds = int(sys.argv[1]), int(os.environ.get("TTL", "3600"))
here, scopes = f"http://127.0.0.1:{port}", os.environ.get("SCOPES", "drive").split()
settings.configure(
    SECRET_KEY="not a secret",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(tempfile.mkdtemp(), "django.db")}
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        f"{__name__}.everybody_is_ben",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "SCOPES": {"drive": "Drive", "write": "Write"},
        "DEFAULT_SCOPES": ["drive"],
        "ACCESS_TOKEN_EXPIRE_SECONDS": seconds,
        "DCR_ENABLED": True,
        "DCR_REGISTRATION_PERMISSION_CLASSES": ("oauth2_provider.dcr.AllowAllDCRPermission",),
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        "OIDC_ISS_ENDPOINT": here,
    },
)
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402  # these need Django's settings
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402
from mcp.server.auth.provider import AccessToken  # noqa: E402
from mcp.server.auth.settings import AuthSettings  # noqa: E402
from mcp.server.mcpserver import MCPServer  # noqa: E402
from oauth2_provider import urls as toolkit  # noqa: E402
from oauth2_provider.models import get_access_token_model  # noqa: E402

urlpatterns = [
    path("", include((toolkit.metadata_urlpatterns, "oauth2_provider"), namespace="metadata")),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


def everybody_is_ben(get_response):
    def middleware(request):
        request.user = get_user_model().objects.get_or_create(username="ben")[0]
        return get_response(request)

    return middleware


class Tokens:
    async def verify_token(self, token):
        return await sync_to_async(self.found)(token)

    def found(self, token):
        kept = get_access_token_model().objects.filter(token=token).first()
        if kept is None or not kept.is_valid():
            return None
        return AccessToken(token=token, client_id=str(kept.application_id), scopes=kept.scope.split())


server = MCPServer(
    "notes",
    token_verifier=Tokens(),
    auth=AuthSettings(issuer_url=here, resource_server_url=f"{here}/mcp", required_scopes=scopes),
)


@server.tool()
def get_note(title: str) -> str:
    """Read a note by its title."""
    return f"note {title}"


call_command("migrate", verbosity=0)
by_django, by_sdk = get_asgi_application(), server.streamable_http_app()


async def app(scope, receive, send):
    ours = scope["type"] != "http" or scope["path"] == "/mcp" or "oauth-protected-resource" in scope["path"]
    await (by_sdk if ours else by_django)(scope, receive, send)


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

HOME = 'Open to all. <a href="/private">Mine</a> <form method="post" action="/greet"><button>Greet</button></form>'

urlpatterns = [
    path("", login_not_required(lambda request: HttpResponse(HOME))),
    # Plain text, because a name may contain anything. Your templates escape it.
    path("private", lambda request: HttpResponse(f"Hello, {request.user.user_first_name}.", content_type="text/plain")),
    # `same_origin` has seen it, so it needs no token in the form.
    path("greet", csrf_exempt(require_POST(lambda request: HttpResponse(f"{request.user.user_first_name} greets you.", content_type="text/plain")))),
    path("api/me", lambda request: JsonResponse(request.user.token.payload)),
    path("healthz", login_not_required(lambda request: HttpResponse("ok"))),
]

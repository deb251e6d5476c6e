from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.urls import path

urlpatterns = [
    path("", login_not_required(lambda request: HttpResponse('Open to all. <a href="/private">Mine</a>'))),
    # Plain text, because a name may contain anything. Your templates escape it.
    path("private", lambda request: HttpResponse(f"Hello, {request.user.user_first_name}.", content_type="text/plain")),
    path("api/me", lambda request: JsonResponse(request.user.token.payload)),
    path("healthz", login_not_required(lambda request: HttpResponse("ok"))),
]

"""Addresses of the sign-in that allauth does not have, or that are ours here, under /accounts/."""

from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path
from django.views.decorators.http import require_http_methods

from accounts import views

passkey = require_http_methods(["GET", "HEAD", "POST"])(login_webauthn)

urlpatterns = [
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("second-step/", views.second_step, name="mfa_authenticate"),
    path("passkey/", passkey, name="mfa_login_webauthn"),
]

"""Addresses of the sign-in that allauth does not have, or that are ours here, under /accounts/."""

from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path

from accounts import views

urlpatterns = [
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("second-step/", views.second_step, name="mfa_authenticate"),
    path("passkey/", login_webauthn, name="mfa_login_webauthn"),
]

"""Addresses of one's own credentials, under /account/."""

from django.urls import path

from accounts.security.views import factors, sessions, tokens

app_name = "account"
urlpatterns = [
    path("sessions/", sessions.show_all, name="sessions"),
    path("sessions/end-others/", sessions.end_others, name="sessions_end_others"),
    path("sessions/<uuid:public_id>/end/", sessions.end, name="session_end"),
    path("second-factor/", factors.show_all, name="factors"),
    path("second-factor/app/", factors.new_app, name="factor_app"),
    path("second-factor/passkey/", factors.new_passkey, name="factor_passkey"),
    path("second-factor/recovery-codes/", factors.new_codes, name="factor_codes"),
    path("second-factor/<slug:key>/remove/", factors.remove, name="factor_remove"),
    path("tokens/", tokens.show_all, name="tokens"),
    path("tokens/new/", tokens.new, name="token_new"),
    path("tokens/<uuid:public_id>/rotate/", tokens.rotate, name="token_rotate"),
    path("tokens/<uuid:public_id>/revoke/", tokens.revoke, name="token_revoke"),
]

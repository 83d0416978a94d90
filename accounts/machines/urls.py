"""Addresses of service accounts and of all tokens, under /design/."""

from django.urls import path

from accounts.machines import views

app_name = "machines"
urlpatterns = [
    path("service-accounts/", views.show_all, name="list"),
    path("service-accounts/new/", views.new, name="new"),
    path("service-accounts/<str:username>/", views.one, name="one"),
    path("service-accounts/<str:username>/tokens/new/", views.new_token, name="token_new"),
    path("tokens/", views.show_tokens, name="tokens"),
    path("tokens/<uuid:public_id>/rotate/", views.rotate, name="token_rotate"),
    path("tokens/<uuid:public_id>/revoke/", views.revoke, name="token_revoke"),
]

"""Addresses of the bell and of the demo mailbox."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notices, name="list"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<uuid:public_id>/read/", views.read_one, name="read"),
    path("notifications/<uuid:public_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("demo/mail/", views.mailbox_list, name="mailbox"),
    path("demo/mail/<str:name>/", views.mailbox_message, name="mail"),
    path("demo/mail/<str:name>/reply/", views.mailbox_reply, name="mail_reply"),
]

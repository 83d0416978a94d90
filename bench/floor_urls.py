"""The endpoints of the references: as small as the framework lets them be, and as a service has them."""

from django.urls import path
from rest_framework import generics, serializers
from rest_framework.authentication import TokenAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated

from bench.floor.models import Entry, Thing


class Bearer(TokenAuthentication):
    """With the word that is ours too."""

    keyword = "Bearer"


class ThingSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """All columns."""

    class Meta:
        model = Thing
        fields = ("id", "title", "description", "impact", "urgency", "created_at")


class EntrySerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """All columns; the number is the row's own."""

    class Meta:
        model = Entry
        fields = "__all__"


class Pages(CursorPagination):
    """By keyset as ours: counting all rows, as other paginations do, grows with the table.

    The oldest come first, so that what a benchmark creates is not what the next page shows.
    """

    page_size = 50
    ordering = "id"


class Things(generics.ListCreateAPIView):  # type: ignore[type-arg]
    """GET gives a page, POST makes a row."""

    queryset = Thing.objects.all()
    serializer_class = ThingSerializer
    pagination_class = Pages


class OneThing(generics.RetrieveUpdateAPIView):  # type: ignore[type-arg]
    """GET gives a row, PATCH changes it."""

    queryset = Thing.objects.all()
    serializer_class = ThingSerializer


class Entries(generics.ListCreateAPIView):  # type: ignore[type-arg]
    """The same for who has a token, in rows as wide as a ticket."""

    authentication_classes = [Bearer]
    permission_classes = [IsAuthenticated]
    queryset = Entry.objects.all()
    serializer_class = EntrySerializer
    pagination_class = Pages


class OneEntry(generics.RetrieveUpdateAPIView):  # type: ignore[type-arg]
    """The same for one row."""

    authentication_classes = [Bearer]
    permission_classes = [IsAuthenticated]
    queryset = Entry.objects.all()
    serializer_class = EntrySerializer


urlpatterns = [
    path("things/", Things.as_view()),
    path("things/<int:pk>/", OneThing.as_view()),
    path("entries/", Entries.as_view()),
    path("entries/<int:pk>/", OneEntry.as_view()),
]

"""The endpoints of the bare reference, as small as the framework lets them be."""

from django.urls import path
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from bench.floor.models import Thing


class ThingSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """All columns."""

    class Meta:
        model = Thing
        fields = ("id", "title", "description", "impact", "urgency", "created_at")


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


urlpatterns = [path("things/", Things.as_view()), path("things/<int:pk>/", OneThing.as_view())]

"""The one endpoint of the bare reference."""

from django.urls import path
from rest_framework import generics, serializers

from bench.floor.models import Thing


class ThingSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """All columns."""

    class Meta:
        model = Thing
        fields = ("id", "title", "description", "impact", "urgency", "created_at")


class Things(generics.CreateAPIView):  # type: ignore[type-arg]
    """POST makes a row."""

    queryset = Thing.objects.all()
    serializer_class = ThingSerializer


urlpatterns = [path("things/", Things.as_view())]

# EAG101 track: add .select_related("track") to the queryset at shop/case.py:8
from rest_framework import serializers, viewsets

from shop.models import Talk


def visible_talks():
    return Talk.objects.exclude(title="")


class TalkSerializer(serializers.ModelSerializer):
    track = serializers.CharField(source="track.name")

    class Meta:
        model = Talk
        fields = ["title", "track"]


class TalkTitles(serializers.ModelSerializer):
    class Meta:
        model = Talk
        fields = ["title"]


class TalkViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = TalkSerializer

    def get_queryset(self):
        return visible_talks().order_by("pk")


class TitleViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = TalkTitles

    def get_queryset(self):
        return visible_talks().order_by("title")


class ShortViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = TalkSerializer

    def get_queryset(self):
        return visible_talks().filter(title__startswith="t1").order_by("pk")


def rows():
    from rest_framework.test import APIRequestFactory

    view = TalkViewSet.as_view({"get": "list"}, permission_classes=[])
    return view(APIRequestFactory().get("/")).data

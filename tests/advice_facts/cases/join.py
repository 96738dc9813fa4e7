from django.db.models import Prefetch
from rest_framework import serializers

from shop.models import Comment, Person, Reply, Speech, Talk, Track


class TalkSerializer(serializers.ModelSerializer):
    chair = serializers.CharField(source="track.chair.name")

    class Meta:
        model = Talk
        fields = ["title", "chair"]


def rows():
    talks = Talk.objects.all()
    return TalkSerializer(talks, many=True).data

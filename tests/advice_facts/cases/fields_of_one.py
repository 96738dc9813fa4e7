from django.db.models import Prefetch
from rest_framework import serializers

from shop.models import Comment, Person, Reply, Speech, Talk, Track


class SpeechSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="person.name")

    class Meta:
        model = Speech
        fields = ["name"]


class TalkSerializer(serializers.ModelSerializer):
    speeches = SpeechSerializer(many=True)

    class Meta:
        model = Talk
        fields = ["title", "speeches"]


def rows():
    talk = Talk.objects.get(title="t1")
    return TalkSerializer(talk).data

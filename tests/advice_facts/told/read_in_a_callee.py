# EAG101 track: add .select_related("track") to the object read at shop/case.py:21
import os

from rest_framework import serializers

from shop.models import Speech, Talk


def resolve(talk, version):
    return talk if version else talk


class SpeechSerializer(serializers.ModelSerializer):
    track = serializers.SerializerMethodField()

    class Meta:
        model = Speech
        fields = ["track"]

    def get_track(self, speech):
        talk = resolve(Talk.objects.get(pk=speech.talk_id), os.environ.get("VERSION"))
        return talk.track.name


def rows():
    return SpeechSerializer(Speech.objects.all(), many=True).data

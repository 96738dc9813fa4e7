# EAG101 track: the object may be one that is made in memory, which no queryset loads
import os

from rest_framework import serializers

from shop.models import Speech, Talk


def resolve(talk, version):
    if not version:
        return talk
    return Talk(title=version, track_id=talk.track_id)


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

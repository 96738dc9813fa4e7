from django.db.models import Prefetch
from rest_framework import serializers

from shop.models import Comment, Person, Reply, Speech, Talk, Track


class ReplySerializer(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()

    class Meta:
        model = Reply
        fields = ["name"]

    def get_name(self, reply):
        target = reply.comment.target
        return target.track.name if isinstance(target, Talk) else ""


def rows():
    replies = Reply.objects.order_by("pk")
    return ReplySerializer(replies, many=True).data

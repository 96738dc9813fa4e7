from django.db.models import Prefetch
from rest_framework import serializers

from shop.models import Comment, Person, Reply, Speech, Talk, Track


class CommentSerializer(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = ["name"]

    def get_name(self, comment):
        target = comment.target
        return target.track.chair.name if isinstance(target, Talk) else ""


def rows():
    comments = Comment.objects.prefetch_related("target")
    return CommentSerializer(comments, many=True).data

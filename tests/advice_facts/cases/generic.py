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
        if isinstance(target, Talk):
            return target.track.name
        return target.chair.name if isinstance(target, Track) else ""


def rows():
    comments = Comment.objects.order_by("pk")
    return CommentSerializer(comments, many=True).data

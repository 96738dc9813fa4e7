from django.db.models import Prefetch
from rest_framework import serializers

from shop.models import Comment, Person, Reply, Speech, Talk, Track


def rows():
    talk = Talk.objects.get(title="t1")
    return [speech.person.name for speech in talk.speeches.all()]

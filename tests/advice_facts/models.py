from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=50)


class Track(models.Model):
    name = models.CharField(max_length=50)
    chair = models.ForeignKey(Person, models.CASCADE, related_name="tracks")


class Talk(models.Model):
    title = models.CharField(max_length=50)
    track = models.ForeignKey(Track, models.CASCADE, related_name="talks")


class Speech(models.Model):
    talk = models.ForeignKey(Talk, models.CASCADE, related_name="speeches")
    person = models.ForeignKey(Person, models.CASCADE, related_name="speeches")


class Comment(models.Model):
    text = models.CharField(max_length=50)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey()


class Reply(models.Model):
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="replies")

"""The models that the measured cases are about: every kind of relation, once or twice each."""
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Named(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        abstract = True


class Desk(Named):
    pass


class Publisher(Named):
    code = models.CharField(max_length=40, unique=True)


class Author(Named):
    bio = models.TextField(default="a life")
    slot = models.IntegerField(default=0)
    mentor = models.ForeignKey("self", models.CASCADE, null=True, related_name="mentees")
    desk = models.OneToOneField(Desk, models.CASCADE, null=True, related_name="author")


class Profile(Named):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    city = models.ForeignKey(Desk, models.CASCADE, null=True, related_name="+")


class Tag(Named):
    slot = models.IntegerField(default=0)
    maker = models.ForeignKey(Author, models.CASCADE, null=True, related_name="made_tags")


class Note(Named):
    slot = models.IntegerField(default=0)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    content_object = GenericForeignKey()


class LowQuerySet(models.QuerySet):
    def low(self):
        return self.filter(slot__lte=1)


class BookManager(models.Manager.from_queryset(LowQuerySet)):
    def extra_low(self):
        return self.get_queryset().low()


class EagerManager(models.Manager):
    def get_queryset(self):
        rows = super().get_queryset()
        return rows.prefetch_related("tags").select_related("author")


class Book(Named):
    body = models.TextField(default="many words")
    slot = models.IntegerField(default=0)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, models.CASCADE, null=True, related_name="edited")
    publisher = models.ForeignKey(Publisher, models.CASCADE, to_field="code", related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")
    contributors = models.ManyToManyField(Author, through="Contribution",
                                          related_name="contributed")
    notes = GenericRelation(Note, related_query_name="book")

    objects = BookManager()
    eager = EagerManager()


class ProxyBook(Book):
    class Meta:
        proxy = True


class Contribution(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="contributions")
    author = models.ForeignKey(Author, models.CASCADE, related_name="contributions")


class Chapter(Named):
    slot = models.IntegerField(default=0)
    book = models.ForeignKey(Book, models.CASCADE, related_name="chapters")
    reader = models.ForeignKey(Author, models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["slot"]
        get_latest_by = "slot"


class Genre(Named):
    slot = models.IntegerField(default=0)
    books = models.ManyToManyField(Book, related_name="genres")

    class Meta:
        ordering = ["slot"]


class Place(Named):
    owner = models.ForeignKey(Author, models.CASCADE, null=True, related_name="places")


class Restaurant(Place):
    chef = models.ForeignKey(Author, models.CASCADE, null=True, related_name="kitchens")
    menu = models.TextField(default="soup")


class Seat(Named):
    restaurant = models.ForeignKey(Restaurant, models.CASCADE, related_name="seats")

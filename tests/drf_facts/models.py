from django.db import models
from django.utils.functional import cached_property


class Publisher(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Author(models.Model):
    name = models.CharField(max_length=50)
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="authors")

    def __str__(self):
        return self.name


class Editor(models.Model):
    name = models.CharField(max_length=50)
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="editors")

    def __str__(self):
        return "%s/%s" % (self.name, self.publisher.name)


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    bio = models.CharField(max_length=50)


class Tag(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Editor, models.CASCADE, null=True, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books", blank=True)
    via = models.ManyToManyField(Author, through="Via", related_name="via_books")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return "/b/%s/%s/" % (self.author.name, self.pk)

    def get_author_name(self):
        return self.author.name

    def n_reviews(self):
        return self.reviews.count()

    def rev_texts(self):
        return [review.text for review in self.reviews.all()]

    def best(self):
        return self.reviews.filter(rating__gt=0).first()

    @property
    def author_name(self):
        return self.author.name

    @cached_property
    def cached_author_name(self):
        return self.author.name

    @cached_property
    def cached_reviews(self):
        return self.reviews.all()


class Loud(Book):
    class Meta:
        proxy = True

    def __str__(self):
        return "%s by %s" % (self.title, self.author.name)


class Via(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="vias")
    author = models.ForeignKey(Author, models.CASCADE, related_name="vias")
    role = models.CharField(max_length=20)


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Author, models.CASCADE, related_name="wrote")
    editor = models.ForeignKey(Editor, models.CASCADE, null=True)
    text = models.CharField(max_length=50)
    rating = models.IntegerField(default=1)

    def __str__(self):
        return "%s: %s" % (self.reviewer.name, self.text)

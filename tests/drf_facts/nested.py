"""Serializers and fields that the cases use."""
from rest_framework import serializers

from shop.models import Author, Publisher, Review, Tag, Via


class PublisherSerializer(serializers.ModelSerializer):
    class Meta:
        model = Publisher
        fields = ["id", "name"]


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["id", "name"]


class AuthorKeySerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["id", "name", "publisher"]


class AuthorDeepSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer()

    class Meta:
        model = Author
        fields = ["id", "publisher"]


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["id", "name"]


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "text"]


class ReviewKeySerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "text", "reviewer"]


class ReviewDeepSerializer(serializers.ModelSerializer):
    reviewer = AuthorSerializer()

    class Meta:
        model = Review
        fields = ["id", "reviewer"]


class ViaSerializer(serializers.ModelSerializer):
    class Meta:
        model = Via
        fields = ["id", "role"]


class ViaDeepSerializer(serializers.ModelSerializer):
    author = AuthorSerializer()

    class Meta:
        model = Via
        fields = ["id", "author"]


class UpperAuthor(serializers.RelatedField):
    def to_representation(self, value):
        return value.name.upper()


class PkUpper(serializers.PrimaryKeyRelatedField):
    def to_representation(self, value):
        return value.name


class PkFull(PkUpper):
    def use_pk_only_optimization(self):
        return False


class PkStr(serializers.PrimaryKeyRelatedField):
    def to_representation(self, value):
        return {"id": value.pk}


class RatedListSerializer(serializers.ListSerializer):
    def to_representation(self, data):
        return super().to_representation(data.filter(rating__gt=0))

# EAG301 target.speeches: load these objects with GenericPrefetch("target", [Talk.objects.annotate(
from shop.models import Comment, Talk


def rows():
    counts = []
    for comment in Comment.objects.order_by("pk"):
        target = comment.target
        if isinstance(target, Talk):
            counts.append(target.speeches.count())
    return counts

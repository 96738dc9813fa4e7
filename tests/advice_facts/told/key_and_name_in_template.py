# EAG101 track: add .select_related("track") to the queryset at shop/case.py:10
from django.template import Context, Template

from shop.models import Talk

LINKS = "{% for talk in talks %}/tracks/{{ talk.track.pk }}/{{ talk.track.name }} {% endfor %}"


def rows():
    return Template(LINKS).render(Context({"talks": Talk.objects.all()}))

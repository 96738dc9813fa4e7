from django.core.paginator import Paginator
from django.template import Context, Template

from shop.models import Talk

PAGE = Template("{% for speech in page %}{{ speech.person.name }} {% endfor %}")


def rows():
    talk = Talk.objects.get(title="t1")
    speeches = talk.speeches.order_by("pk")
    pages = Paginator(speeches, 50)
    page = pages.get_page(1)
    return PAGE.render(Context({"page": page}))

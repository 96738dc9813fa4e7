from django.template import Context, Template

from shop.models import Talk

PAGE = Template("{% for speech in talk.speeches.all %}{{ speech.person.name }} {% endfor %}")


def rows():
    talk = Talk.objects.get(title="t1")
    return PAGE.render(Context({"talk": talk}))

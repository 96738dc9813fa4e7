"""One request to the view of a case."""
from rest_framework import pagination, renderers
from rest_framework.test import APIRequestFactory


class Everything(pagination.PageNumberPagination):
    page_size = 1000


class LimitPagination(pagination.LimitOffsetPagination):
    default_limit = 1000


class IdPagination(pagination.CursorPagination):
    page_size = 1000
    ordering = "id"


def answer(view, method="get", data=None, action="list", pk=None, html=None):
    """What the view answers, rendered as JSON, or by the renderer given."""
    view.renderer_classes = [html or renderers.JSONRenderer, renderers.JSONRenderer]
    options = {} if data is None else {"format": "json"}
    request = getattr(APIRequestFactory(), method)("/book/", data, **options)
    handlers = {method: action}
    if html:
        handlers.update({"post": "create"} if pk is None else {"put": "update"})
        handlers = {key: name for key, name in handlers.items() if hasattr(view, name)}
    made = view.as_view(handlers) if hasattr(view, "get_extra_actions") else view.as_view()
    response = made(request, **({"pk": pk} if pk else {}))
    response.render()
    assert response.status_code in (200, 201), (response.status_code, response.content[:200])
    return response.content.decode("utf-8")

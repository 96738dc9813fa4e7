"""Which line of a fixture declares what a library reads of a row in its own code.

A column of django-tables2, a field of a django-import-export resource, of a haystack index or of a
document of django-elasticsearch-dsl: the assignment in the body of the class, else the statement of
`Meta.fields` that names it.
"""
import fields


def declaration(frame, in_fixture):
    module, code = frame.f_globals.get("__name__", ""), frame.f_code.co_name
    if module == "django_tables2.rows" and code == "_get_and_render_with":
        column = frame.f_locals["bound_column"]
        return fields.declared_in(type(column._table), column.name, in_fixture)
    if module == "import_export.resources" and code == "export_field":
        resource = frame.f_locals["self"]
        name = resource.get_field_name(frame.f_locals["field"])
        return fields.declared_in(type(resource), name, in_fixture)
    if module == "haystack.indexes" and "field_name" in frame.f_locals and code == "prepare":
        index = frame.f_locals["self"]
        return fields.declared_in(type(index), frame.f_locals["field_name"], in_fixture)
    if module == "django_elasticsearch_dsl.documents" and "prep_func" in frame.f_locals:
        name = frame.f_locals["name"]
        while frame is not None and "self" not in frame.f_locals:
            frame = frame.f_back
        return fields.declared_in(type(frame.f_locals["self"]), name, in_fixture)
    return None

"""What a browser sends of a form, if nobody typed anything."""

from kapsite.editor.data_forms.fields.group_lists import GroupList
from kapsite.editor.data_forms.fields.groups import Group


def posted(form: Group | GroupList) -> dict[str, str | list[str]]:
    if isinstance(form, GroupList):
        groups = [posted(group) for group in form.groups]
        return {form.count_name: str(form.count)} | {
            k: v for each in groups for k, v in each.items()
        }
    found = {}
    for field in (form[name] for name in form.fields):
        value = field.value()
        if isinstance(value, bool):
            found |= {field.html_name: "on"} if value else {}
        else:
            found[field.html_name] = value if isinstance(value, list) else in_browser(value)
    for inner in form.inner.values():
        found |= posted(inner)
    return found


def in_browser(value: object) -> str:
    return "" if value is None else str(value).replace("\n", "\r\n")

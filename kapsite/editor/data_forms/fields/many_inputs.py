"""A widget for a list: an input for each entry."""

from collections.abc import Callable

from django import forms

MORE = 4  # empty inputs below those of a list


class ManyInputs(forms.Widget):
    """An input for each entry of a list, and empty ones to add some. ``noun`` is what each is."""

    template_name = "django/forms/widgets/multiwidget.html"
    use_fieldset = True
    more = MORE

    def __init__(self, noun: str, input_for: Callable[[str], forms.Widget]):
        super().__init__()
        self.noun, self.input_for = noun, input_for

    def id_for_label(self, id_):
        """Of the first input: a link to the field puts the cursor there."""
        return f"{id_}_1"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        own_id = context["widget"]["attrs"].get("id", name)
        context["widget"]["subwidgets"] = [
            self.input_for(each).get_context(
                name, each, {"id": f"{own_id}_{number}", "aria-label": f"{self.noun} {number}"}
            )["widget"]
            for number, each in enumerate([*value, *[""] * self.more], 1)
        ]
        return context

    def subwidgets(self, name, value, attrs=None):
        for each in self.get_context(name, value, attrs)["widget"]["subwidgets"]:
            yield {**each, "label": ""}  # it says "Day 1" itself

    def format_value(self, value):
        return value

    def value_from_datadict(self, data, files, name):
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [line.strip() for each in given for line in each.splitlines() if line.strip()]


class TwoInputs(ManyInputs):
    """From one number to another."""

    def __init__(self, labels: tuple[str, str]):
        super().__init__("", self.number)
        self.labels = labels

    @staticmethod
    def number(_shown: str) -> forms.Widget:
        return forms.TextInput({"inputmode": "numeric", "class": "short", "autocomplete": "off"})

    def get_context(self, name, value, attrs):
        self.more = max(0, len(self.labels) - len(value))
        context = super().get_context(name, value, attrs)
        for each in context["widget"]["subwidgets"]:
            del each["attrs"]["aria-label"]
        return context

    def subwidgets(self, name, value, attrs=None):
        for index, each in enumerate(super().subwidgets(name, value, attrs)):
            yield {**each, "before": self.labels[min(index, 1)]}

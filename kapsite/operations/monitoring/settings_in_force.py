"""The variables that the settings read, for the operator: values without secrets, and sources."""

import re

from kapsite.operations import environment
from kapsite.operations.environment import Variable, split


def in_force() -> list[Variable]:
    return [each._replace(value=without_secrets(each)) for each in environment.variables.values()]


def without_secrets(variable: Variable) -> str:
    if variable.name in ("SECRET_KEY", "FIELD_KEYS"):
        count = len(split(variable.value))
        return "(secret)" if count == 1 else f"({count} secrets)"
    return re.sub(r"(://[^:@/]*):[^@]*@", r"\1:(secret)@", variable.value)


def unknown() -> list[str]:
    """Names in the file that no setting has."""
    return sorted(environment.from_file.keys() - environment.variables.keys())


def not_set() -> list[str]:
    return sorted(each.name for each in environment.variables.values() if each.source == "default")

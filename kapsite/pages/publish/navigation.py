"""Menus, and the way through the guide."""

from .catalog import Catalog, Page


def header_menu(catalog: Catalog) -> tuple[Page, ...]:
    return menu(catalog, "header")


def footer_menu(catalog: Catalog) -> tuple[Page, ...]:
    return menu(catalog, "footer")


def menu(catalog: Catalog, place: str) -> tuple[Page, ...]:
    """The pages of one menu; home is left out, since the clinic's name leads there."""
    return tuple(
        page for page in catalog.pages.values() if page.menu_in == place and page.path != "/"
    )


def menus(catalog: Catalog) -> dict[str, list[dict[str, str]]]:
    """Both menus as plain data, to be kept beside a published set."""
    return {
        f"{place}_menu": [{"path": page.path, "menu": page.menu} for page in menu(catalog, place)]
        for place in ("header", "footer")
    }


def previous_and_next(catalog: Catalog, page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after ``page`` in the guide; None at its ends and outside it."""
    paths = [part.path for part in catalog.guide]
    if page.path not in paths:
        return None, None
    index = paths.index(page.path)
    following = catalog.guide[index + 1 : index + 2]
    return (catalog.guide[index - 1] if index else None), (following[0] if following else None)

"""Menus, and the way through the guide."""

from kapsite.pages.syntax.places import in_places

from .catalog import Catalog, Page


def menus(catalog: Catalog) -> dict[str, list[dict[str, str]]]:
    """Both menus as plain data. Home is left out, since the clinic's name links there."""
    return {
        f"{name}_menu": [{"path": page.path, "menu": page.menu} for page in in_menu(catalog, name)]
        for name in ("header", "footer")
    }


def in_menu(catalog: Catalog, name: str) -> list[Page]:
    """The guide in its order, then the rest by name; a page with a place is exactly there."""
    pages = [page for page in catalog.pages.values() if page.menu_in == name and page.path != "/"]
    return in_places(pages, lambda page: page.place if page.guide is None else None)


def pages_above(catalog: Catalog, page: Page) -> list[Page]:
    """Those in whose folders ``page`` is, the outermost first; not home, and not itself."""
    ends = [end for end, sign in enumerate(page.path, 1) if sign == "/"]
    paths = [page.path[:end] for end in ends[1:-1]]
    return [catalog.pages[path] for path in paths if path in catalog.pages]


def previous_and_next(catalog: Catalog, page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after ``page`` in the guide; None at its ends and outside it."""
    paths = [part.path for part in catalog.guide]
    if page.path not in paths:
        return None, None
    index = paths.index(page.path)
    following = catalog.guide[index + 1 : index + 2]
    return (catalog.guide[index - 1] if index else None), (following[0] if following else None)

"""Fixtures for images that editors upload."""

import pytest

from kapsite.editor.images import uploads


@pytest.fixture
def work(publish):
    """What the worker does, until nothing is left."""

    def work():
        while uploads.process_next() or publish():
            pass

    return work

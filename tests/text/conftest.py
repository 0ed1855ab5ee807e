from tests.inquiries.conftest import clinic_file, every_way  # noqa: F401 -- fixtures

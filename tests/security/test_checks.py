"""What `manage.py check` finds wrong with the machine."""

from kapsite.security.checks import check_folder


def test_a_folder_that_is_there_or_can_be_made_is_fine(settings, tmp_path):
    for settings.VAR_DIR in (tmp_path, tmp_path / "new" / "var"):
        assert check_folder(None) == []


def test_a_folder_that_cannot_be_written_to_is_an_error_that_names_the_setting(settings, tmp_path):
    file = tmp_path / "file"
    file.touch()
    settings.VAR_DIR = file / "var"
    [problem] = check_folder(None)
    assert (problem.id, problem.msg) == (
        "security.E001",
        f"VAR_DIR: {file} cannot be written to.",
    )
    assert problem.hint

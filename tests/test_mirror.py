"""Tests stand where the code stands: kapsite/a/b.py has tests/a/test_b.py.

What people meet only through a page, a command or a request is tested there: TESTED_THROUGH names
for each of these modules where.
"""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
CODE = TESTS.parent / "kapsite"
NO_PLACE = ("management", "commands", "templatetags")  # folders that only Django asks for

TESTED_THROUGH = {
    "accounts/authentication/test_passkeys.py": "accounts/authentication/passkey_sign_in",
    "accounts/authentication/test_sessions.py": "accounts/authentication/middleware",
    "accounts/authentication/test_setup_links.py": "accounts/add_staff",
    "accounts/authentication/test_sign_in.py": (
        "accounts/authentication/adapter accounts/authentication/backends "
        "accounts/authentication/forms accounts/authentication/passwords"
    ),
    "accounts/test_admin.py": "accounts/admin_site accounts/forms",
    "accounts/test_audit_log.py": "accounts/authentication/signals accounts/models",
    "accounts/test_views.py": "accounts/apps accounts/desk accounts/pages",
    "clinic/test_facts.py": "clinic/checked_values clinic/parts",
    "content_files/test_validation.py": (
        "content_files/problems content_files/schema_mistakes content_files/text_file "
        "content_files/yaml_mistakes content_files/yaml_reader"
    ),
    "database/test_postgresql.py": "database/postgresql/base",
    "database/test_sqlite.py": "database/answer_timeout database/sqlite/base",
    "editor/data_forms/fields/test_groups.py": (
        "editor/data_forms/fields/group_lists editor/data_forms/fields/inputs "
        "editor/data_forms/fields/keys editor/data_forms/fields/many_inputs "
        "editor/data_forms/fields/sections editor/data_forms/files/front_matter"
    ),
    "editor/data_forms/words/test_changed_fields.py": "editor/data_forms/words/plain_words",
    "editor/data_forms/test_data_views.py": (
        "editor/data_forms/data_check editor/data_forms/files/data_files "
        "editor/data_forms/files/file_parts editor/data_forms/open_part "
        "editor/writing/drafts_ahead editor/writing/previews/overlay"
    ),
    "editor/data_forms/words/test_field_names.py": "editor/data_forms/words/places",
    "editor/data_forms/test_known_sources.py": (
        "editor/data_forms/fields/source_inputs editor/data_forms/placed_problems"
    ),
    "editor/data_forms/test_used_by.py": "editor/data_forms/words/part_names",
    "editor/data_forms/files/test_yaml_writer.py": "editor/data_forms/files/yaml_round_trip",
    "editor/images/test_uploads.py": "editor/images/upload_form editor/models/upload",
    "editor/publication/test_publishing.py": (
        "editor/publication/publish_form editor/publication/publish_views "
        "editor/publication/refusals"
    ),
    "editor/publication/test_together.py": "editor/writing/errors_listed",
    "editor/signing_off/test_sign_off.py": "editor/signing_off/sign_off_views",
    "editor/structure/test_page_changes.py": (
        "editor/structure/address_views editor/structure/review editor/structure/what_changes"
    ),
    "editor/structure/test_undoing.py": "editor/structure/undo_views",
    "editor/test_views.py": (
        "editor/models/content_version editor/models/publication editor/structure/page_list "
        "editor/versions/history_views editor/versions/titles editor/view_base "
        "editor/writing/drafts editor/writing/forms editor/writing/previews/preview"
    ),
    "editor/writing/previews/test_private_link.py": "editor/writing/previews/unshown",
    "editor/versions/test_archive.py": (
        "editor/export_content editor/import_content editor/versions/archive_import"
    ),
    "inquiries/data_protection/test_erased_file.py": "inquiries/data_protection/after_restore",
    "inquiries/data_protection/test_erasure.py": (
        "inquiries/data_protection/no_samples inquiries/models/logs/erasure_log"
    ),
    "inquiries/data_protection/test_key_rotation.py": "inquiries/rotate_keys",
    "inquiries/data_protection/test_retention.py": (
        "inquiries/desk/deletion/upcoming inquiries/purge_inquiries"
    ),
    "inquiries/desk/appointments/test_day.py": "inquiries/desk/appointments/columns",
    "inquiries/desk/caller/test_view.py": (
        "inquiries/desk/caller/form inquiries/desk/caller/questions "
        "inquiries/desk/caller/whose_number"
    ),
    "inquiries/desk/export/test_view.py": (
        "inquiries/desk/export/columns inquiries/desk/export/spreadsheet "
        "inquiries/desk/page_parts/date_filter"
    ),
    "inquiries/desk/inbox/test_flood.py": "inquiries/desk/page_parts/batches",
    "inquiries/desk/inbox/test_search.py": "inquiries/models/request/search_digest text/names",
    "inquiries/desk/inbox/test_view.py": (
        "inquiries/desk/inbox/behind inquiries/desk/inbox/query inquiries/desk/inbox/row "
        "inquiries/desk/inbox/rows inquiries/desk/inbox/tabs inquiries/desk/page_parts/formatting"
    ),
    "inquiries/desk/page_parts/test_undo.py": (
        "inquiries/desk/page_parts/addresses inquiries/models/request/undo"
    ),
    "inquiries/desk/person/test_view.py": (
        "inquiries/desk/person/access_file inquiries/desk/person/find inquiries/desk/steps/merging"
    ),
    "inquiries/desk/record/test_view.py": (
        "inquiries/desk/record/access inquiries/desk/record/contact inquiries/desk/record/details "
        "inquiries/desk/record/page inquiries/desk/record/panes inquiries/desk/record/presence "
        "inquiries/desk/record/timeline inquiries/desk/same_person"
    ),
    "inquiries/desk/reports/test_month_page.py": "inquiries/desk/reports/month",
    "inquiries/desk/reports/test_overview.py": (
        "inquiries/desk/reports/figures inquiries/desk/reports/svg "
        "inquiries/desk/reports/system_status"
    ),
    "inquiries/desk/steps/test_appointment.py": (
        "inquiries/desk/appointments/conflicts inquiries/desk/steps/schedule "
        "inquiries/models/request/appointment"
    ),
    "inquiries/desk/steps/test_contact_details.py": "inquiries/desk/record/corrections",
    "inquiries/desk/steps/test_steps.py": (
        "inquiries/desk/steps/base inquiries/desk/steps/contact inquiries/desk/steps/fields "
        "inquiries/desk/steps/follow_up inquiries/desk/steps/linking "
        "inquiries/desk/steps/registry inquiries/desk/steps/safety_concern "
        "inquiries/desk/steps/status"
    ),
    "inquiries/desk/test_role_matrix.py": (
        "accounts/roles inquiries/desk/middleware inquiries/desk/page_parts/admin_page"
    ),
    "inquiries/intake/test_forms.py": "inquiries/intake/fields inquiries/intake/questions",
    "inquiries/intake/test_progress.py": "inquiries/intake/given",
    "inquiries/intake/test_status_views.py": (
        "inquiries/intake/changes inquiries/intake/lookup inquiries/models/request/earlier_contact"
    ),
    "inquiries/models/logs/test_access_log.py": "database/append_only",
    "inquiries/models/request/test_inquiry.py": (
        "inquiries/models/bulk_insert inquiries/models/constraints inquiries/models/reference "
        "inquiries/models/request/activity inquiries/models/request/deadlines "
        "inquiries/models/request/queryset"
    ),
    "inquiries/models/test_outbox.py": (
        "inquiries/models/heartbeat inquiries/models/request/notices"
    ),
    "inquiries/test_checks.py": "inquiries/apps",
    "inquiries/triage/test_danger.py": "text/fuzzy_phrases text/typed_words",
    "inquiries/triage/test_spam.py": "inquiries/triage/spam_words inquiries/triage/writing_style",
    "inquiries/worker/test_delivery.py": "inquiries/worker/messages inquiries/worker/sending",
    "inquiries/worker/test_lead_mail.py": (
        "inquiries/models/job inquiries/send_digest inquiries/worker/digest inquiries/worker/jobs"
    ),
    "inquiries/worker/test_run_worker.py": "operations/run_worker",
    "operations/backup/test_backup.py": (
        "operations/backup operations/backup/age operations/backup/databases "
        "operations/backup/folder operations/backup/rows operations/backup/snapshot "
        "operations/backup/tables operations/make_backup_key"
    ),
    "operations/backup/test_move.py": "operations/move_database",
    "operations/backup/test_restore.py": (
        "operations/backup/content operations/in_use operations/restore"
    ),
    "operations/machines/test_shared_sets.py": "operations/machines/models",
    "operations/monitoring/test_health.py": "operations/monitoring/results operations/views",
    "operations/monitoring/test_upgrade.py": "operations/upgrade_check",
    "operations/test_checks.py": "security/checks",
    "operations/test_command_line.py": "operations/apps",
    "operations/test_doctor.py": "operations/monitoring/settings_in_force",
    "operations/test_refused_commands.py": (
        "operations/diffsettings operations/dumpdata operations/loaddata"
    ),
    "pages/check/rules/test_site_rules.py": (
        "content_files/temporary_files pages/check/rules/data_rules pages/check/rules/link_rules "
        "pages/check/rules/review_rules"
    ),
    "pages/check/test_editing_slips.py": "pages/check/rules/text_rules pages/check/rules/words",
    "pages/check/test_launch.py": "pages/check_launch",
    "pages/check/test_report.py": "pages/check_content",
    "pages/check/test_sign_offs.py": "pages/sign_off",
    "pages/language/test_claims.py": (
        "pages/check/rules/claim_rules pages/language/claim_words pages/language/uncited"
    ),
    "pages/publish/making/test_images.py": "pages/render/images pages/render/library",
    "pages/publish/making/test_set_writer.py": "pages/publish/making/variants",
    "pages/publish/serving/test_published_set.py": "pages/publish/serving/manifest",
    "pages/publish/serving/test_server.py": "pages/publish/serving/responses",
    "pages/publish/test_publisher.py": (
        "pages/publish pages/publish/document/page_html pages/publish/document/site_files "
        "pages/publish/making/new_set pages/publish/making/preflight"
    ),
    "pages/render/charts/test_chart.py": (
        "pages/check/rules/chart_rules pages/render/charts/svg pages/render/charts/tables "
        "pages/syntax/chart_reader pages/syntax/chart_schema"
    ),
    "pages/render/test_page.py": (
        "pages/render/blocks/badges pages/render/blocks/facts pages/render/blocks/help_lines "
        "pages/render/blocks/items pages/render/blocks/lists pages/render/blocks/timeline "
        "pages/render/components pages/render/drawings pages/render/headings pages/render/tables "
        "pages/render/targets"
    ),
    "pages/syntax/test_blocks.py": (
        "pages/render/writer pages/syntax/markdown pages/syntax/nodes pages/syntax/slugs"
    ),
    "pages/syntax/test_citations.py": "pages/render/source_marks",
    "pages/syntax/test_frontmatter.py": "pages/syntax/data_schema pages/syntax/page_schema",
    "pages/test_real_content.py": (
        "pages/check/rules/file_rules pages/load/data_files pages/load/page_file"
    ),
    "pages/test_views.py": "pages/apps pages/context_processors",
    "security/test_views.py": "security/admin_mixins security/apps security/middleware",
    "security/wsgi/test_guard.py": "security/wsgi/headers",
    "security/wsgi/test_gunicorn_workers.py": "security/wsgi/body wsgi",
    "security/wsgi/test_rate_limits.py": "security/wsgi/send_again",
    "test_content.py": "pages/checks",
    "test_error_pages.py": "security/wsgi/error_pages",
    "test_settings.py": "database/config operations/environment",
    "test_templates.py": "pages/pages",
    "text/test_normalization.py": "text/masking",
}


def modules_with_behavior() -> set[str]:
    """Names like "text/cleaning", of modules that define a function."""
    found = set()
    for file in CODE.rglob("*.py"):
        if file.name == "__init__.py" or "migrations" in file.parts:
            continue
        if any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(file.read_text()))):
            parts = file.relative_to(CODE).with_suffix("").parts
            found.add("/".join(part for part in parts if part not in NO_PLACE))
    return found


def has_its_own(module: str) -> bool:
    file = TESTS / module
    return (file.parent / f"test_{file.name}.py").exists()


def test_every_module_has_its_tests_or_says_where_they_are():
    listed = [name for names in TESTED_THROUGH.values() for name in names.split()]
    without = sorted(name for name in modules_with_behavior() if not has_its_own(name))
    assert sorted(listed) == without


def test_where_they_are_there_are_tests():
    assert [name for name in TESTED_THROUGH if not (TESTS / name).exists()] == []

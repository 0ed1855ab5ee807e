from django.db import migrations, models


def copy_drafts(apps, schema_editor):
    publications = apps.get_model("editor", "Publication").objects
    for publication in publications.using(schema_editor.connection.alias).exclude(draft=None):
        publication.drafts.add(publication.draft_id)


class Migration(migrations.Migration):
    dependencies = [
        ("editor", "0005_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="drafts",
            field=models.ManyToManyField(related_name="+", to="editor.contentversion"),
        ),
        migrations.RunPython(copy_drafts, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="publication",
            name="draft",
        ),
    ]

"""What stays of a request that was deleted: that it was, when, and by which rule."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kapsite.database.append_only import AppendOnlyModel
from kapsite.inquiries.models.choices import Outcome
from kapsite.inquiries.models.constraints import one_of
from kapsite.inquiries.models.reference import in_groups


class Rule(models.TextChoices):
    """Why a request was deleted. Spam and each outcome have a period in RETENTION_DAYS."""

    ASKED = "asked", "Requested by the person"
    WITHDRAWN = "withdrawn", "Withdrawn by the person"
    MINOR = "minor", "About someone under 18"
    TEST = "test", "Test request"
    REPEATED = "repeated", "Deleted again after a restore"
    SPAM = "spam", "Spam, retention ended"
    EVALUATED = Outcome.EVALUATED.value, "Retention ended: attended evaluation"
    DECLINED = Outcome.DECLINED.value, "Retention ended: decided against it"
    UNSUITABLE = Outcome.UNSUITABLE.value, "Retention ended: not a fit for this treatment"
    REFERRED = Outcome.REFERRED.value, "Retention ended: referred elsewhere"
    UNREACHED = Outcome.UNREACHED.value, "Retention ended: could not be reached"
    DUPLICATE = Outcome.DUPLICATE.value, "Retention ended: duplicate"


BY_HAND = (Rule.ASKED, Rule.MINOR, Rule.TEST)


class Erasure(AppendOnlyModel):
    reference = models.CharField(max_length=8)
    at = models.DateTimeField(default=timezone.now)
    rule = models.CharField(max_length=10, choices=Rule)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # nobody: the site itself, when the time was up

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["reference"], name="erasure_of_inquiry")]
        constraints = [
            one_of(Rule, "rule", "erasure_rule_is_known"),
            models.CheckConstraint(
                condition=~Q(rule__in=sorted(BY_HAND)) | Q(by__isnull=False),
                name="erasure_by_hand_names_who",
            ),
        ]

    def __str__(self):
        return f"Erasure of {self.reference_in_groups}"

    @property
    def reference_in_groups(self) -> str:
        return in_groups(self.reference)

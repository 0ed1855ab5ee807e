from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """46 MiB and one pass: OWASP Password Storage Cheat Sheet. Django's own 100 MiB in eight lanes
    would hold a worker, and the readers it serves, several times as long at each guess."""

    time_cost, memory_cost, parallelism = 1, 47_104, 1  # memory in KiB

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """46 MiB and one pass: OWASP Password Storage Cheat Sheet. Django's default of 100 MiB in eight
    lanes would block a worker several times as long at each attempt."""

    time_cost, memory_cost, parallelism = 1, 47_104, 1  # memory in KiB

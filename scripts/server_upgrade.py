"""What `scripts/bootstrap.py upgrade` does before the steps of `install`: back up, get new code."""

import os
import subprocess
import sys

import packages
import server_install as server
from packages import fail, read, say


def upgrade(options):
    refuse_what_would_be_lost()
    code, git, upstream = server.CODE, server.git, upstream_branch()
    packages.run("git", "-C", code, "fetch", "--tags")
    if git("log", "--format=%h", f"{upstream}..HEAD"):
        fail(f"the code here has commits that {upstream} lacks. Nothing was changed.")
    news = git("log", "--format=%h %s", f"HEAD..{upstream}").splitlines()
    heading = f"New since this version ({len(news)}):" if news else "No newer version."
    say("\n".join([heading, *news]))
    if options.dry_run:
        return
    if news and not options.without_backup and subprocess.call([server.COMMAND, "backup"]):
        fail("the backup failed, so nothing was changed. To go on without one: --without-backup")
    before = git("rev-parse", "--short=9", "HEAD")
    packages.run("git", "-C", code, "merge", "--ff-only", upstream)
    if git("diff", "--stat", before, "HEAD", "--", "content"):
        say(f"Pages that come with the code changed: git -C {code} diff {before} -- content")
        say(f"Yours in {server.DATA / 'content'} stay as they are.")
    back = f"git -C {code} checkout {before} && python3 scripts/bootstrap.py install"
    say(f"To go back: {back}")
    script = code / "scripts/bootstrap.py"  # the new one
    os.execv(sys.executable, [sys.executable, "-E", script, "install", "--proxy", proxy_here()])


def refuse_what_would_be_lost():
    code, content = server.CODE, server.DATA / "content"
    if not server.ENV_FILE.exists():
        fail("nothing is installed here yet. Run: python3 scripts/bootstrap.py install ADDRESS")
    if server.git("status", "--porcelain", "--untracked-files=no"):
        fail(
            f"files in {code} were changed by hand, and new code would meet them. See them: "
            f"`git -C {code} diff`, put pages into {content}, then take the rest back: "
            f"`git -C {code} restore .`"
        )


def upstream_branch():
    if found := server.git("rev-parse", "--abbrev-ref", "@{upstream}"):
        return found
    return fail("this version was chosen by hand. Choose a branch first: git switch main")


def proxy_here():
    if (server.NGINX / "sites-enabled/kapsite").exists():
        return "nginx"
    return "caddy" if "kapsite" in read(server.CADDYFILE) else "none"

"""Drives the simulator with the client that Debian ships. Prints one JSON object; proxmoxer.test.ts reads it."""

import json
import sys
import time

# This file has the name of the library: its own folder must not come first.
sys.path.pop(0)

from proxmoxer import ProxmoxAPI  # noqa: E402
from proxmoxer.backends.https import AuthenticationError  # noqa: E402
from proxmoxer.core import ResourceException  # noqa: E402

given = json.load(sys.stdin)
user, _, name = given["token_id"].partition("!")


def connect(port, **credentials):
    return ProxmoxAPI("127.0.0.1", port=port, verify_ssl=given["ca_file"], timeout=10, **credentials)


def by_token(port, token_user=user, token_name=name, value=given["token_secret"]):
    return connect(port, user=token_user, token_name=token_name, token_value=value)


def refusal(call):
    """What the client says when the server refuses: its text is made of the reason phrase."""
    try:
        call()
    except ResourceException as error:
        return {"status": error.status_code, "text": str(error)}
    return {"status": 200}


def eventually(look, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.03)
    return None


def ended(upid):
    status = api.nodes(upid.split(":")[1]).tasks(upid).status.get()
    return status if status["status"] == "stopped" else None


def resource(vmid):
    return next(row for row in api.cluster.resources.get(type="vm") if row["vmid"] == vmid)


api = by_token(given["port"])
out = {"version": api.version.get()["release"], "resources": len(api.cluster.resources.get())}
out["rrd"] = len(api.nodes("pve1").rrddata.get(timeframe="hour", cf="AVERAGE"))

vm = api.nodes("pve1").qemu(100)
upid = vm.migrate.post(target="pve2", online=1)
out["task"] = eventually(lambda: ended(upid))["exitstatus"]
out["log_end"] = api.nodes("pve1").tasks(upid).log.get(limit=500)[-1]["t"]
out["moved_to"] = resource(100)["node"]

config = api.nodes("pve2").qemu(100).config
config.put(tags="b;a")
out["tags"] = config.get()["tags"]
config.put(delete="tags")
out["tags_after"] = config.get().get("tags")

wish = api.nodes("pve1").qemu(103).migrate.post(target="pve3", online=1)
out["wish"] = eventually(lambda: ended(wish))["exitstatus"]
out["ha_moved"] = eventually(lambda: resource(103)["node"] == "pve3")
out["ha_answer"] = api.cluster.ha.resources("vm:104").migrate.post(node="pve1")

migrate = api.nodes("pve1").qemu(101).migrate.post
out["refusals"] = {
    "400": refusal(lambda: migrate(target="pve2", online="true", colour="red")),
    "401": refusal(lambda: by_token(given["port"], value="wrong").version.get()),
    "403": refusal(lambda: by_token(given["port"], "auditor@pve", "ro", "s").nodes("pve1").qemu(101).migrate.post(target="pve2")),
    "500": refusal(lambda: migrate(target="pve2")),
    "501": refusal(lambda: api.nodes("pve1").nothing.get()),
    "595": refusal(lambda: api.nodes("pve4").status.get()),
}

root = connect(given["port"], user="root@pam", password=given["token_secret"])
out["by_password"] = root.version.get()["release"]
root.nodes("pve1").qemu(101).config.put(description="written with a ticket and its CSRF token")
out["description"] = root.nodes("pve1").qemu(101).config.get()["description"]
ticket, _ = root.get_tokens()
out["by_ticket"] = connect(given["port"], user="root@pam", password=ticket).version.get()["release"]
try:
    connect(given["port"], user="root@pam", password="wrong")
except AuthenticationError as error:
    out["wrong_password"] = str(error).split(":")[0]

made = root.access.users("root@pam").token("made").post(privsep=0)
out["made"] = by_token(given["port"], "root@pam", "made", made["value"]).version.get()["release"]

json.dump(out, sys.stdout)

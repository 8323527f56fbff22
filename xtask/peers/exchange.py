"""Other people's clients against our server and our files: each check is a line, the last line is the count.

usage: python exchange.py --program SHEAF --example FOLDER [--data FOLDER]

What it needs is installed by `cargo xtask test --exchange-peers`. Everything runs on 127.0.0.1 and in a folder of
its own. With --data, the fault probes and the CAP schema that lie there are used as well."""

import argparse
import copy
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from contextlib import redirect_stdout

import requests

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
# Empty, for what is thrown at it.
EMPTY = "52892447-4d7e-4f70-b94d-d7f22742ff63"
TAXII = "application/taxii+json;version=2.1"


class Desk:
    """A pool of the example, one member sharing with another, served."""

    def __init__(self, program, example):
        self.program, self.folder = program, tempfile.mkdtemp(prefix="sheaf-peers-")
        with open(self.path("empty.json"), "w") as file:
            collections = [{"id": id, "title": title, "can_read": True, "can_write": True, "objects": []}
                           for id, title in [(COLLECTION, "Reports"), (EMPTY, "Empty")]]
            about = {"title": "pool", "max_content_length": 10_000_000}
            json.dump({"pool": {"information": about, "collections": collections}}, file)
        self.run("exchange", "import", "a.sheaf", "empty.json")
        names = ["northline-wire.csv", "civil-protection.csv", "harbour-institute.csv"]
        self.run("pool", "a.sheaf", *(os.path.join(example, name) for name in names))
        for name in ["northline", "beside"]:
            self.run("member", "add", "a.sheaf", name, "--region", "north", "--sector", "media", "--purposes", "reporting")
        for source in ["northline-wire", "civil-protection", "harbour-institute"]:
            self.run("share", "a.sheaf", "--source", source, "--by", "northline", "--tlp", "green", "--purpose", "reporting")
        self.run("exchange", "publish", "a.sheaf", "--by", "northline", "--collection", COLLECTION)
        self.password = self.run("account", "add", "a.sheaf", "duty", "--member", "beside", "--role", "contributor",
                                 "--role", "reviewer", "--read", "all", "--write", "all")
        self.server = subprocess.Popen(
            [program, "serve", "a.sheaf", "--listen", "127.0.0.1:0", "--quiet", "--requests-per-second", "100000"],
            cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().strip().removesuffix("/taxii2/")
        self.auth = ("duty", self.password)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *args, said=""):
        done = subprocess.run([self.program, *args], cwd=self.folder, capture_output=True, text=True, input=said)
        if done.returncode != 0:
            raise RuntimeError(f"sheaf {' '.join(args)}: {done.stderr}")
        return done.stdout.strip()

    def stop(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def objects(desk):
    """All objects of the collection, page by page, without a client. Of what was withdrawn a notice is left."""
    url, found, after = f"{desk.url}/pool/collections/{COLLECTION}/objects/", [], None
    while True:
        query = {"limit": 200, **({"next": after} if after else {})}
        page = requests.get(url, params=query, auth=desk.auth, headers={"Accept": TAXII}).json()
        found += [it for it in page.get("objects", []) if not it.get("revoked")]
        after = page.get("next")
        if not page.get("more"):
            return found


def taxii2_client_reads_writes_and_deletes(desk, _):
    from taxii2client.v21 import Server, as_pages
    server = Server(f"{desk.url}/taxii2/", user=desk.auth[0], password=desk.auth[1])
    [root] = server.api_roots
    [collection] = [it for it in root.collections if it.id == COLLECTION]
    assert collection.id == COLLECTION and collection.can_read and collection.can_write, collection
    seen = [thing["id"] for page in as_pages(collection.get_objects, per_request=50) for thing in page.get("objects", [])]
    assert sorted(seen) == sorted(it["id"] for it in objects(desk)), "pages hold each object once"
    manifest = collection.get_manifest()["objects"]
    assert len(manifest) > 0 and all({"id", "date_added", "version"} <= set(it) for it in manifest)
    new = {"type": "note", "spec_version": "2.1", "id": "note--0f6a9e1c-2f0c-4f0a-9a4d-5b8d5a3f9d11",
           "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
           "content": "a note about an incident", "object_refs": [seen[0]]}
    status = collection.add_objects({"objects": [new]})
    assert status.status == "complete" and status.failure_count in (0, 1), status
    if status.failure_count == 0:
        assert collection.get_object(new["id"])["objects"][0]["content"] == new["content"]
        collection.delete_object(new["id"])


def stix2_understands_every_object(desk, _):
    import stix2
    for thing in objects(desk):
        parsed = stix2.parse(thing, allow_custom=True)
        assert parsed["id"] == thing["id"]


def stix2_validator_finds_nothing_wrong(desk, _):
    from stix2validator import ValidationOptions, validate_instance
    options = ValidationOptions(version="2.1", disabled=["103", "202", "302"])
    for thing in objects(desk):
        result = validate_instance(copy.deepcopy(thing), options)
        assert result.is_valid, (thing["id"], [str(it) for it in result.errors])


def what_stix2_validator_refuses_we_refuse(desk, _):
    incident = next(it for it in objects(desk) if it["type"] == "incident")
    for spoil in [lambda it: it.pop("created"), lambda it: it.update(id="incident--no"),
                  lambda it: it.update(modified="yesterday"), lambda it: it.pop("type")]:
        bad = copy.deepcopy(incident)
        spoil(bad)
        answer = requests.post(f"{desk.url}/pool/collections/{COLLECTION}/objects/", auth=desk.auth,
                               headers={"Accept": TAXII, "Content-Type": TAXII}, data=json.dumps({"objects": [bad]}))
        assert answer.status_code == 202 and answer.json()["failure_count"] == 1, answer.text
        assert answer.json()["failures"][0]["message"], answer.text


def pymisp_loads_every_event(desk, _):
    from pymisp import MISPEvent
    told = json.loads(desk.run("export", "a.sheaf", "--to", "misp", "--for", "beside"))
    assert len(told["response"]) > 20
    for event in told["response"]:
        loaded = MISPEvent()
        loaded.load(event)
        assert loaded.uuid == event["Event"]["uuid"] and loaded.objects
        # It writes what it read.
        json.loads(loaded.to_json())


def frictionless_finds_the_package_valid(desk, _):
    from frictionless import validate
    desk.run("export", "a.sheaf", "--to", "frictionless", "--for", "beside", "--out", "package")
    report = validate(desk.path("package/datapackage.json"))
    assert report.valid, report.flatten(["message"])


def frictionless_notices_a_damaged_cell(desk, _):
    from frictionless import validate
    table = desk.path("package/incidents.csv")
    text = open(table).read()
    with open(table, "w") as file:
        file.write(text.replace("2014-", "2O14-", 1))
    assert not validate(desk.path("package/datapackage.json")).valid


def owslib_opens_the_layer(desk, _):
    from owslib.ogcapi.features import Features
    layer = Features(f"{desk.url}/features", auth=None)
    assert layer.feature_collections() == ["incidents"]
    assert layer.collection_items("incidents")["numberMatched"] == 0, "nobody who does not sign in sees green"
    signed = requests.get(f"{desk.url}/features/collections/incidents/items?limit=500", auth=desk.auth).json()
    assert signed["numberMatched"] > 20


def gdal_opens_the_layer(desk, _):
    wanted = requests.get(f"{desk.url}/features/collections/incidents/items", auth=desk.auth).json()["numberMatched"]
    done = subprocess.run(["ogrinfo", "-ro", "-so", f"OAPIF:{desk.url}/features", "incidents", "--config",
                           "GDAL_HTTP_USERPWD", ":".join(desk.auth), "--config", "GDAL_HTTP_AUTH", "BASIC"],
                          capture_output=True, text=True)
    assert f"Feature Count: {wanted}" in done.stdout, done.stdout + done.stderr
    for column in ["killed_low: Integer", "kind: String"]:
        assert column in done.stdout, done.stdout


def schemathesis_finds_no_answer_that_is_not_described(desk, _):
    import base64
    sign_in = base64.b64encode(":".join(desk.auth).encode()).decode()
    checks = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
              "response_schema_conformance,unsupported_method")
    program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    done = subprocess.run([program, "run", f"{desk.url}/api/v1/openapi.json", "-H", f"Authorization: Basic {sign_in}",
                           "--checks", checks, "--max-examples", "30", "--seed", "1", "--exclude-operation-id", "signIn"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:]


def alerts_fit_the_schema_of_the_standard(desk, data):
    from lxml import etree
    desk.run("export", "a.sheaf", "--to", "cap", "--for", "beside", "--out", "alerts")
    schema = etree.XMLSchema(etree.parse(os.path.join(data, "exchange/cap/schema/cap12.xsd")))
    alerts = [name for name in os.listdir(desk.path("alerts")) if name.endswith(".cap")]
    assert len(alerts) > 20
    for name in alerts:
        schema.assertValid(etree.parse(desk.path(f"alerts/{name}")))


def what_two_people_released_fits_the_schema_of_the_standard(desk, data):
    from lxml import etree
    schema = etree.XMLSchema(etree.parse(os.path.join(data, "exchange/cap/schema/cap12.xsd")))
    hands = {name: desk.run("account", "add", "a.sheaf", name, "--member", "northline", "--role", role)
             for name, role in [("ana", "contributor"), ("ben", "releaser")]}
    release = lambda name, *args: desk.run("release", *args, "--by", name, said=hands[name])
    number = release("ana", "ask", "a.sheaf", "--incident", "northline-wire:NW-140522-1", "--because", "confirmed")
    release("ben", "grant", "a.sheaf", number)

    def public():
        desk.run("export", "a.sheaf", "--to", "cap", "--for", "anyone", "--by", "northline", "--out", "public")
        found = etree.parse(desk.path("public/index.atom")).findall(".//{http://www.w3.org/2005/Atom}entry")
        assert len(found) == 1, etree.tostring(found)
        name = found[0].find("{http://www.w3.org/2005/Atom}link").get("href")
        return etree.parse(desk.path(f"public/{name}"))

    text = lambda alert, name: alert.findtext(f"{{urn:oasis:names:tc:emergency:cap:1.2}}{name}")
    alert = public()
    schema.assertValid(alert)
    assert (text(alert, "msgType"), text(alert, "scope")) == ("Alert", "Public")
    release("ana", "withdraw", "a.sheaf", number)
    cancel = public()
    schema.assertValid(cancel)
    assert (text(cancel, "msgType"), text(cancel, "scope")) == ("Cancel", "Public")
    assert text(alert, "identifier") in text(cancel, "references")


def the_eight_probes_pass(desk, data):
    tools = os.path.join(data, "exchange/tools")
    done = subprocess.run([sys.executable, "robust.py", f"{desk.url}/pool/collections/{EMPTY}/objects/",
                           "basic:" + "/".join(desk.auth)], cwd=tools, capture_output=True, text=True)
    wanted = [r"A added_after-only paging sees 100 of 100", r"B retry .* same page: True status 200",
              r"C .*: 202 success 0 failures 1", r"D latest after out-of-order: \['NEWER'\]",
              r"E DELETE 200 re-get 404 visible to added_after poll: True", r"E2 .*: 202 0 back: 404",
              r"F batch with one bad object: 202 .* first stored: 200", r"G invalid object: 202 "]
    for line in wanted:
        assert re.search(line, done.stdout), f"{line}\n{done.stdout}{done.stderr}"


CHECKS = [taxii2_client_reads_writes_and_deletes, stix2_understands_every_object, stix2_validator_finds_nothing_wrong,
          what_stix2_validator_refuses_we_refuse, pymisp_loads_every_event, frictionless_finds_the_package_valid,
          frictionless_notices_a_damaged_cell, owslib_opens_the_layer, gdal_opens_the_layer,
          schemathesis_finds_no_answer_that_is_not_described]
WITH_DATA = [alerts_fit_the_schema_of_the_standard, what_two_people_released_fits_the_schema_of_the_standard,
             the_eight_probes_pass]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--example", required=True)
    arguments.add_argument("--data")
    args = arguments.parse_args()
    checks = CHECKS + (WITH_DATA if args.data else [])
    if not args.data:
        print("without --data: the CAP schema and the fault probes are not at hand")
    desk, failed = Desk(os.path.abspath(args.program), os.path.abspath(args.example)), 0
    try:
        for check in checks:
            name, said = check.__name__.replace("_", " "), io.StringIO()
            try:
                with redirect_stdout(said):
                    check(desk, args.data)
                print(f"ok      {name}", flush=True)
            except Exception:  # A peer may fail in any way; each is told, and the others run.
                failed += 1
                print(f"FAILED  {name}\n{said.getvalue()}{traceback.format_exc()}", flush=True)
    finally:
        desk.stop()
    print(f"{len(checks) - failed} checks passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

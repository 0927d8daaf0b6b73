"""Do other catalogs take what `catalog build --export` writes? DataHub by its own checker,
OpenLineage by its schemas where they are there, Atlas by the types that go with the entities.

    catalog_exports.py TOOLS LAKE JOBS
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator
from pyapacheatlas.core.typedef import EntityTypeDef
from referencing import Registry, Resource

BUILT_IN = {
    "DataSet": {"qualifiedName", "name", "description", "owner"},
    "Process": {"qualifiedName", "name", "description", "owner", "inputs", "outputs"},
}


def datahub(folder, home):
    environment = {**os.environ, "HOME": home, "DATAHUB_TELEMETRY_ENABLED": "false"}
    path = folder / "datahub.json"
    check = subprocess.run(
        ["datahub", "check", "metadata-file", str(path)], env=environment, capture_output=True, text=True
    )
    if check.returncode != 0:
        sys.exit(f"DataHub refuses {path.name}: {check.stdout[-800:]}{check.stderr[-800:]}")
    print(f"  DataHub takes {len(json.loads(path.read_text()))} proposals")


def openlineage(folder):
    root = pathlib.Path(os.environ.get("MEDALLION_CONFORMANCE", "../shared/conformance"))
    schemas = root / "openlineage"
    if not schemas.is_dir():
        print(f"  OpenLineage: skipped, there are no schemas in {schemas}")
        return
    registry = Registry()
    facets = {}
    for path in [schemas / "OpenLineage.json", *sorted((schemas / "facets").glob("*.json"))]:
        schema = json.loads(path.read_text())
        resource = Resource.from_contents(schema)
        registry = registry.with_resource(schema["$id"], resource)
        facets[path.stem] = schema
    base = facets["OpenLineage"]["$id"]
    event_check = Draft202012Validator({"$ref": f"{base}#/$defs/DatasetEvent"}, registry=registry)
    count = 0
    for line in (folder / "openlineage.ndjson").read_text().splitlines():
        event = json.loads(line)
        event_check.validate(event)
        for facet in event["dataset"]["facets"].values():
            name = facet["_schemaURL"].rsplit("/", 1)[-1]
            if name in facets:
                reference = {"$ref": f"{facets[name]['$id']}#/$defs/{name}"}
                Draft202012Validator(reference, registry=registry).validate(facet)
                count += 1
    print(f"  OpenLineage's schemas take all events and {count} facets")


def atlas(folder):
    types = json.loads((folder / "atlas-types.json").read_text())
    known = {}
    for definition in types["entityDefs"]:
        fields = {key: value for key, value in definition.items() if key != "category"}
        EntityTypeDef(**fields)
        own = {attribute["name"]: attribute["typeName"] for attribute in definition["attributeDefs"]}
        known[definition["name"]] = (own, BUILT_IN[definition["superTypes"][0]])
    python = {"string": str, "long": int, "array<string>": list}
    entities = json.loads((folder / "atlas.json").read_text())["entities"]
    guids = {entity["guid"]: entity["typeName"] for entity in entities}
    assert len(guids) == len(entities), "a guid stands twice"
    names = {(e["typeName"], e["attributes"]["qualifiedName"]) for e in entities}
    assert len(names) == len(entities), "a qualifiedName stands twice"
    for entity in entities:
        own, inherited = known[entity["typeName"]]
        for name, value in entity["attributes"].items():
            assert name in own or name in inherited, f"{entity['typeName']} has no '{name}'"
            if name in own:
                assert isinstance(value, python[own[name]]), f"{name} of {entity['guid']}"
        references = [
            reference
            for name in ("inputs", "outputs")
            for reference in entity["attributes"].get(name, [])
        ] + list(entity["relationshipAttributes"].values())
        for reference in references:
            assert guids[reference["guid"]] == reference["typeName"], reference
    print(f"  Atlas' types hold for {len(entities)} entities")


def main():
    tools, lake, jobs = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "site"
        # A look at a lake writes down what it saw: here, in a copy of its own.
        copy = pathlib.Path(scratch) / "lake"
        subprocess.run(["cp", "-r", lake, str(copy)], check=True)
        subprocess.run(
            [f"{tools}/catalog", "build", "--lake", str(copy), "--jobs", jobs, "--output", str(folder),
             "--export", "datahub", "--export", "openlineage", "--export", "atlas"],
            check=True, stdout=subprocess.DEVNULL,
        )
        datahub(folder, scratch)
        openlineage(folder)
        atlas(folder)


main()

#!/usr/bin/python3
"""Holds the contract together: rendered documents, schemas, AsyncAPI and the document for station builders.

Usage: validate_schemas.py CONTRACT_SAMPLES_PROGRAM PROJECT_DIR
Exits 1 and names every mismatch.
"""
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

problems = []


def check(ok, text):
    if not ok:
        problems.append(text)


def load_schemas(folder):
    schemas = {}
    for path in sorted(folder.glob("*.schema.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[path.name] = jsonschema.Draft7Validator(schema)
    return schemas


def schema_of(topics, topic):
    """The entry of topics.json for a topic, None when no pattern matches."""
    return next((entry for entry in topics if re.match(entry["pattern"], topic)), None)


def errors_of(validator, document):
    return "; ".join(f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(document))


def check_samples(samples, topics, schemas):
    seen = set()
    for topic, payload in samples:
        entry = schema_of(topics, topic)
        if entry is None or entry["schema"] is None:
            problems.append(f"{topic}: topics.json names no schema")
            continue
        seen.add(entry["schema"])
        validator = schemas[entry["schema"]]
        document = json.loads(payload)
        wrong = errors_of(validator, document)
        check(not wrong, f"{topic}: {entry['schema']}: {wrong}")
        for value in document.get("values", []):  # each is a document of its own kind
            wrong = errors_of(schemas[value["schema"].split(".")[1].split("/")[0] + ".schema.json"], value)
            check(not wrong, f"{topic}: a value: {wrong}")
        # A schema that lets anything through would prove nothing.
        check(not validator.is_valid({**document, "surprise": 1}), f"{entry['schema']} lets unknown members through")
        for name in ("schema", "ts"):
            check(not validator.is_valid({k: v for k, v in document.items() if k != name}),
                  f"{entry['schema']} does without {name}")
    from_stations = {"cmd.schema.json", "station.schema.json"}
    check(seen | from_stations == set(schemas), f"schemas without a sample: {set(schemas) - seen - from_stations}")


def check_commands(lines, schemas):
    validator = schemas["cmd.schema.json"]
    for line in lines:
        example = json.loads(line)
        check(validator.is_valid(example["command"]) == example["valid"],
              f"cmd.schema.json should say valid={example['valid']}: {line.strip()}")


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document, folder, reference):
    if not reference.startswith("#/"):
        return (folder / reference).is_file()
    for step in reference[2:].split("/"):
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


def check_asyncapi(path, topics):
    api = yaml.safe_load(path.read_text())
    check(str(api.get("asyncapi", "")).startswith("2.6"), "asyncapi.yaml: not AsyncAPI 2.6")
    for reference in references(api):
        check(resolves(api, path.parent, reference), f"asyncapi.yaml: {reference} leads nowhere")
    channels, named = set(api["channels"]), {entry["topic"] for entry in topics}
    check(channels == named, f"asyncapi.yaml and topics.json differ: {sorted(channels ^ named)}")
    for name, channel in api["channels"].items():
        wanted = set(re.findall(r"{(\w+)}", name))
        check(set(channel.get("parameters", {})) == wanted, f"asyncapi.yaml: {name}: parameters are not {wanted}")
    return api


def payload_schemas(api):
    """Channel -> schema file names, through components/messages."""
    out = {}
    for name, channel in api["channels"].items():
        operation = channel.get("publish") or channel.get("subscribe")
        message = api["components"]["messages"][operation["message"]["$ref"].rsplit("/", 1)[1]]
        reference = message["payload"].get("$ref")
        out[name] = reference.rsplit("/", 1)[1] if reference else None
    return out


def check_page(path, samples, schemas):
    """Each JSON example of the page is a real render, or a valid document of a station."""
    rendered = {payload for _, payload in samples}
    by_name = {validator.schema["properties"]["schema"]["const"]: validator for validator in schemas.values()}
    examples = re.findall(r"```json\n(.*?)\n```", path.read_text(), re.S)
    check(len(examples) > 5, f"{path.name}: only {len(examples)} examples")
    for example in examples:
        for line in example.split("\n"):
            document = json.loads(line)
            wrong = errors_of(by_name[document["schema"]], document)
            check(not wrong, f"{path.name}: {wrong}: {line}")
            if document["schema"] not in ("vitals.cmd/1", "vitals.station/1"):
                check(line in rendered, f"{path.name}: the daemon does not render this (any more): {line}")


def main():
    program, project = sys.argv[1], pathlib.Path(sys.argv[2])
    config = project / "config"
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    samples = [tuple(line.split("\t", 1)) for line in output.splitlines()]
    schemas = load_schemas(config / "schemas")
    topics = json.loads((config / "schemas" / "topics.json").read_text())["topics"]
    check_samples(samples, topics, schemas)
    check_commands((project / "tests/unit/contract/commands.jsonl").read_text().splitlines(), schemas)
    api = check_asyncapi(config / "asyncapi.yaml", topics)
    for entry in topics:
        check(payload_schemas(api).get(entry["topic"]) == entry["schema"],
              f"asyncapi.yaml: {entry['topic']}: another schema than topics.json")
    check_page(project / "docs/mqtt-contract.md", samples, schemas)
    for problem in problems:
        print(problem)
    print(f"{len(samples)} samples, {len(schemas)} schemas, {len(topics)} topics, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""Checks every payload against the JSON Schemas in config/schemas, by topic."""
import json
import re
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).resolve().parents[2] / "config" / "schemas"


class Contract:
    """The first pattern of topics.json that matches a topic names the schema of its payload."""

    def __init__(self, folder=SCHEMAS):
        self.rules, self.by_name = [], {}
        for entry in json.loads((folder / "topics.json").read_text())["topics"]:
            validator = None
            if entry["schema"] is not None:
                schema = json.loads((folder / entry["schema"]).read_text())
                kind = jsonschema.validators.validator_for(schema)
                kind.check_schema(schema)
                validator = kind(schema)
                self.by_name[schema["properties"]["schema"]["const"]] = validator
            self.rules.append((re.compile(entry["pattern"]), entry["schema"], entry["empty"], validator))

    def problem(self, topic, payload):
        """What is wrong with a message, or None."""
        for pattern, file, may_be_empty, validator in self.rules:
            if not pattern.match(topic):
                continue
            if validator is None or (not payload and may_be_empty):
                return None
            if not payload:
                return f"{topic}: empty, and there is nothing retained to remove"
            try:
                document = json.loads(payload)
            except ValueError as error:
                return f"{topic}: not JSON: {error}"
            if isinstance(document, dict) and document.get("hist") and "/rsp/" in topic:
                validator = self.by_name[document["schema"]]
            errors = list(validator.iter_errors(document))
            for value in document.get("values", []) if not errors else []:  # each is a document of its own kind
                errors += self.by_name[value["schema"]].iter_errors(value)
            error = jsonschema.exceptions.best_match(errors)
            return error and f"{topic} ({file}): {error.json_path}: {error.message}: {payload.decode()[:600]}"
        return f"{topic}: no schema covers this topic"

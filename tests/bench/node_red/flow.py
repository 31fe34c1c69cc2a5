"""Node-RED as a receiver: the settings and the flow, to be started in a folder where npm has installed it."""
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent


def flow(mllp_port, broker_port):
    return [
        {"id": "tab", "type": "tab", "label": "bench"},
        {"id": "broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(broker_port), "protocolVersion": "4",
         "keepalive": "60", "cleansession": True, "autoConnect": True},
        {"id": "in", "z": "tab", "type": "tcp in", "server": "server", "port": str(mllp_port), "datamode": "stream",
         "datatype": "buffer", "newline": "", "wires": [["judge"]]},
        {"id": "judge", "z": "tab", "type": "function", "func": (HERE / "judge.js").read_text(), "outputs": 2,
         "wires": [["answer"], ["alarm"]]},
        {"id": "answer", "z": "tab", "type": "tcp out", "beserver": "reply", "wires": []},
        {"id": "alarm", "z": "tab", "type": "mqtt out", "topic": "", "qos": "1", "retain": "false", "broker": "broker",
         "wires": []},
    ]


def command(installed, folder, mllp_port, broker_port):
    """Writes what it needs into `folder`; returns what starts it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flows.json").write_text(json.dumps(flow(mllp_port, broker_port)))
    (folder / "settings.js").write_text("module.exports = {flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false, uiPort: 0, "
                                        "logging: {console: {level: 'warn'}}};\n")
    program = Path(installed) / "node_modules" / "node-red" / "red.js"
    return ["node", str(program), "--userDir", str(folder), "--settings", str(folder / "settings.js")]

"""RabbitMQ with its MQTT plugin as a cluster of three nodes: all on loopback, all in a folder of the test, as whoever runs it.

The package's own service has no part in it: no port, no file and no user of it is touched.
"""
import glob
import os
import select
import signal
import subprocess
import time
from pathlib import Path

from rig import Process, free_port, tool, wait_for_port

CONFIG = """listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:{port}
mqtt.tcp_listen_options.nodelay = true
log.console = false
cluster_partition_handling = pause_minority
"""
# Whoever comes without a login is guest: named anew in RabbitMQ 4.
ANONYMOUS_3 = "mqtt.allow_anonymous = true\nmqtt.default_user = guest\nmqtt.default_pass = guest\n"
ANONYMOUS_4 = "anonymous_login_user = guest\nanonymous_login_pass = guest\n"


def scripts():
    """The folder with the package's scripts themselves (those in sbin change to the user rabbitmq); None without it."""
    found = sorted(glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"))
    return Path(found[-1]) if found else None


class Node:
    def __init__(self, folder, number, epmd_port):
        self.scripts, self.port = scripts(), free_port()
        self.name = f"rabbit{number}@localhost"
        own = folder / f"n{number}"
        (own / "log").mkdir(parents=True)
        major = int(self.scripts.parent.name.rpartition("-")[2].split(".")[0])
        (own / "rabbitmq.conf").write_text(CONFIG.format(port=self.port) + (ANONYMOUS_3 if major < 4 else ANONYMOUS_4))
        (folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        self.out = own / "out"
        self.env = {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_NODENAME": self.name, "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{own}/mnesia", "RABBITMQ_LOG_BASE": f"{own}/log",
            "RABBITMQ_LOGS": f"{own}/log/rabbit.log", "RABBITMQ_PID_FILE": f"{own}/pid",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{own}/gen", "RABBITMQ_CONFIG_FILE": f"{own}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins", "RABBITMQ_CONF_ENV_FILE": f"{folder}/none.conf",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self.process = None

    def start(self):
        self.process = Process([str(self.scripts / "rabbitmq-server")], self.out, self.env)

    def wait(self):
        wait_for_port(self.port, self.process, timeout=180)

    def control(self, *command):
        done = subprocess.run([self.scripts / "rabbitmqctl", "--node", self.name, *command], env=self.env,
                              capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, f"rabbitmqctl {command}: {done.stdout}{done.stderr}"
        return done.stdout

    def kill(self):
        """The whole of it at once: the script that started it, the Erlang machine, its helpers."""
        os.killpg(self.process.child.pid, signal.SIGKILL)
        self.process.child.wait(30)


class Cluster:
    def __init__(self, folder):
        folder.mkdir(parents=True)
        self.folder, port = folder, free_port()
        # Started by ourselves, so that the first node does not start one that stays.
        self.epmd = Process([tool("epmd"), "-port", str(port), "-address", "127.0.0.1"], folder / "epmd.out",
                            {"PATH": "/usr/bin:/bin", "HOME": str(folder)})
        self.nodes = []
        try:
            wait_for_port(port, self.epmd)
            self.nodes = [Node(folder, number, port) for number in (1, 2, 3)]
            self._form()
        except BaseException:
            self.close()
            raise

    def _form(self):
        first, *others = self.nodes
        first.start()  # alone at first: it makes the cookie that all share
        first.wait()
        for node in others:
            node.start()
        for node in others:
            node.wait()
            for step in (["stop_app"], ["reset"], ["join_cluster", first.name], ["start_app"]):
                node.control(*step)
            node.wait()

    def close(self):
        for node in self.nodes:
            if node.process and node.process.running:
                node.kill()
        self.epmd.end()
        self._leave_nothing()

    def _leave_nothing(self):
        """Helpers of a node (names, ports) end when they notice that it is dead."""
        until = time.monotonic() + 20
        while left := self._ours():
            if time.monotonic() > until:
                for number in left:
                    os.kill(number, signal.SIGKILL)
                raise AssertionError(f"{len(left)} processes outlived the cluster: {left}")
            select.select([], [], [], 0.05)

    def _ours(self):
        """Processes that have our folder as their home, whatever their name: a zombie shows none."""
        home, found = b"HOME=" + os.fsencode(self.folder), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if home in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue  # it has just ended, or is somebody else's
        return found

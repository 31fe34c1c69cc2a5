"""Monitors for tests, written from the protocols and not from the daemon's drivers: a Nonin oximeter (format 2) on a
pseudo terminal, and the sending side of HL7 over MLLP: a monitor, the administration, a pump."""
import os
import pty
import socket
import termios
import threading
import time
import tty

NO_RATE, NO_SPO2 = 511, 127


def nonin_packet(rate, spo2, finger=True):
    """25 frames of five bytes: 01, status, waveform, value, checksum. None: the value is missing."""
    rate = NO_RATE if rate is None or not finger else round(rate)
    spo2 = NO_SPO2 if spo2 is None or not finger else round(spo2)
    msb, lsb = rate >> 7, rate & 0x7F
    values = [0] * 25
    for at in (0, 13, 19, 21):
        values[at], values[at + 1] = msb, lsb
    for at in (2, 8, 9, 10, 15, 16):
        values[at] = spo2
    values[3] = 0x30
    out = bytearray()
    for index, value in enumerate(values):
        status = 0x80 | (0x01 if index == 0 else 0) | (0 if finger else 0x18)
        frame = [0x01, status, 0x64, value]
        out += bytes(frame + [sum(frame) & 0xFF])
    return bytes(out)


class PtyNonin:
    """Three packets a second on a pseudo terminal behind a stable link, as long as it is plugged in and not silent."""

    def __init__(self, link, rate=72, spo2=97):
        self.link = str(link)
        self.rate, self.spo2, self.finger, self.silent = rate, spo2, True, False
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._master = self._slave = None
        self.plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def plug(self):
        with self._lock:
            self._master, self._slave = pty.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            fresh = self.link + ".new"
            os.symlink(os.ttyname(self._slave), fresh)
            os.rename(fresh, self.link)

    def unplug(self):
        with self._lock:
            if self._master is None:
                return
            os.unlink(self.link)
            os.close(self._slave)
            os.close(self._master)
            self._master = self._slave = None

    def show(self, rate=None, spo2=None):
        """What the display shows from the next packet on."""
        if rate is not None:
            self.rate = rate
        if spo2 is not None:
            self.spo2 = spo2

    def write(self, data):
        with self._lock:
            if self._master is None:
                return
            try:
                os.write(self._master, data)
            except BlockingIOError:
                termios.tcflush(self._slave, termios.TCIFLUSH)  # nobody reads: a port loses bytes

    def close(self):
        self._stop.set()
        self._thread.join()
        self.unplug()

    def _run(self):
        due = time.monotonic()
        while not self._stop.is_set():
            if not self.silent:
                self.write(nonin_packet(self.rate, self.spo2, self.finger))
            due += 1 / 3
            self._stop.wait(max(0.0, due - time.monotonic()))


def pcd01(control_id, bed="pain^^b2", hr=None, pr=None, spo2=None, cuff=None, at=None, patient="P1"):
    """An IHE PCD-01 report. `cuff` is (sys, dia, mean); `at` the time of the cuff reading in unix seconds."""
    stamp = lambda t: time.strftime("%Y%m%d%H%M%S+0000", time.gmtime(t))
    now = time.time()
    rows = ["OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||TEST01^^7A000102^EUI-64"]

    def row(code, place, value, unit, taken=""):
        rows.append(f"OBX|{len(rows) + 1}|NM|{code}^MDC|{place}|{value}|{unit}^MDC|||||R|||{taken}")

    if hr is not None:
        row("147842^MDC_ECG_HEART_RATE", "1.7.4.147842", hr, "264864^MDC_DIM_BEAT_PER_MIN")
    if pr is not None:
        row("149530^MDC_PULS_OXIM_PULS_RATE", "1.3.1.149530", pr, "264864^MDC_DIM_BEAT_PER_MIN")
    if spo2 is not None:
        row("150456^MDC_PULS_OXIM_SAT_O2", "1.3.1.150456", spo2, "262688^MDC_DIM_PERCENT")
    for code, value in zip(("150021^MDC_PRESS_BLD_NONINV_SYS", "150022^MDC_PRESS_BLD_NONINV_DIA",
                            "150023^MDC_PRESS_BLD_NONINV_MEAN"), cuff or ()):
        row(code, f"1.9.2.{code[:6]}", value, "266016^MDC_DIM_MMHG", stamp(at or now))
    head = [f"MSH|^~\\&|TESTMON^7A000102^EUI-64|T|||{stamp(now)}||ORU^R01^ORU_R01|{control_id}|P|2.6|||AL|NE|||||IHE_PCD_001",
            f"PID|||{patient}^^^T^PI||^^^^^^U", f"PV1||I|{bed}",
            f"OBR|1|1|1|182777000^monitoring of patient^SCT|||{stamp(now)}"]
    return "\r".join(head + rows) + "\r"


def adt(trigger, control_id, patient, bed="pain^^b2"):
    """What the hospital's administration says: A01 admits, A03 discharges."""
    stamp = time.strftime("%Y%m%d%H%M%S+0000", time.gmtime())
    rows = [f"MSH|^~\\&|HIS|H|||{stamp}||ADT^{trigger}^ADT_A01|{control_id}|P|2.6|||AL|NE",
            f"EVN|{trigger}|{stamp}", f"PID|||{patient}^^^T^PI", f"PV1||I|{bed}"]
    return "\r".join(rows) + "\r"


def pump(control_id, event=None, ml_h=0.0, delivery="delivering", source="primary", device="P17", mg_ml=2):
    """IHE PCD-10 (an event: START, STOP, COMP) or, without one, a PCD-01 snapshot of a pump with ketamine."""
    stamp = time.strftime("%Y%m%d%H%M%S+0000", time.gmtime())
    infusing = "infusing" if delivery in ("delivering", "transitioning") else "not-infusing"
    rows = [f"OBX|1||70053^MDC_DEV_PUMP_INFUS_SYRINGE_MDS^MDC|1.0.0.0|||||||X|||||||{device}^^0012210000000000^EUI-64"]
    if event:
        number = {"START": 197288, "STOP": 197290, "COMP": 197292}[event]
        rows.append(f"OBX|2|CWE|68487^MDC_ATTR_EVT_COND^MDC|1.0.0.2|{number}^MDC_EVT_PUMP_DELIV_{event}^MDC||||||R")
    rows += [f"OBX|3|CWE|184519^MDC_PUMP_INFUSING_STATUS^MDC|1.1.1.1|^pump-status-{infusing}||||||R",
             f"OBX|4|NM|158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC|1.1.1.2|{ml_h}|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R",
             f"OBX|5|CWE|158016^MDC_DEV_PUMP_ACTIVE_SOURCES^MDC|1.1.1.3|^pump-source-info-{source}||||||R",
             f"OBX|6|CWE|158005^MDC_DEV_PUMP_CURRENT_DELIVERY_STATUS^MDC|1.1.1.4|^pump-delivery-status-{delivery}||||||R",
             "OBX|7|ST|184514^MDC_DRUG_NAME_LABEL^MDC|1.1.1.5|Ketamine||||||R",
             f"OBX|8|NM|157760^MDC_CONC_DRUG^MDC|1.1.1.6|{mg_ml}|264306^MDC_DIM_MILLI_G_PER_ML^MDC|||||R"]
    kind, profile = ("ORU^R42^ORU_R01", "IHE_PCD_010") if event else ("ORU^R01^ORU_R01", "IHE_PCD_001")
    head = [f"MSH|^~\\&|PUMPS^0012210000000001^EUI-64|T|||{stamp}||{kind}|{control_id}|P|2.6|||AL|NE|||||{profile}",
            "PID|||Unknown Patient", "PV1||I|pain^^b2", f"OBR|1|x|x|KET^Ketamine|||{stamp}"]
    return "\r".join(head + rows) + "\r"


class MllpSender:
    """A plain connection to the listener: what goes out is up to the test."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._buffer = b""

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, message, timeout=10.0):
        """Sends one framed message and returns (MSA-1, MSA-2) of the answer."""
        self.raw(b"\x0b" + message.encode() + b"\x1c\r")
        return self.answer(timeout)

    def answer(self, timeout=10.0):
        self.socket.settimeout(timeout)
        while b"\x1c" not in self._buffer:
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError("closed before an answer came")
            self._buffer += data
        frame, _, self._buffer = self._buffer.partition(b"\x1c")
        for segment in frame.decode("utf-8", "replace").split("\r"):
            fields = segment.split("|")
            if fields[0] == "MSA":
                return fields[1], fields[2]
        raise AssertionError(f"an answer without MSA: {frame!r}")

    def closed_by_peer(self, timeout=10.0):
        """True when the daemon ends the connection within the time (bytes before that are thrown away)."""
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(4096):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def close(self):
        self.socket.close()

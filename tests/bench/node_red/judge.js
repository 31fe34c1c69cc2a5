// The work of floor.cpp as a flow of Node-RED would do it: frame, four values by their code, limits, answer.
const VT = 0x0b, FS = 0x1c;
const watched = { '147842': ['hr', 50, 120], '150456': ['spo2', 92, 101], '150021': ['nibp-sys', 90, 160], '150022': ['nibp-dia', 50, 100] };
const key = 'rest-' + msg._session.id;
let data = Buffer.concat([context.get(key) || Buffer.alloc(0), msg.payload]);
const answers = [], alarms = [];
for (;;) {
  const begin = data.indexOf(VT), end = data.indexOf(FS);
  if (begin < 0 || end < 0) break;
  const segments = data.toString('utf8', begin + 1, end).split('\r');
  data = data.subarray(end + 2);
  const id = segments[0].split('|')[9];
  let bed = '';
  for (const segment of segments) {
    if (segment.startsWith('PV1|')) bed = segment.split('|')[3].split('^')[2];
    if (!segment.startsWith('OBX|')) continue;
    const fields = segment.split('|'), limits = watched[fields[3].split('^')[0]], value = parseFloat(fields[5]);
    if (limits && (value < limits[1] || value > limits[2]))
      alarms.push({ topic: 'floor/' + bed, payload: JSON.stringify({ bed, metric: limits[0], v: value, id }) });
  }
  answers.push('\x0bMSH|^~\\&|FLOOR|BENCH|BEDMON|BAY|20260101000000||ACK^R01^ACK|A' + id + '|P|2.6\rMSA|CA|' + id + '\r\x1c\r');
}
context.set(key, data);
return [answers.length ? { _session: msg._session, payload: answers.join('') } : null, alarms];

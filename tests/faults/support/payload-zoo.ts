/** What devices, gateways and vandals have been seen to send. Each is sent by a known device of its own. */
export interface ZooAnimal {
  name: string
  bytes: Buffer
  /** How the alarm must come out: as the panic that it is, or as an unreadable call that somebody looks into. */
  becomes: 'panic' | 'unreadable'
  /** Longer than the edge lets in: no PUBACK, the connection ends, and yet an alarm. */
  isCutOff?: boolean
  /** Bytes of the MQTT packet itself instead of a payload; null: an ordinary PUBLISH. */
  claimedBytes?: number
}

const text = (name: string, body: string, becomes: ZooAnimal['becomes']): ZooAnimal => ({
  name,
  bytes: Buffer.from(body),
  becomes,
})
const panic = (name: string, fields: string): ZooAnimal =>
  text(name, `{"id":"zoo","type":"panic"${fields && ','}${fields}}`, 'panic')
const fill = (bytes: number): Buffer => {
  const head = '{"id":"zoo","type":"panic","note":"'
  return Buffer.from(`${head}${'x'.repeat(bytes - head.length - 2)}"}`)
}

export const ZOO: readonly ZooAnimal[] = [
  text('broken JSON', '{"id":"zoo","type":', 'unreadable'),
  text('nothing at all', '', 'unreadable'),
  text('one byte', 'x', 'unreadable'),
  { name: '4 KiB exactly', bytes: fill(4096), becomes: 'panic' },
  { name: '4 KiB and one byte', bytes: fill(4097), becomes: 'unreadable' },
  { name: '256 KB', bytes: fill(262_144), becomes: 'unreadable', isCutOff: true },
  {
    name: '256 MB claimed, 8 KB sent',
    bytes: fill(8192),
    becomes: 'unreadable',
    isCutOff: true,
    claimedBytes: 268_435_455,
  },
  text('4,000 brackets deep', '['.repeat(4000), 'unreadable'),
  { name: '1,000,000 brackets deep', bytes: Buffer.alloc(1_000_000, '['), becomes: 'unreadable', isCutOff: true },
  text('a deep field', `{"id":"zoo","type":"panic","a":${'['.repeat(1900)}${']'.repeat(1900)}}`, 'panic'),
  text('the same key twice', '{"id":"zoo","type":"test","type":"panic"}', 'panic'),
  panic('__proto__', '"__proto__":{"type":"test","id":"x"}'),
  panic('constructor', '"constructor":{"prototype":{"type":"test"}}'),
  panic('NUL in a field', '"note":"\\u0000"'),
  text('NUL in the id', '{"id":"zo\\u0000o","type":"panic"}', 'unreadable'),
  panic('half a surrogate pair in a field', '"note":"\\ud800"'),
  text('half a surrogate pair in the id', '{"id":"\\ud800","type":"panic"}', 'unreadable'),
  { name: 'not UTF-8', bytes: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), becomes: 'unreadable' },
  panic('an infinite place', '"lng":1e999,"lat":-1e999'),
  panic('lng and lat swapped', '"lng":21.96,"lat":114.61'),
  panic('a place out of the world', '"lng":4000,"lat":-91'),
  text('NaN as a number', '{"id":"zoo","type":"panic","lat":NaN}', 'unreadable'),
  panic('the year 1970', '"at":"1970-01-01T00:00:00Z"'),
  panic('the year 2100', '"at":"2100-01-01T00:00:00Z"'),
  panic('the year 300000', '"at":"+300000-01-01T00:00:00Z"'),
  panic('a time that is a number', '"at":1790000000'),
  panic('a battery below zero', '"batteryPct":-5'),
  text('an unknown type', '{"id":"zoo","type":"help!"}', 'unreadable'),
  text('a type in capitals', '{"id":"zoo","type":"PANIC"}', 'unreadable'),
  text('a type that is an object', '{"id":"zoo","type":{"toString":"panic"}}', 'unreadable'),
  text('no id', '{"type":"panic"}', 'unreadable'),
  text('an id of 65 characters', `{"id":"${'a'.repeat(65)}","type":"panic"}`, 'unreadable'),
  text('an id with blanks', '{"id":"a b","type":"panic"}', 'unreadable'),
  text('an id that is a number', '{"id":7,"type":"panic"}', 'unreadable'),
  text('null', 'null', 'unreadable'),
  text('a list', '[{"id":"zoo","type":"panic"}]', 'unreadable'),
  text('a word', '"panic"', 'unreadable'),
  text('SQL and markup', `{"id":"');drop","type":"<img onerror=alert(1)>"}`, 'unreadable'),
]

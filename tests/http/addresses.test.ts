import { expect, test } from 'vitest'
import { chooseProfile, readProfiles } from '../../devices/camera/onvif-profiles.ts'
import { readProbeMatches } from '../../devices/camera/ws-discovery.ts'
import { createAllowedAddresses } from '../../gateway/cameras/allowed-address.ts'
import { addressAt, readRtspSource } from '../../gateway/cameras/rtsp-source.ts'
import { digestAnswer } from '../../devices/camera/http-digest.ts'
import { withTicket } from '../../gateway/media/live-proxy.ts'

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'yes',
    (error: { code: string }) => error.code,
  )

test('cameras live in their networks; simulated ones at their ports of this machine and at no other', async () => {
  const allowed = createAllowedAddresses('10.0.0.0/8, 192.168.7.9, fd00::/8', [8554])
  const ask = (host: string, port = 554) => codeOf(allowed.resolve(host, port))
  for (const host of ['10.1.2.3', '192.168.7.9', 'fd00::1', '[fd00::1]', '::ffff:10.0.0.1'])
    expect(await ask(host), host).toBe('yes')
  for (const host of [
    '11.0.0.1',
    '192.168.7.8',
    '127.0.0.1',
    '::1',
    'fe80::1',
    '0.0.0.0',
    '169.254.169.254',
    '::ffff:7f00:1',
  ]) {
    expect(await ask(host), host).toBe('not-allowed-address')
  }
  expect(await ask('127.0.0.1', 8554)).toBe('yes')
  expect(await ask('localhost', 8554)).toBe('yes')
  expect(await ask('127.0.0.1', 5432)).toBe('not-allowed-address')
  expect(await ask('0x7f.1', 5432)).not.toBe('yes')
  expect(await ask('2130706433', 5432)).not.toBe('yes')
  expect(await ask('no-such-name.invalid')).toBe('camera-unreachable')
  expect(() => createAllowedAddresses('10.0.0.0/33', [])).toThrow(/"10.0.0.0\/33" is not a network/)
  expect(() => createAllowedAddresses('camera-net', [])).toThrow(/VIGIL_CAMERA_NETWORKS/)
})

test('an RTSP address gives up its credential and keeps the rest as typed', () => {
  const cases: [string, string, unknown, number][] = [
    ['rtsp://10.0.0.1', 'rtsp://10.0.0.1/', null, 554],
    ['RTSP://10.0.0.1:8554/a//b?x=%41&y=..', 'rtsp://10.0.0.1:8554/a//b?x=%41&y=..', null, 8554],
    ['rtsp://u:p@cam.local/s#f', 'rtsp://cam.local/s', { username: 'u', password: 'p' }, 554],
    ['rtsp://u:a@b:c@10.0.0.1/s', 'rtsp://10.0.0.1/s', { username: 'u', password: 'a@b:c' }, 554],
    ['rtsp://u:50%25@10.0.0.1/s', 'rtsp://10.0.0.1/s', { username: 'u', password: '50%' }, 554],
    ['rtsp://u:50%@10.0.0.1/s', 'rtsp://10.0.0.1/s', { username: 'u', password: '50%' }, 554],
    ['rtsps://[fd00::1]:322/s', 'rtsps://[fd00::1]:322/s', null, 322],
  ]
  for (const [typed, address, credential, port] of cases)
    expect(readRtspSource(typed)).toMatchObject({ address, credential, port })
  expect(addressAt(readRtspSource('rtsp://u:p@cam.local:8554/s?x=1'), 'fd00::1')).toBe('rtsp://[fd00::1]:8554/s?x=1')
  for (const wrong of [
    '',
    'rtsp://',
    'rtsp://:554/',
    'rtsp://a:0/',
    'rtsp://a:70000/',
    'rtsp://a b/',
    'rtsp://a/\r\nX: y',
    'rtmp://a/',
    '-i rtsp://a/',
  ]) {
    expect(() => readRtspSource(wrong), wrong).toThrow()
  }
})

test('the profile for the wall is the smallest H.264 that is wide enough', () => {
  const profile = (token: string, encoding: unknown, width: unknown) => ({
    $: { token },
    name: token,
    videoEncoderConfiguration: { encoding, resolution: { width, height: 1 } },
  })
  const choose = (...list: unknown[]) => chooseProfile(readProfiles(list))?.token
  expect(choose(profile('main', 'H264', 2560), profile('sub', 'H264', 704), profile('tiny', 'H264', 352))).toBe('sub')
  expect(choose(profile('a', 'H265', 704), profile('b', 'H.264', 352), profile('c', 'H264', 320))).toBe('b')
  expect(choose(profile('a', 'JPEG', 704))).toBeUndefined()
  expect(choose({ $: { token: 't' } }, null, 'text', profile('x', 'H264', 'wide'))).toBe('x')
  expect(readProfiles(null)).toEqual([])
})

test('discovery answers are read whatever their prefixes are, and hostile ones are nothing', () => {
  const match = (xaddrs: string, scopes: string) =>
    `<d:ProbeMatch><a:EndpointReference><a:Address>urn:x</a:Address></a:EndpointReference><d:Scopes>${scopes}</d:Scopes><d:XAddrs>${xaddrs}</d:XAddrs></d:ProbeMatch>`
  const xml = `<e:Envelope><e:Body><d:ProbeMatches>${match('http://10.0.0.1/onvif http://[fd00::1]/onvif', 'onvif://www.onvif.org/name/East%20gate onvif://www.onvif.org/hardware/DS-2')}${match('http://10.0.0.2:8000/a?b=1&amp;c=2', '')}</d:ProbeMatches></e:Body></e:Envelope>`
  expect(readProbeMatches(xml)).toEqual([
    { addresses: ['http://10.0.0.1/onvif', 'http://[fd00::1]/onvif'], name: 'East gate', hardware: 'DS-2' },
    { addresses: ['http://10.0.0.2:8000/a?b=1&c=2'], name: null, hardware: null },
  ])
  expect(readProbeMatches('<ProbeMatch>'.repeat(5_000))).toEqual([])
  expect(readProbeMatches('x'.repeat(100_000))).toEqual([])
  expect(readProbeMatches('')).toEqual([])
})

test('digest login gives the corrected answer of the example in RFC 2069', () => {
  const credential = { username: 'Mufasa', password: 'CircleOfLife' }
  const old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
  expect(digestAnswer(old, 'GET', 'http://h/dir/index.html', credential)).toContain(
    'response="1949323746fe6a43ef61f9606e7febea"',
  )
  expect(digestAnswer(old, 'GET', 'http://h/dir/index.html', credential)).toContain('opaque="5ccc"')
  const several = `Basic realm="x, Digest y=\\"z", Negotiate, digest realm="x",nonce="y",algorithm=MD5-sess, ${old}, NTLM aGk=`
  expect(digestAnswer(several, 'GET', 'http://h/dir/index.html', credential), 'the first that we know').toBe(
    digestAnswer(old, 'GET', 'http://h/dir/index.html', credential),
  )
  expect(digestAnswer('Basic realm="x"', 'GET', 'http://h/', credential)).toBeNull()
  expect(digestAnswer('Digest realm="x", nonce="y", algorithm=SHA-512', 'GET', 'http://h/', credential)).toBeNull()
})

test('every address in a playlist gets the ticket, comments do not', () => {
  const playlist =
    '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXT-X-PART:DURATION=0.2,URI="p1.0.m4s"\n#EXTINF:1,\ns1.m4s\n\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p1.1.m4s?x=1"\n'
  expect(withTicket(playlist, 'a.b')).toBe(
    '#EXTM3U\n#EXT-X-MAP:URI="init.mp4?ticket=a.b"\n#EXT-X-PART:DURATION=0.2,URI="p1.0.m4s?ticket=a.b"\n#EXTINF:1,\ns1.m4s?ticket=a.b\n\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p1.1.m4s?x=1&ticket=a.b"\n',
  )
})

import { createSocket } from 'node:dgram'
import onvif from 'onvif'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CameraFarm } from '../../../simulators/camera/camera-farm.ts'
import { PASSWORD, startFarm, until } from './farm-harness.ts'

let farm: CameraFarm
beforeAll(async () => {
  farm = await startFarm({ discoveryPort: 0 })
})
afterAll(() => farm.close())

type Cam = InstanceType<typeof onvif.Cam>
type Done = (error: Error | null, answer?: unknown) => void

function open(id: string, password = PASSWORD, useWSSecurity = true): Promise<Cam> {
  return new Promise((resolve, reject) => {
    const camera: Cam = new onvif.Cam(
      {
        hostname: '127.0.0.1',
        port: farm.onvifPort,
        path: `/${id}/onvif/device_service`,
        username: 'vigil',
        password,
        timeout: 5000,
        useWSSecurity,
      },
      (error: unknown) => (error instanceof Error ? reject(error) : resolve(camera)),
    )
  })
}

function ask<T>(call: (done: Done) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, answer) => (error ? reject(error) : resolve(answer as T))))
}

describe('ONVIF', () => {
  it('connects with the onvif library and names profiles, streams and snapshots', async () => {
    const camera = await open('gate')
    const found = await ask<Record<string, unknown>>((done) => camera.getDeviceInformation(done))
    expect(found).toMatchObject({ manufacturer: 'Vigil', model: 'VSC-F1' })
    const profiles = await ask<Record<string, Record<string, unknown>>[]>((done) => camera.getProfiles(done))
    expect(profiles.map((profile) => profile['$']?.['token'])).toEqual(['profile-main', 'profile-sub'])
    expect(profiles[1]!['videoEncoderConfiguration']).toMatchObject({
      encoding: 'H264',
      resolution: { width: 640, height: 360 },
    })
    expect(profiles[1]!['PTZConfiguration']).toBeUndefined()
    const stream = await ask<{ uri: string }>((done) =>
      camera.getStreamUri({ protocol: 'RTSP', profileToken: 'profile-sub' }, done),
    )
    expect(stream.uri).toBe(`rtsp://127.0.0.1:${farm.rtspPort}/cam/gate/sub`)
  })

  it('takes an HTTP digest login instead of WS-Security', async () => {
    const camera = await open('gate', PASSWORD, false)
    expect(await ask((done) => camera.getScopes(done))).toBeDefined()
  })

  it('refuses a wrong password, but tells the time to anybody', async () => {
    const camera = new onvif.Cam({
      hostname: '127.0.0.1',
      port: farm.onvifPort,
      path: '/gate/onvif/device_service',
      username: 'vigil',
      password: 'wrong',
      autoconnect: false,
    })
    const time = await ask<Date>((done) => camera.getSystemDateAndTime(done))
    expect(Math.abs(time.getTime() - Date.now())).toBeLessThan(3000)
    await expect(ask((done) => camera.getDeviceInformation(done))).rejects.toThrow(/not authorized/i)
  })

  it('moves, stops and goes to presets', async () => {
    const camera = await open('square')
    const position = async () =>
      (await ask<{ position: { x: number; y: number } }>((done) => camera.getStatus({}, done))).position
    await ask((done) => camera.continuousMove({ x: 1, y: -0.5, zoom: 0, timeout: 5000 }, done))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await ask((done) => camera.stop({ panTilt: true, zoom: true }, done))
    const stopped = await position()
    expect(stopped.x).toBeGreaterThan(0.1)
    expect(stopped.y).toBeLessThan(-0.05)
    expect(await position()).toEqual(stopped)
    const presets = await ask<Record<string, string>>((done) => camera.getPresets({}, done))
    expect(Object.keys(presets)).toContain('大门')
    await ask((done) => camera.gotoPreset({ preset: 'preset-2' }, done))
    expect((await position()).x).toBe(-0.4)
    const fixed = await open('gate')
    await expect(
      ask((done) => fixed.continuousMove({ x: 1, y: 0, zoom: 0, profileToken: 'profile-main' }, done)),
    ).rejects.toThrow()
  })

  it('delivers motion through a pull-point and forgets it on request', async () => {
    const camera = await open('gate')
    await ask((done) => camera.createPullPointSubscription(done))
    const pulled = await ask<{ notificationMessage: { topic: { _: string } } }>((done) =>
      camera.pullMessages({ messageLimit: 5 }, done),
    )
    expect(pulled.notificationMessage.topic._).toContain('Motion')
    await ask((done) => camera.renew({}, done))
    await ask((done) => camera.unsubscribe(done))
    await expect(ask((done) => camera.pullMessages({}, done))).rejects.toThrow()
  })
})

describe('discovery', () => {
  it('answers a probe that is sent to this machine, one answer a camera', async () => {
    const answers: string[] = []
    const socket = createSocket('udp4')
    socket.on('message', (message) => answers.push(message.toString()))
    const probe =
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" ' +
      'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header><w:MessageID>uuid:ask-1</w:MessageID></e:Header>' +
      '<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>'
    socket.send('not a probe at all', farm.discoveryPort!, '127.0.0.1')
    socket.send(probe, farm.discoveryPort!, '127.0.0.1')
    await until(() => answers.length >= 2, 3000)
    socket.close()
    expect(answers).toHaveLength(2)
    expect(answers[0]).toContain('<a:RelatesTo>uuid:ask-1</a:RelatesTo>')
    expect(answers[0]).toContain(`http://127.0.0.1:${farm.onvifPort}/gate/onvif/device_service`)
    expect(answers[0]).toContain(encodeURIComponent('滨海小学正门'))
  })
})

import { describe, expect, it } from 'vitest'
import { readSimulatedCameras } from '../../../simulators/camera/cameras-csv.ts'

const HEAD = 'id,name,site_id,lng,lat,bearing_deg,fov_deg,range_m,ptz,warm,scene,source,address,onvif'

describe('cameras.csv', () => {
  it('plays only the cameras whose address is a simulated one', () => {
    const text = [
      HEAD,
      'cam-1,学校正门,s1,114,22,90,70,60,false,true,school-gate,rtsp,rtsp://{sim-rtsp}/cam/cam-1/sub,',
      'cam-2,"广场, 东侧 ""A""",,114,22,,70,60,true,false,,onvif,http://{sim-onvif}/cam-2/onvif/device_service,',
      'cam-3,真的,,114,22,,70,60,false,false,,rtsp,rtsp://10.1.2.3/stream,',
      '',
    ].join('\r\n')
    expect(readSimulatedCameras(text)).toEqual([
      { id: 'cam-1', name: '学校正门', scene: 'school-gate', ptz: false },
      { id: 'cam-2', name: '广场, 东侧 "A"', scene: undefined, ptz: true },
    ])
  })

  it('reads an empty file as no cameras', () => {
    expect(readSimulatedCameras('')).toEqual([])
    expect(readSimulatedCameras(`\uFEFF${HEAD}\n`)).toEqual([])
  })
})

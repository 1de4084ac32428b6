import { toIso } from '../../../domain/clock.ts'
import { PRESETS, type OnvifCamera } from './onvif-camera.ts'
import { attributeOf, durationMs, escapeXml, NO_PRESET, textOf, type SoapFault } from './soap.ts'

/** The PTZ service (ONVIF PTZ specification) of cameras that can move. The clip does not move with it: only the position is played. */

const SPACE = 'http://www.onvif.org/ver10/tptz'

function range(name: string, space: string, axes: readonly string[], least: number): string {
  const limits = axes.map((axis) => `<tt:${axis}Range><tt:Min>${least}</tt:Min><tt:Max>1</tt:Max></tt:${axis}Range>`)
  return `<tt:${name}><tt:URI>${SPACE}/${space}</tt:URI>${limits.join('')}</tt:${name}>`
}

const NODE =
  '<tptz:PTZNode token="ptz-node" FixedHomePosition="false"><tt:Name>ptz</tt:Name><tt:SupportedPTZSpaces>' +
  range('AbsolutePanTiltPositionSpace', 'PanTiltSpaces/PositionGenericSpace', ['X', 'Y'], -1) +
  range('AbsoluteZoomPositionSpace', 'ZoomSpaces/PositionGenericSpace', ['X'], 0) +
  range('ContinuousPanTiltVelocitySpace', 'PanTiltSpaces/VelocityGenericSpace', ['X', 'Y'], -1) +
  range('ContinuousZoomVelocitySpace', 'ZoomSpaces/VelocityGenericSpace', ['X'], -1) +
  `</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>${PRESETS.length}</tt:MaximumNumberOfPresets>` +
  '<tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode>'

const CONFIGURATION =
  '<tptz:PTZConfiguration token="ptz-config"><tt:Name>ptz</tt:Name><tt:UseCount>2</tt:UseCount>' +
  '<tt:NodeToken>ptz-node</tt:NodeToken><tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout></tptz:PTZConfiguration>'

/** @returns the body, a fault, or null for an action that is not of this service */
export function answerPtz(action: string, xml: string, camera: OnvifCamera, nowMs: number): string | SoapFault | null {
  switch (action) {
    case 'GetNodes':
      return `<tptz:GetNodesResponse>${NODE}</tptz:GetNodesResponse>`
    case 'GetConfigurations':
      return `<tptz:GetConfigurationsResponse>${CONFIGURATION}</tptz:GetConfigurationsResponse>`
    case 'GetPresets':
      return `<tptz:GetPresetsResponse>${presetList()}</tptz:GetPresetsResponse>`
    case 'GetStatus':
      return status(camera, nowMs)
    case 'ContinuousMove': {
      const speed = (element: string, axis: string) => clamp(Number(attributeOf(xml, element, axis) ?? 0))
      const timeout = textOf(xml, 'Timeout')
      camera.move(
        { pan: speed('PanTilt', 'x'), tilt: speed('PanTilt', 'y'), zoom: speed('Zoom', 'x') },
        timeout === null ? null : durationMs(timeout),
      )
      return '<tptz:ContinuousMoveResponse/>'
    }
    case 'AbsoluteMove': {
      const { pan, tilt, zoom } = camera.position()
      const place = (element: string, axis: string, now: number, least: number) => {
        const given = attributeOf(xml, element, axis)
        return given === null ? now : Math.max(least, clamp(Number(given)))
      }
      camera.goto({
        pan: place('PanTilt', 'x', pan, -1),
        tilt: place('PanTilt', 'y', tilt, -1),
        zoom: place('Zoom', 'x', zoom, 0),
      })
      return '<tptz:AbsoluteMoveResponse/>'
    }
    case 'Stop':
      camera.stop()
      return '<tptz:StopResponse/>'
    case 'GotoHomePosition':
      camera.goto(PRESETS[0]!.position)
      return '<tptz:GotoHomePositionResponse/>'
    case 'GotoPreset': {
      const preset = PRESETS.find(({ token }) => token === textOf(xml, 'PresetToken'))
      if (!preset) return NO_PRESET
      camera.goto(preset.position)
      return '<tptz:GotoPresetResponse/>'
    }
    default:
      return null
  }
}

function presetList(): string {
  return PRESETS.map(
    ({ token, name, position }) =>
      `<tptz:Preset token="${token}"><tt:Name>${escapeXml(name)}</tt:Name><tt:PTZPosition>` +
      `<tt:PanTilt x="${position.pan}" y="${position.tilt}"/><tt:Zoom x="${position.zoom}"/></tt:PTZPosition></tptz:Preset>`,
  ).join('')
}

function status(camera: OnvifCamera, nowMs: number): string {
  const { pan, tilt, zoom, isMoving } = camera.position()
  const word = isMoving ? 'MOVING' : 'IDLE'
  return (
    '<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position>' +
    `<tt:PanTilt x="${pan.toFixed(4)}" y="${tilt.toFixed(4)}"/><tt:Zoom x="${zoom.toFixed(4)}"/></tt:Position>` +
    `<tt:MoveStatus><tt:PanTilt>${word}</tt:PanTilt><tt:Zoom>${word}</tt:Zoom></tt:MoveStatus>` +
    `<tt:UtcTime>${toIso(nowMs)}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`
  )
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0
}

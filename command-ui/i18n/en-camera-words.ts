/** Troubles of cameras, by code. */
export const cameraTroubles = {
  offline: 'offline',
  stalled: 'picture stopped',
  frozen: 'picture frozen',
  'no-key-frame': 'no key frame',
  'clock-off': 'camera clock is off',
  'not-a-camera': 'not a camera',
  covered: 'covered, turned away or blinded',
  'video-loss': 'no picture signal',
  'input-active': 'input is on',
}

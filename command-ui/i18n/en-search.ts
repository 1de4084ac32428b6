import type { zhSearch } from './zh-search.ts'

export const enSearch: typeof zhSearch = {
  search: {
    label: 'Find',
    placeholder: 'Name, pinyin, initials, number, callsign…',
    hint: 'Any camera, site, patrol, vehicle or incident, for example hwsyxx or 巡07',
    nothing: 'Nothing found',
    found: 'Found',
    choose: 'choose',
    open: 'open',
    close: 'close',
    kind: { incident: 'Incident', camera: 'Camera', site: 'Site', patrol: 'Patrol', vehicle: 'Vehicle' },
  },
  keys: {
    heading: 'Keys',
    alarm: {
      heading: 'Alarm',
      keys: [
        'next step: acknowledge, send',
        'acknowledge',
        'take over',
        'send the chosen patrol',
        'choose a patrol',
        'ask for one level more',
        'take the last order back',
        'verify on the video wall',
        'false alarm and other results',
        'classify',
        'close',
        'next waiting alarm',
        'mute for 30 s',
        'sound of the scene',
        'floor plan of the site',
      ],
    },
    desk: {
      heading: 'Desk',
      keys: ['walk the alarms', 'walk the patrols', 'find and open', 'this sheet', '中文 / English', 'fold, close'],
    },
    wall: {
      heading: 'Video wall',
      keys: [
        'walk the pictures',
        'enlarge / back',
        '1, 4, 9, 16 pictures',
        'page of the tour',
        'hold / go on with the tour',
        'take off the wall',
        'camera list',
        'sound on / off',
      ],
    },
    replay: {
      heading: 'Replay',
      keys: [
        'play / pause',
        '5 s back, on',
        '30 s back, on',
        'event before, next event',
        'slower, faster',
        'beginning, end',
      ],
    },
    ptz: { heading: 'PTZ (enlarged)', keys: ['turn', 'zoom', 'home'] },
  },
}

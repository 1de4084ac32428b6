import type { zhAway } from './zh-away.ts'

export const enAway: typeof zhAway = {
  radio: {
    hint: (callsign) =>
      `The database is away, no order can be sent: call ${callsign} by radio, then press Enter to have it kept. The order is recorded by itself afterwards`,
    order: (callsign) => `${callsign} sent by radio, keep it`,
    sent: (callsign, by, at) => `${at} ${by} sent ${callsign} by radio; recorded when the database is back`,
    lost: (place) =>
      `${place}: the order by radio could not be recorded; the timeline says why. Check it and send again`,
    kept: (callsign) => `Kept: ${callsign} was sent by radio`,
  },
  away: {
    acknowledge:
      'Neither database nor disk takes it: handle the alarm by telephone and radio, and call the operator of the system',
    dispatch:
      'The database is away and nothing was sent: call the patrol by radio, then press Enter again to have it kept',
    'wait-for-recommendation':
      'The database is away and nothing was sent: call the patrol by radio, then press Enter again to have it kept',
    'take-over':
      'Neither database nor disk takes it: hand over in person or by telephone, and take over here afterwards',
    shelve:
      'The database is away, nothing can be put aside: the alarm stays on the screen; acknowledge it, and put it aside afterwards',
    classify:
      'The database is away: write down what it was and enter it afterwards; acknowledging and sending by radio go on',
    close:
      'The database is away: write down the disposition and close it afterwards; acknowledging and sending by radio go on',
    cancel: 'The database is away, the order is unchanged: tell the crew by radio and enter it afterwards',
    message: 'The database is away, the message was not sent: tell the crew by radio',
    'raise-level': 'The database is away, the level is unchanged: send more patrols by radio, and have each one kept',
  },
}

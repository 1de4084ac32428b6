import type { ApiFaultCode } from '../data/api-fault.ts'

/** One sentence for each kind of failure that an officer meets. */
export const enFaults: Record<ApiFaultCode, string> = {
  'bad-request': 'Something in the form is not as required',
  'not-signed-in': 'The session has ended; sign in again',
  'wrong-credential': 'Wrong username or password',
  forbidden: 'You may not do this',
  'foreign-jurisdiction':
    'Not saved: it belongs to another jurisdiction, or would then. Ask somebody of the whole centre, or give it a jurisdiction within your own',
  'not-found': 'Not found; it may have been removed',
  conflict: 'This conflicts with what is there',
  'state-changed': 'Somebody has changed it in the meantime',
  'already-acknowledged': 'Somebody else has acknowledged it',
  'patrol-busy': 'This patrol has just been sent elsewhere',
  gone: 'No longer valid',
  'too-large': 'Too large',
  'reason-needed': 'A reason is needed',
  'not-allowed-address': 'This address is outside the allowed camera networks (VIGIL_CAMERA_NETWORKS)',
  'too-many-requests': 'Too many requests; wait a moment',
  'camera-unreachable': 'Nothing answers at this address: check the IP, the port and the cable',
  'camera-refused-login': 'The camera refused the login: wrong username or password',
  'camera-not-a-camera': 'Something answers there, but it is not a camera (no RTSP or ONVIF)',
  'camera-silent': 'The camera took the connection but says nothing; it may hang: restart it',
  'camera-has-no-video': 'Login worked, but there is no video at this address: check the path',
  'camera-certificate-unknown':
    'Its certificate is not trusted. Compare this SHA-256 with the camera’s own page and enter it above',
  'camera-login-latched': 'Refused twice; stopped trying so that the account is not locked. Correct the password',
  'ptz-not-there': 'This camera has no PTZ',
  'no-picture': 'No picture at the moment',
  'database-away': 'The database is away: alarms still show, try the action again shortly',
  'streamer-away': 'The video programs are away',
  'broker-away': 'The message broker is away',
  'city-invalid': 'The city files are not valid',
  'config-invalid': 'The configuration is not valid',
  internal: 'Internal error; it has been logged',
  unreachable: 'The centre does not answer; check the network',
  unknown: 'An unknown error',
}

/** Legs that must not be skipped here, from VIGIL_REQUIRE: CI installs what they need and then insists on them. */
export function isRequired(leg: 'browser' | 'timescale' | 'mosquitto' | 'strace' | 'mount' | 'ffmpeg'): boolean {
  return (process.env['VIGIL_REQUIRE'] ?? '').split(',').includes(leg)
}

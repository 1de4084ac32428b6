/**
 * The store is tested on both kinds of server: plain PostgreSQL always, TimescaleDB when VIGIL_TEST_TIMESCALE_URL names one
 * (deploy/timescaledb/debian-prefix.sh starts one). CI counts the test "the TimescaleDB leg ran".
 */
export const timescaleUrl = process.env['VIGIL_TEST_TIMESCALE_URL'] || undefined

export const legs: { name: string; url: string | undefined; timescale: boolean }[] = [
  { name: 'PostgreSQL', url: undefined, timescale: false },
  ...(timescaleUrl ? [{ name: 'TimescaleDB', url: timescaleUrl, timescale: true }] : []),
]

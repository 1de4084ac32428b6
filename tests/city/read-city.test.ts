import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CityProblem } from '../../domain/city/city.ts'
import { DEFAULT_RUN_CARDS } from '../../domain/run-card.ts'
import { Fault } from '../../domain/fault.ts'
import { readCity } from '../../gateway/city/read-city.ts'
import { readCity as readCityOfSimulators } from '../../simulators/city/read-city.ts'
import { spoiltDemo } from './folder.ts'

async function problemsOf(folder: string): Promise<CityProblem[]> {
  try {
    await readCity(folder)
  } catch (error) {
    if (error instanceof Fault && error.code === 'city-invalid') return error.facts['problems'] as CityProblem[]
    throw error
  }
  return []
}

const said = (problems: CityProblem[]) =>
  problems.map(({ file, where, what }) => `${file}, ${where}: ${what}`).join('\n')

describe('a city folder with mistakes', () => {
  it('names all of them at once, each with its file, its row and the operator’s words', async () => {
    const folder = await spoiltDemo({
      'junctions.csv': (text) => `${text}J1,114.6,21.95\nJ900001,21.95,114.6\nJ900002,110.1,21.95\n`,
      'roads.geojson': (text) =>
        text.replace('"from":"J1"', '"from":"J404404"').replace('"class":"tertiary"', '"class":"wide"'),
      'zones.geojson': (text) => text.replace('"goalS":60', '"goalS":null'),
      'cameras.csv': (text) =>
        `${text}cam-900,Gate,school-99,114.6,21.95,,,,,,,rtsp,rtsp://admin:12345@10.0.0.9/main,,,\ncam-901,Yard,,east,21.95,,,,,,,rtsp,rtsp://10.0.0.9/main,,,\n`,
      'patrols.csv': (text) => `${text}patrol-99,巡01,car,,,on,114.6,21.95,zone-north-pole\n`,
    })
    const text = said(await problemsOf(folder))
    expect(text).toMatch(/junctions.csv, row \d+: junction J1 is already in row 2/)
    expect(text).toMatch(/junctions.csv, row \d+: J900001: lat is "114.6", .* latitude may be swapped/)
    expect(text).toMatch(/junctions.csv, row \d+: junction J900002 lies outside of the bounds in city.json/)
    expect(text).not.toContain('zone-core, which')
    expect(text).toMatch(
      /roads.geojson, feature \d+: road R\d+ starts at junction J404404, which junctions.csv does not have/,
    )
    expect(text).toMatch(/class is "wide", expected one of motorway, /)
    expect(text).toContain('zone-core: goalS is null, expected the promised time in whole seconds')
    expect(text).toMatch(/camera cam-900 belongs to site school-99, which sites.geojson does not have/)
    expect(text).toMatch(/camera cam-900 has a password in its address/)
    expect(text).toMatch(/cam-901: lng is "east", expected a longitude/)
    expect(text).toMatch(/patrol patrol-99 belongs to zone zone-north-pole/)
    expect(text).toMatch(/patrols patrol-01 and patrol-99 have the same callsign 巡01/)
    expect(text).toMatch(/patrol-99 needs a row of kind patrol with the same id in devices.csv/)
  })

  it('says which file is missing and which cannot be read', async () => {
    const folder = await spoiltDemo({
      'junctions.csv': null,
      'zones.geojson': (text) => text.slice(0, 500),
      'devices.csv': (text) => text.replace('\n', '\nbutton-x,button\n'),
    })
    const text = said(await problemsOf(folder))
    expect(text).toContain('junctions.csv, : is missing from the city folder')
    expect(text).toMatch(/zones.geojson, : cannot be read: /)
    expect(text).toMatch(/devices.csv, : cannot be read: .*line 2/)
    expect(text).not.toContain('which junctions.csv does not have')
  })

  it('asks for closed polygons and for a place of each button', async () => {
    const ring = '[[114.6,21.9],[114.7,21.9],[114.7,22.0],[114.6,22.0]]'
    const zone = `{"type":"Feature","properties":{"id":"z9","name":"z","kind":"busy","goalS":180},"geometry":{"type":"Polygon","coordinates":[${ring}]}}`
    const folder = await spoiltDemo({
      'zones.geojson': (text) => text.replace('"features":[', `"features":[${zone},`),
      'devices.csv': (text) => `${text}button-lost,button,Somewhere,,,,,mains\n`,
    })
    const text = said(await problemsOf(folder))
    expect(text).toContain('zone z9: its polygon is not closed: the last point must repeat the first')
    expect(text).toContain('button button-lost has neither a site nor a place')
  })
})

describe('what spreadsheets write', () => {
  it('a byte-order mark, Windows line ends, blanks around cells and a GBK file are read', async () => {
    const folder = await spoiltDemo({
      'vehicles.csv': (text) => `\uFEFF${text.replaceAll('\n', '\r\n').replaceAll(',', ' , ')}`,
    })
    // "巡逻88" as the Chinese code page has it.
    const gbk = Buffer.from('d1b2c2df3838', 'hex')
    const row = (name: Buffer) =>
      Buffer.concat([Buffer.from('patrol-01,'), name, Buffer.from(',car,,,on,114.62,21.96,zone-core\n')])
    const head = Buffer.from('id,callsign,kind,crew,plate,duty,home_lng,home_lat,zone_id\n')
    await writeFile(join(folder, 'patrols.csv'), Buffer.concat([head, row(gbk)]))
    const city = await readCity(folder)
    expect(city.vehicles).toHaveLength(300)
    expect(city.patrols[0]!.callsign).toBe('巡逻88')
  })

  it('gateway and simulators read the same city', async () => {
    const folder = await spoiltDemo({})
    expect(await readCityOfSimulators(folder)).toEqual(await readCity(folder))
  })

  it('roads that end in the middle are a problem with the name of the file', async () => {
    const cut = await spoiltDemo({ 'roads.geojson': (text) => text.slice(0, text.length / 2) })
    expect(said(await problemsOf(cut))).toMatch(/roads.geojson, : cannot be read: it ends in the middle/)
    const other = await spoiltDemo({ 'roads.geojson': () => '{"type":"Feature"}' })
    expect(said(await problemsOf(other))).toMatch(/roads.geojson, : is not a GeoJSON FeatureCollection/)
  })
})

describe('run cards, duty levels and escalation', () => {
  it('come from the folder, and are the defaults without', async () => {
    const plain = await readCity(await spoiltDemo({}))
    expect(plain.runCards).toEqual(DEFAULT_RUN_CARDS)
    expect(plain.escalation).toEqual({ normal: 1, special: 0.7, wartime: 0.5 })
    const folder = await spoiltDemo({
      'zones.geojson': (text) => text.replace(/"goalSpecialS":\d+,"goalWartimeS":\d+/, '"goalWartimeS":35'),
      'city.json': (text) => text.replace('{', '{"escalation":{"wartime":0.4},'),
    })
    await writeFile(
      join(folder, 'run-cards.csv'),
      'type,level,patrols,kind\nany,1,1,\npanic,1,1,\npanic,1,1,motorcycle\n',
    )
    const city = await readCity(folder)
    expect(city.runCards).toContainEqual({ type: 'panic', level: 1, patrols: 1, kind: 'motorcycle' })
    expect(city.escalation).toEqual({ normal: 1, special: 0.7, wartime: 0.4 })
    const zone = city.zones.find(({ id }) => id === 'zone-core')
    expect(zone).toMatchObject({ goalS: 60, minPatrols: { normal: 2, special: 3 } })
    expect(zone?.goals).toEqual({ wartime: 35 })
    expect(zone).not.toHaveProperty('goalWartimeS')
  })

  it('say in words what is wrong in them', async () => {
    const folder = await spoiltDemo({
      'zones.geojson': (text) => text.replace(/"goalSpecialS":\d+/, '"goalSpecialS":5'),
    })
    await writeFile(join(folder, 'run-cards.csv'), 'type,level,patrols\npanic,1,0\nflood,1,1\nfire,1,1\nfire,1,2\n')
    const text = said(await problemsOf(folder))
    expect(text).toMatch(/goalSpecialS is 5, expected the promised time in whole seconds, 10 to 7200/)
    expect(text).toMatch(/run-cards.csv, row 2: patrols is "0", expected a whole number of patrols, 1 to 20/)
    expect(text).toMatch(/run-cards.csv, row 3: type is "flood", expected one of any, panic/)
    expect(text).toMatch(/run-cards.csv, row 5: fire at level 1 is already in row 4/)
    expect(text).toMatch(/run-cards.csv, : has no row of type any/)
  })
})

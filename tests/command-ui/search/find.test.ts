import { expect, test } from 'vitest'
import { findEntries, type Entry, type FoundKind } from '../../../command-ui/search/find.ts'
import { spell } from '../../../command-ui/search/spell.ts'

const entry = (kind: FoundKind, name: string, ...aliases: string[]): Entry => ({ kind, id: name, name, aliases })
const entries = [
  entry('camera', '海湾实验小学 大门', 'cam-001'),
  entry('camera', '农商银行中心支行 正门', 'cam-014'),
  entry('site', '海湾实验小学', 'Haiwan Experimental Primary', 'school-01'),
  entry('site', '重庆路派出所', 'police-02'),
  entry('patrol', '巡07', 'patrol-07'),
  entry('patrol', '巡17', 'patrol-17'),
  entry('vehicle', '粤B·T1234', 'taxi-017'),
  entry('incident', '海湾实验小学', '20261121-0001'),
]
const find = (typed: string) => findEntries(typed, entries, spell, 10).map(({ kind, name }) => `${kind} ${name}`)

test('words around a character decide how it is read', () => {
  expect(spell('农商银行')).toEqual({ full: 'nongshangyinhang', initials: 'nsyh' })
  expect(spell('步行街').full).toBe('buxingjie')
  expect(spell('重庆路').initials).toBe('cql')
  expect(spell('巡07')).toEqual({ full: 'xun07', initials: 'x07' })
  expect(spell('No. 2 Middle School').full).toBe('no2middleschool')
})

test('a thing is found by its name, its initials, its full pinyin, its number, its plate and its callsign', () => {
  expect(find('派出所')).toEqual(['site 重庆路派出所'])
  expect(find('cqlpcs')).toEqual(['site 重庆路派出所'])
  expect(find('chongqing')).toEqual(['site 重庆路派出所'])
  expect(find('nsyh')).toEqual(['camera 农商银行中心支行 正门'])
  expect(find('yinhang'), 'from the middle').toEqual(['camera 农商银行中心支行 正门'])
  expect(find('cam-014')).toEqual(['camera 农商银行中心支行 正门'])
  expect(find('t1234')).toEqual(['vehicle 粤B·T1234'])
  expect(find('x07')).toEqual(['patrol 巡07'])
  expect(find('巡07')).toEqual(['patrol 巡07'])
  expect(find('haiwan experimental')).toEqual(['site 海湾实验小学'])
})

test('among equals what is happening stands first; a better fit stands before it', () => {
  expect(find('hwsyxx')).toEqual(['incident 海湾实验小学', 'site 海湾实验小学', 'camera 海湾实验小学 大门'])
  expect(find('海湾实验小学 大门')[0]).toBe('camera 海湾实验小学 大门')
})

test('several words must all fit, one letter of pinyin finds nothing, and nothing typed finds nothing', () => {
  expect(find('海湾 cam')).toEqual(['camera 海湾实验小学 大门'])
  expect(find('海湾 巡')).toEqual([])
  expect(find('q')).toEqual([])
  expect(find('   ')).toEqual([])
  expect(findEntries('巡', entries, spell, 1)).toHaveLength(1)
})

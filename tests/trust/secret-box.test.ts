import { expect, test } from 'vitest'
import { createSecretBox } from '../../gateway/trust/secret-box.ts'

const key = '0123456789abcdef'.repeat(4)

test('what was sealed can be opened with the same key only, and never twice looks the same', () => {
  const box = createSecretBox(key)
  const text = '密码 with "signs" and \0'
  const sealed = box.seal(text)
  expect(box.open(sealed)).toBe(text)
  expect(createSecretBox(key.toUpperCase()).open(sealed)).toBe(text)
  expect(box.seal(text).equals(sealed)).toBe(false)
  expect(sealed.includes(Buffer.from('with'))).toBe(false)
  expect(() => createSecretBox('f'.repeat(64)).open(sealed)).toThrow(/VIGIL_SECRET_KEY/)
})

test('no byte of a box can be changed', () => {
  const box = createSecretBox(key)
  const sealed = box.seal('password')
  let visited = 0
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    expect(() => box.open(changed), `byte ${i}`).toThrow()
    visited++
  }
  expect(visited).toBe(37)
  expect(() => box.open(sealed.subarray(0, 20))).toThrow()
  expect(() => box.open(Buffer.alloc(0))).toThrow()
})

test('a key that is not 32 bytes is refused in words', () => {
  for (const wrong of ['', 'abc', 'g'.repeat(64), 'a'.repeat(63)]) {
    expect(() => createSecretBox(wrong)).toThrow(/64 hexadecimal digits/)
  }
})

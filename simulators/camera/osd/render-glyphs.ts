import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { withPage } from '../clips/browser-door.ts'

/**
 * Developer tool, run by hand: draws `osd/glyphs.bin.gz` from a system font (Noto Sans CJK SC, OFL licence).
 * `node dist/simulators/camera/osd/render-glyphs.js <out> [file whose characters are wanted too …]`
 */
const FONT = '"Noto Sans CJK SC"'
/** Place names of the south that are outside level 1 of GB 2312. */
const MORE = '圳埔涌滘埗塱墟邨岙汕澳濠禺番珠莞惠坪坑尾屿湾沥沙岗冈坂垅埕厝墩磡畲楼榄榕樟椰·—()【】、。:,→←①②③④⑤⑥⑦⑧⑨⑩'

/** Level 1 of GB 2312: the 3,755 characters of daily use. */
function levelOne(): string[] {
  const decoder = new TextDecoder('gb18030')
  const characters: string[] = []
  for (let row = 0xb0; row <= 0xd7; row++) {
    for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell++) {
      characters.push(decoder.decode(Uint8Array.of(row, cell)))
    }
  }
  return characters
}

const [outPath, ...textPaths] = process.argv.slice(2)
if (!outPath) throw new Error('name the file to write')
const wanted = new Set([...levelOne(), ...Array.from(MORE)])
for (const path of textPaths) if (existsSync(path)) for (const c of readFileSync(path, 'utf8')) wanted.add(c)
const codes = [...wanted].map((c) => c.codePointAt(0)!).filter((code) => code > 0xff && code < 0x10000)
const wide = codes.toSorted((a, b) => a - b)
const narrow = Array.from({ length: 0x5f }, (_, i) => 0x20 + i)

/** Runs in the page: greys of each character, two bits a pixel. */
const DRAW = `({ codes, columns, font }) => {
  const canvas = document.createElement('canvas');
  canvas.width = columns; canvas.height = 24;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.font = font; pen.textBaseline = 'alphabetic'; pen.textAlign = 'center';
  const out = [];
  for (const code of codes) {
    pen.fillStyle = '#000'; pen.fillRect(0, 0, columns, 24);
    pen.fillStyle = '#fff'; pen.fillText(String.fromCharCode(code), columns / 2, 20);
    const pixels = pen.getImageData(0, 0, columns, 24).data;
    for (let i = 0; i < columns * 24; i += 4) {
      let byte = 0;
      for (let j = 0; j < 4; j++) byte |= Math.min(3, Math.round(pixels[(i + j) * 4] / 72)) << (j * 2);
      out.push(byte);
    }
  }
  return out;
}`

const [wideInk, narrowInk] = await withPage(async (page) => {
  const draw = (list: number[], columns: number, font: string) =>
    page.evaluate(`(${DRAW})(${JSON.stringify({ codes: list, columns, font })})`) as Promise<number[]>
  return [await draw(wide, 24, `500 23px ${FONT}`), await draw(narrow, 12, `500 21px ${FONT}`)]
})
const head = Buffer.alloc(4 + (wide.length + narrow.length) * 2)
head.writeUInt16LE(wide.length, 0)
head.writeUInt16LE(narrow.length, 2)
;[...wide, ...narrow].forEach((code, i) => head.writeUInt16LE(code, 4 + i * 2))
const file = gzipSync(Buffer.concat([head, Buffer.from(wideInk!), Buffer.from(narrowInk!)]), { level: 9 })
writeFileSync(outPath, file)
process.stdout.write(`${wide.length} wide, ${narrow.length} narrow characters, ${file.length} bytes\n`)

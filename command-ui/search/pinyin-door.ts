/** The one door to pinyin-pro: 150 kB gzip of readings and of the words that decide between them; fetched with the bar. */
export { pinyin as readingsOf } from 'pinyin-pro'

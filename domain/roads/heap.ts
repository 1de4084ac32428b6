/** The one door to flatqueue: a binary heap of junction numbers, least priority first. */
export { default as Heap } from 'flatqueue'

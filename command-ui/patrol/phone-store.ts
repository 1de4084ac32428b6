import type { FixPayload } from '../../domain/wire/mqtt.ts'
import type { Entry, NewEntry } from './entries.ts'

/** Taps of a shift without any network; a crew that taps more has a broken finger. */
export const ENTRIES_MAX = 500
/** An hour at one a second: 0.4 MB. Older ones are dropped first, because the newest place is what matters. */
export const FIXES_MAX = 3_600

const NAME = 'vigil-patrol'
const STORES = ['entries', 'photos', 'fixes', 'kept'] as const
type StoreName = (typeof STORES)[number]

export interface KeptFix {
  seq: number
  userId: string
  fix: FixPayload
}

/** The one door to IndexedDB: what must survive a reload and an empty battery. Writes of taps are on the disk when they resolve. */
export class PhoneStore {
  readonly #database: IDBDatabase

  private constructor(database: IDBDatabase) {
    this.#database = database
  }

  static async open(): Promise<PhoneStore> {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('entries', { keyPath: 'seq', autoIncrement: true })
      request.result.createObjectStore('photos')
      request.result.createObjectStore('fixes', { keyPath: 'seq', autoIncrement: true })
      request.result.createObjectStore('kept')
    }
    return new PhoneStore(await done(request))
  }

  /** With the bytes of a photo in the same transaction. */
  async add(entry: NewEntry, photo?: ArrayBuffer): Promise<void> {
    const tx = this.#write('entries', 'photos')
    tx.objectStore('entries').add(entry)
    if (photo) tx.objectStore('photos').put(photo, entry.id)
    await finished(tx)
  }

  async update(entry: Entry): Promise<void> {
    const tx = this.#write('entries')
    tx.objectStore('entries').put(entry)
    await finished(tx)
  }

  async remove(entry: Entry): Promise<void> {
    const tx = this.#write('entries', 'photos')
    tx.objectStore('entries').delete(entry.seq)
    tx.objectStore('photos').delete(entry.id)
    await finished(tx)
  }

  /** Of this account, oldest first. */
  async entries(userId: string): Promise<Entry[]> {
    const all = await done(this.#read('entries').getAll() as IDBRequest<Entry[]>)
    return all.filter((entry) => entry.userId === userId)
  }

  async photo(id: string): Promise<ArrayBuffer | undefined> {
    return await done(this.#read('photos').get(id) as IDBRequest<ArrayBuffer | undefined>)
  }

  async addFix(userId: string, fix: FixPayload): Promise<void> {
    const tx = this.#database.transaction('fixes', 'readwrite')
    tx.objectStore('fixes').add({ userId, fix })
    await finished(tx)
  }

  /** The oldest first. */
  async fixes(userId: string, limit: number): Promise<KeptFix[]> {
    const all = await done(this.#read('fixes').getAll(null, FIXES_MAX * 2) as IDBRequest<KeptFix[]>)
    return all.filter((one) => one.userId === userId).slice(0, limit)
  }

  async countFixes(): Promise<number> {
    return await done(this.#read('fixes').count())
  }

  async removeFixes(upToSeq: number): Promise<void> {
    const tx = this.#database.transaction('fixes', 'readwrite')
    tx.objectStore('fixes').delete(IDBKeyRange.upperBound(upToSeq))
    await finished(tx)
  }

  async keep(key: string, value: unknown): Promise<void> {
    const tx = this.#database.transaction('kept', 'readwrite')
    tx.objectStore('kept').put(value, key)
    await finished(tx)
  }

  async kept<T>(key: string): Promise<T | undefined> {
    return await done(this.#read('kept').get(key) as IDBRequest<T | undefined>)
  }

  /** Everything that came from the centre for another account; its own unsent taps stay until it signs in again. */
  async forgetKept(): Promise<void> {
    const tx = this.#database.transaction(['kept', 'fixes'], 'readwrite')
    tx.objectStore('kept').clear()
    tx.objectStore('fixes').clear()
    await finished(tx)
  }

  /** At sign-out: nothing of this account stays on the phone. */
  async clear(): Promise<void> {
    const tx = this.#write(...STORES)
    for (const name of STORES) tx.objectStore(name).clear()
    await finished(tx)
  }

  #read(name: StoreName): IDBObjectStore {
    return this.#database.transaction(name, 'readonly').objectStore(name)
  }

  /** Strict: a battery that dies a moment after the tap must not take it along. */
  #write(...names: StoreName[]): IDBTransaction {
    return this.#database.transaction(names, 'readwrite', { durability: 'strict' })
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the storage of this phone failed'))
  })
}

function finished(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error ?? new Error('the storage of this phone is full'))
    tx.onerror = () => reject(tx.error ?? new Error('the storage of this phone failed'))
  })
}

/** Flat lists that double when they are full: a province's way nodes in one array instead of millions of objects. */
export class GrowingFloats {
  length = 0
  #values = new Float64Array(1024)

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }

  /** A view of what is in it, without a copy. */
  view(): Float64Array {
    return this.#values.subarray(0, this.length)
  }
}

export class GrowingIntegers {
  length = 0
  #values = new Int32Array(1024)

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Int32Array(this.length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }

  view(): Int32Array {
    return this.#values.subarray(0, this.length)
  }
}

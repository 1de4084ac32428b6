import { createContext, useContext } from 'react'
import type { Crew } from './crew.ts'
import type { PhoneDuty } from './phone-duty.ts'
import type { PhoneNotice } from './phone-notice.ts'
import type { OwnPosition } from './position.ts'

export interface Phone {
  crew: Crew
  duty: PhoneDuty
  notice: PhoneNotice
  place: OwnPosition
}

export const PhoneContext = createContext<Phone | null>(null)

/** The parts of this phone; only below `PatrolPage`. */
export function usePhone(): Phone {
  const phone = useContext(PhoneContext)
  if (!phone) throw new Error('no phone around this view')
  return phone
}

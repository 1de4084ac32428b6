/** The one door to zod. */
export { z } from 'zod'

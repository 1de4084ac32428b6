import type { DeskMessage } from '../../domain/wire/live.ts'
import { z } from '../../domain/z.ts'

/** What a desk may say on the live channel. */
export const deskMessageSchema: z.ZodType<DeskMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('rendered'), alarmId: z.string().max(64), atMs: z.number() }),
  z.object({ type: z.literal('duty'), on: z.boolean(), sound: z.enum(['running', 'blocked']) }),
])

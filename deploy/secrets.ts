import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from '../domain/z.ts'

const secretsSchema = z.object({
  /** Bearer token between the programs of this machine. */
  internalToken: z.string().min(32),
  /** 32 bytes, hex: encrypts camera credentials. Losing it means typing them all again. */
  secretKey: z.string().length(64),
  centreMqttPassword: z.string().min(20),
  simCameraPassword: z.string().min(16),
})
export type Secrets = z.infer<typeof secretsSchema>

/** Made by chance at the first start, kept in `secrets.json` (mode 0600) in the data folder. There are no default credentials. */
export function keepSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json')
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const secrets: Secrets = {
    internalToken: randomBytes(32).toString('base64url'),
    secretKey: randomBytes(32).toString('hex'),
    centreMqttPassword: randomBytes(24).toString('base64url'),
    simCameraPassword: randomBytes(12).toString('hex'),
  }
  writeFileSync(file + '.new', JSON.stringify(secrets, null, 2), { mode: 0o600 })
  renameSync(file + '.new', file)
  return secrets
}

import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate as cameras sign it: by themselves, made by openssl. */
export function selfSigned(): { key: string; cert: string; sha256: string } {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-certificate-'))
  try {
    const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const argv = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync('openssl', [...argv, '-subj', '/CN=camera', '-keyout', keyPath, '-out', certPath], { stdio: 'ignore' })
    const cert = readFileSync(certPath, 'utf8')
    const sha256 = new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
    return { key: readFileSync(keyPath, 'utf8'), cert, sha256 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

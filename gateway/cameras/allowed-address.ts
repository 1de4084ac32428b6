import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Fault, reasonOf } from '../../domain/fault.ts'

/** A name that takes longer to resolve than this is as good as unknown; the whole answer must come within 6 s. */
const RESOLVE_MS = 1_500

export interface AllowedAddresses {
  /**
   * Resolves once and checks every result; who connects uses the answer, so that a second look-up cannot lead elsewhere.
   * @returns an IP address
   * @throws Fault `not-allowed-address`; `camera-unreachable` for an unknown name
   */
  resolve(host: string, port: number): Promise<string>
}

/**
 * Where cameras may live (VIGIL_CAMERA_NETWORKS), and nowhere else: not this machine, not a metadata service, not the internet,
 * unless the operator has listed it.
 * @param networks CIDR, comma-separated
 * @param loopbackPorts of the simulated cameras, on 127.0.0.1 and ::1 only; empty when nothing is simulated
 * @throws Fault `config-invalid` that names the entry
 */
export function createAllowedAddresses(networks: string, loopbackPorts: readonly number[]): AllowedAddresses {
  const allowed = new BlockList()
  for (const entry of networks.split(',').map((text) => text.trim())) if (entry !== '') addNetwork(allowed, entry)

  function isAllowed(address: string, port: number): boolean {
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
    const isLoopback = plain === '127.0.0.1' || plain === '::1'
    if (isLoopback && loopbackPorts.includes(port)) return true
    return allowed.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }

  return {
    resolve: async (host, port) => {
      const addresses = await resolveAll(host)
      // One wrong address among several is a name that somebody plays with.
      if (!addresses.every((address) => isAllowed(address, port))) {
        const detail = 'This address is not in the networks in which cameras may live (VIGIL_CAMERA_NETWORKS).'
        throw new Fault('not-allowed-address', detail, { host, port, networks })
      }
      return addresses[0]!
    },
  }
}

function addNetwork(list: BlockList, entry: string): void {
  const [address, prefix, ...rest] = entry.split('/')
  const family = isIP(address ?? '')
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix)
  if (family === 0 || rest.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) {
    throw new Fault('config-invalid', `VIGIL_CAMERA_NETWORKS: "${entry}" is not a network like 192.168.0.0/16`)
  }
  list.addSubnet(address!, bits, family === 6 ? 'ipv6' : 'ipv4')
}

async function resolveAll(host: string): Promise<string[]> {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return [bare]
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the name server did not answer in time')), RESOLVE_MS)
  })
  try {
    // The system's resolver, so that `0x7f.1` and `2130706433` become the address that connect() would use.
    const found = await Promise.race([lookup(bare, { all: true, verbatim: true }), late])
    if (found.length > 0) return found.map(({ address }) => address)
    throw new Error('no address')
  } catch (error) {
    const detail = `The name ${bare} leads nowhere.`
    throw new Fault('camera-unreachable', detail, { host: bare, reason: reasonOf(error) }, error)
  } finally {
    clearTimeout(timer)
  }
}

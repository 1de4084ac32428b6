import { freePort } from '../../support/free-port.ts'
import { startProgram, type Program } from '../../support/program.ts'

/** The real RTMP program, on a free port. @param folder its data; @param secret keys are issued with it; @param token of its readers */
export async function startRtmp(
  folder: string,
  secret: string,
  token: string,
): Promise<{ rtmp: Program; port: number }> {
  const port = await freePort()
  const rtmp = await startProgram('streamer/push/rtmp-main.js', {
    VIGIL_DATA_DIR: folder,
    VIGIL_RTMP_PORT: String(port),
    VIGIL_SECRET_KEY: secret,
    VIGIL_INTERNAL_TOKEN: token,
  })
  return { rtmp, port }
}

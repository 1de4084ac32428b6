/**
 * Sentences that other programs write into a camera's reason, a gap or a trouble, as they are written there (`{}`: any words) and in Chinese
 * (`{0}`, `{1}` …: those words, put into Chinese themselves). `tests/command-ui/zh-sentences.test.ts` reads the programs and names what is missing.
 */
const SENTENCES: readonly (readonly [written: string, zh: string])[] = [
  // A camera: the network.
  ['no connection to {} within {} s', '{1} 秒内连不上 {0}'],
  ['the camera accepted the connection but does not answer {}', '摄像机接受了连接，但不回应 {0}'],
  ['{} without an RTSP answer', '{0}，没有 RTSP 应答'],
  ['something answers there, but not in RTSP{}', '对方有应答，但不是 RTSP{0}'],
  ['it says "{}"', '内容为“{0}”'],
  ['the camera dropped the connection ({})', '摄像机断开了连接（{0}）'],
  ['the camera closed the connection', '摄像机关闭了连接'],
  ['{} closed the connection', '{0} 关闭了连接'],
  ['the connection was refused: nothing listens there', '连接被拒绝：端口没有开放'],
  ['there is no way to this address', '没有到该地址的路由'],
  ['there is no way to this network', '没有到该网段的路由'],
  ['the name is not known', '域名不存在'],
  ['the name could not be looked up', '域名无法解析'],
  ['the connection was reset', '连接被重置'],
  ['the connection timed out', '连接超时'],
  ['no free pair of UDP ports for the camera', '没有可用的 UDP 端口对'],
  ['no UDP port for the camera: {}', '无法打开 UDP 端口：{0}'],
  // A camera: what it answers.
  ['the camera asks for a user name and password', '摄像机要求用户名和密码'],
  ['the camera refused the user name or password', '摄像机拒绝了用户名或密码'],
  [
    'the camera refused the login twice; it is asked again when the user or password changes',
    '已两次被拒绝登录；改正用户名或密码后再试',
  ],
  ['the camera forbids this user the stream (403)', '该用户没有看此视频流的权限（403）'],
  ['the camera wants to redirect to another address; that is refused', '摄像机要求转到别的地址，已拒绝'],
  ['the camera redirects to another address; that is refused', '摄像机转到了别的地址，已拒绝'],
  ['the camera knows no stream at this path (404)', '该路径没有视频流（404）'],
  ['the camera does not describe its stream ({})', '摄像机不说明视频流（{0}）'],
  ['the camera sends {}; choose H.264 or H.265 in its settings', '摄像机发送 {0}；请在其设置中改为 H.264 或 H.265'],
  ['what the camera describes has no video in it', '摄像机说明的内容中没有视频'],
  ['what the camera describes is not an SDP', '摄像机的说明不是 SDP'],
  ['the camera does not set the stream up ({})', '摄像机不建立视频流（{0}）'],
  ['the camera does not play ({})', '摄像机不播放（{0}）'],
  ['the camera sends an endless header', '摄像机发送的报头没有结尾'],
  ['the camera announces a body of {} bytes', '摄像机声称正文有 {0} 字节'],
  ['the camera sends bytes that are no RTSP', '摄像机发送的数据不是 RTSP'],
  ["the camera's certificate is not signed by a known authority{}", '摄像机证书不是由受信任的机构签发{0}'],
  ['; to trust this one, enter its SHA-256 at the camera: {}', '；如要信任，请在摄像机处填入其 SHA-256：{0}'],
  ['the camera shows another certificate than the trusted one: {}', '摄像机的证书与受信任的不同：{0}'],
  // A camera: its pictures.
  ['the camera has sent nothing for {} s', '摄像机已 {0} 秒没有发送数据'],
  ['the camera sends no readable SPS and PPS (for {} s)', '摄像机没有可读的 SPS 和 PPS（{0} 秒）'],
  ['the camera sends no key frames (for {} s)', '摄像机没有关键帧（{0} 秒）'],
  ['the picture stands still, although the camera goes on sending', '摄像机仍在发送，但画面静止'],
  ['the camera stopped sending', '摄像机停止了发送'],
  ['the camera agreed to play but sends nothing', '摄像机同意播放但没有发送数据'],
  ['the decoded picture is too large', '解码后的图片过大'],
  ['internal error: {}', '内部错误：{0}'],
  ['the streamer {} does not answer', '视频程序 {0} 没有应答'],
  // A pushed stream.
  ['the device pushes {}; H.264 is needed', '设备推送的是 {0}，需要 H.264'],
  ['the RTMP program answered {}', 'RTMP 程序应答 {0}'],
  ['the RTMP program broke off: {}', 'RTMP 程序中断：{0}'],
  ['the RTMP program closed the stream', 'RTMP 程序关闭了视频流'],
  ['the RTMP program does not answer: {}', 'RTMP 程序没有应答：{0}'],
  ['the device has begun to send sound', '设备开始发送声音，正在重新连接'],
  ['no device pushes to this camera’s address', '没有设备向该地址推流'],
  ['what comes is not FLV', '收到的不是 FLV'],
  ['an FLV tag of {} bytes', 'FLV 标签长达 {0} 字节'],
  // Troubles.
  ['fell {} times within {} s{}', '{1} 秒内掉线 {0} 次{2}'],
  ['{} cameras are dark since the same moment: {}', '{0} 台摄像机同时黑屏：{1}'],
  ['camera clock is off by {} s ({})', '摄像机时钟偏差 {0} 秒（{1}）'],
  ['ahead', '快'],
  ['behind', '慢'],
  ['{} has not reported for {} s; others serve its cameras', '{0} 已 {1} 秒没有报告；其摄像机已由别的程序接管'],
  [
    '{} cannot write recordings ({}); live pictures and alarms are not touched',
    '{0} 无法写录像（{1}）；实时画面和报警不受影响',
  ],
  ['recordings: {}', '录像：{0}'],
  ['the limit of {} is reached, the oldest were deleted', '已达上限 {0}，已删除最旧的录像'],
  [
    'the limit of {} is reached, what is left is locked, of open incidents or not a day old and stays while the disk has room',
    '已达上限 {0}，其余录像已锁定、属于未结警情或不足一天，磁盘有空间时予以保留',
  ],
  ['the disk is full, the oldest were deleted', '磁盘已满，已删除最旧的录像'],
  [
    'the disk is full, the oldest were deleted, also of open incidents',
    '磁盘已满，已删除最旧的录像，包括未结警情的录像',
  ],
  ['the disk is full, what is left is locked', '磁盘已满，其余录像均已锁定'],
  [
    'the disk is full, and deleting frees nothing (has it snapshots?): no more is deleted for now',
    '磁盘已满，删除后没有释放空间（是否有快照？），暂停删除',
  ],
  [
    'the disk is full, and nothing can be deleted from it: no more is tried for now',
    '磁盘已满，且无法从中删除文件，暂停删除',
  ],
  [
    'deleted recordings stay on the disk ({}), it is tried again and again',
    '已删除的录像仍留在磁盘上（{0}），正在反复重试',
  ],
  ['{} MB are left on the disk of {}: {}; presses go on', '{1} 所在磁盘剩余 {0} MB：{2}；报警照收'],
  ['nothing is recorded', '已停止录像'],
  ['fixes and beats are not kept, nothing is recorded on it', '定位与心跳不再保存，已停止录像'],
  ['battery is low', '电量低'],
  ['mains power is lost', '断电'],
  ['no sign of life', '没有信号'],
  ['the alarm of {} was on no screen of an officer on duty', '{0} 的报警没有显示在任何当班席位上'],
  [
    '{} bytes of segment {} cannot be read, {} records missing; a copy is in quarantine',
    '第 {1} 段有 {0} 字节无法读取，缺 {2} 条记录；副本已隔离保存',
  ],
  ['{} alarms in ten minutes at the desks of {}', '{1} 席位十分钟内 {0} 起报警'],
  ['record {} of {} could not take effect: {}', '{1} 的第 {0} 条记录未能生效：{2}'],
  ['no self-test of {} came through for {} s: presses may not arrive', '{0} 的自检已 {1} 秒未通过：报警可能送不到'],
  ['{} buttons have not been tested for over {} days: {}', '{0} 个按钮超过 {1} 天没有试按：{2}'],
  ['{} devices were lost together and are away still: {}', '{0} 台设备同时失联且未恢复：{1}'],
  ['{} devices of one site are lost: {}', '同一单位 {0} 台设备失联：{1}'],
  [
    'the broker has dropped {} messages since it was started: raise its queue limits, and look for a device without a receipt',
    '消息服务启动以来丢弃了 {0} 条消息：请提高其队列上限，并查找没有回执的设备',
  ],
  [
    'the broker keeps a retained event of {}; it was ignored: publish an empty retained message there, and forbid retain on events',
    '消息服务保留了 {0} 的一条报警，已忽略：请在该主题发布空的保留消息，并禁止报警使用保留标志',
  ],
  [
    '{} sends more than its share: {} messages were held back or thrown away so far',
    '{0} 发送过多：已有 {1} 条被延后或丢弃',
  ],
  [
    '{} gives no sign of life: presses are not received there, devices keep theirs and send them again',
    '{0} 没有响应：收不到那里的报警，设备会保留并重发',
  ],
  ['two terminals use the credential of {}, from {}: issue it anew', '两台终端使用 {0} 的凭据，来自 {1}：请重新签发'],
  ['{} from {} is not registered and was refused{}', '{0}（{1}）未登记，已拒绝{2}'],
  ['{} from {} came with a wrong credential{}', '{0}（{1}）凭据错误{2}'],
  ['{} from {} has no credential yet and was refused{}', '{0}（{1}）尚无凭据，已拒绝{2}'],
  ['{} from {} sent a message that is too large{}', '{0}（{1}）发送的消息过大{2}'],
  ['{} from {} was refused ({}){}', '{0}（{1}）被拒绝（{2}）{3}'],
  [
    'signals cannot be made durable and are not acknowledged, {} tries so far: {}',
    '报警写不进磁盘，未向设备确认，已尝试 {0} 次：{1}',
  ],
  [
    'the core has no connection to the broker: no fixes, beats and states are heard; presses still come by the journal',
    '中心与消息服务断开：收不到定位、心跳和状态；报警仍经日志送达',
  ],
]

const ANY = '(.*?)'
const COMPILED = SENTENCES.map(([written, zh]) => ({
  // After what it is about ("name: …"), or in brackets.
  pattern: new RegExp(`^(.*?: | ?\\(|)${written.split('{}').map(escaped).join(ANY)}(\\)?)$`, 's'),
  zh,
}))

/** A sentence of another program in Chinese, with the name in front of it; null when nobody has put it into Chinese. */
export function zhSentence(written: string): string | null {
  for (const { pattern, zh } of COMPILED) {
    const found = pattern.exec(written)
    if (!found) continue
    const words = found.slice(2, -1).map((part) => zhSentence(part) ?? part)
    const [before, after] = [found[1]!, found.at(-1)!]
    return `${before.endsWith('(') ? '（' : before.replace(/: $/, '：')}${zh.replace(/\{(\d)\}/g, (_, at: string) => words[Number(at)] ?? '')}${after === ')' ? '）' : ''}`
  }
  return null
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

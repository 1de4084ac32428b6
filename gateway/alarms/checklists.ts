import type { AlarmType } from '../../domain/alarm.ts'

interface Line {
  zh: string
  en: string
}

const LOOK: Line = { zh: '看实时画面，核实现场', en: 'Look at the live picture, verify the scene' }
const SEND: Line = { zh: '派出推荐警力', en: 'Send the recommended patrol' }
const CALL: Line = { zh: '联系单位联系人', en: 'Call the site’s contact' }
const WAIT: Line = { zh: '到场后核实并登记结果', en: 'After arrival, verify and record the result' }

/** What to do, in order, by type. Data: a station changes it here. */
const CHECKLISTS: Record<AlarmType, readonly Line[]> = {
  panic: [LOOK, SEND, CALL, { zh: '通知学校或单位保安先期处置', en: 'Have the site’s guards act first' }, WAIT],
  duress: [
    { zh: '不要回拨，不要惊动现场', en: 'Do not call back, do not alert the scene' },
    SEND,
    { zh: '提示出警人员关闭警灯警笛接近', en: 'Tell the crew to approach without lights and siren' },
    LOOK,
    WAIT,
  ],
  'silent-panic': [{ zh: '不要回拨，不要惊动现场', en: 'Do not call back, do not alert the scene' }, SEND, LOOK, WAIT],
  medical: [{ zh: '同时通知 120', en: 'Inform the ambulance service (120)' }, SEND, CALL, LOOK, WAIT],
  fire: [{ zh: '同时通知 119', en: 'Inform the fire brigade (119)' }, SEND, LOOK, CALL, WAIT],
  intrusion: [
    LOOK,
    SEND,
    { zh: '注意周边摄像机，留意逃离方向', en: 'Watch the cameras around for the way of escape' },
    CALL,
    WAIT,
  ],
  tamper: [LOOK, CALL, { zh: '安排检修', en: 'Arrange a repair' }],
  theft: [LOOK, SEND, { zh: '跟踪标签位置', en: 'Follow the tag' }, WAIT],
  collision: [{ zh: '联系驾驶员', en: 'Call the driver' }, LOOK, SEND, WAIT],
  unreadable: [
    { zh: '按求助处理:设备发出了无法识别的信号', en: 'Treat as a call for help: the device sent what nobody can read' },
    CALL,
    LOOK,
    SEND,
    { zh: '通知安装人员检查设备', en: 'Have the installer check the device' },
  ],
  test: [{ zh: '核对测试人员与时间', en: 'Check who tested, and when' }],
  'low-battery': [{ zh: '安排更换电池', en: 'Arrange a new battery' }],
  'power-loss': [{ zh: '联系单位确认供电', en: 'Ask the site about its power' }],
  restore: [],
  cancel: [],
}

/** The lines for an incident of this type, first things first. */
export function checklistOf(type: AlarmType): Line[] {
  return [...CHECKLISTS[type]]
}

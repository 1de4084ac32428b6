import type { Language } from './base-style.ts'
import type { PatrolStatus } from '../../domain/patrol.ts'
import type { CameraState } from '../../domain/camera.ts'

/** The few words the map says itself: its legend and the line under the pointer. */
export interface MapWords {
  patrol: Record<PatrolStatus, string>
  camera: Record<CameraState, string>
  hired: string
  vacant: string
  taxi: string
  emergency: string
  cameraWord: string
  thinned: (shown: number, total: number) => string
  /** Behind `thinned` while some are left out. */
  zoomIn: string
  age: (seconds: number) => string
  speed: (mps: number) => string
  noFix: string
}

const zh: MapWords = {
  patrol: {
    free: '待命',
    ordered: '已派单',
    accepted: '已接单',
    'en-route': '途中',
    'on-scene': '到场',
    off: '下勤',
    'out-of-service': '停用',
  },
  camera: {
    idle: '待机',
    connecting: '连接中',
    online: '在线',
    'no-key-frame': '无关键帧',
    stalled: '画面停滞',
    frozen: '画面冻结',
    offline: '离线',
    'login-refused': '登录被拒',
    'not-a-camera': '不是摄像机',
  },
  hired: '重车',
  vacant: '空车',
  taxi: '出租车',
  emergency: '紧急',
  cameraWord: '摄像机',
  thinned: (shown, total) => (shown < total ? `出租车 ${shown} / ${total}` : `出租车 ${total}`),
  zoomIn: '（放大显示全部）',
  age: (s) => (s < 1.5 ? '刚刚' : s < 90 ? `${Math.round(s)} 秒前` : `${Math.round(s / 60)} 分钟前`),
  speed: (mps) => `${Math.round(mps * 3.6)} 公里/时`,
  noFix: '无定位',
}

const en: MapWords = {
  patrol: {
    free: 'free',
    ordered: 'ordered',
    accepted: 'accepted',
    'en-route': 'en route',
    'on-scene': 'on scene',
    off: 'off duty',
    'out-of-service': 'out of service',
  },
  camera: {
    idle: 'idle',
    connecting: 'connecting',
    online: 'online',
    'no-key-frame': 'no key frame',
    stalled: 'stalled',
    frozen: 'frozen',
    offline: 'offline',
    'login-refused': 'login refused',
    'not-a-camera': 'not a camera',
  },
  hired: 'hired',
  vacant: 'vacant',
  taxi: 'Taxi',
  emergency: 'emergency',
  cameraWord: 'Camera',
  thinned: (shown, total) => (shown < total ? `Taxis ${shown} / ${total}` : `Taxis ${total}`),
  zoomIn: ' (zoom in for all)',
  age: (s) => (s < 1.5 ? 'now' : s < 90 ? `${Math.round(s)} s ago` : `${Math.round(s / 60)} min ago`),
  speed: (mps) => `${Math.round(mps * 3.6)} km/h`,
  noFix: 'no fix',
}

export const mapWords: Record<Language, MapWords> = { zh, en }

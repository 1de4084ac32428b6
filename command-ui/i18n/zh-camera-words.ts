/** Troubles of cameras, by code. */
export const cameraTroubles = {
  offline: '离线',
  stalled: '画面停滞',
  frozen: '画面冻结',
  'no-key-frame': '无关键帧',
  'clock-off': '摄像机时钟偏差',
  'not-a-camera': '不是摄像机',
  covered: '画面被遮挡或移位',
  'video-loss': '视频信号丢失',
  'input-active': '输入端触发',
}

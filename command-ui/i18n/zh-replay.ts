import type { GapReason } from '../../domain/recording.ts'

/** 录像回放。 */
export const zhReplay = {
  replay: {
    heading: '录像回放',
    loading: '正在查询录像…',
    none: '该警情没有录像',
    noneYet: '录像刚开始，稍候可看',
    running: '录制中',
    failed: '录像暂时无法播放，正在重试',
    unsupported: '此浏览器不能播放该录像',
    whole: '整个过程回放',
    play: '播放',
    pause: '暂停',
    newest: '载入最新',
    axis: '录像时间轴',
    gap: '缺失',
    /** 原因为什么没有画面。 */
    gapReason: {
      'not-connected': '摄像机当时未连接',
      'no-picture': '摄像机没有画面',
      'streamer-restarted': '视频程序重启，之前的画面不可得',
      'disk-full': '磁盘已满，未能录制',
      'disk-slow': '磁盘写入过慢，画面丢失',
      'not-recorded': '未录制（视频程序或磁盘中断）',
      deleted: '已到保存期限或为腾出空间被删除',
    } satisfies Record<GapReason, string>,
    mark: { press: '按下', acknowledged: '接警', arrival: '到场' },
    reasonNeeded: '录像已超过 24 小时，请填写查看事由（将记入审计）',
    reason: '事由',
    look: '查看',
    lock: '锁定录像',
    lockWhy: '锁定事由',
    locked: (by: string, why: string) => `已锁定，不会被删除（${by}：${why}）`,
    lockedReal: '真实警情，录像已自动锁定，不会被删除',
  },
}

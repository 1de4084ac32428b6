/** What an officer is told while the database is away. */
export const zhAway = {
  radio: {
    hint: (callsign: string) =>
      `数据库暂时中断，指令发不出去：请用电台呼叫${callsign}出警，然后按回车登记，恢复后自动补录派警`,
    order: (callsign: string) => `已用电台派出${callsign}，登记`,
    sent: (callsign: string, by: string, at: string) => `${at} ${by} 用电台派出${callsign}，数据库恢复后补录`,
    lost: (place: string) => `${place}：电台派警未能补录，原因见处警过程，请核对后重新派警`,
    kept: (callsign: string) => `已登记：${callsign}已用电台派出`,
  },
  /** 数据库中断时，每个动作该怎么办。 */
  away: {
    acknowledge: '数据库和磁盘都无法写入，接警未能登记：请用电话、电台处置并通知系统运维',
    dispatch: '数据库暂时中断，派警未发出：请用电台呼叫警力，再按一次回车登记',
    'wait-for-recommendation': '数据库暂时中断，派警未发出：请用电台呼叫警力，再按一次回车登记',
    'take-over': '数据库和磁盘都无法写入，接管未能登记：请当面或电话交接，恢复后再接管',
    shelve: '数据库暂时中断，不能搁置：报警会继续显示，请先接警，恢复后再搁置',
    classify: '数据库暂时中断，不能定性：请先记下结论，恢复后再填；接警和电台派警不受影响',
    close: '数据库暂时中断，不能结案：请先记下处理结果，恢复后再结案；接警和电台派警不受影响',
    cancel: '数据库暂时中断，处警单未改变：请用电台通知警力，恢复后再登记',
    message: '数据库暂时中断，消息未发出：请用电台通知警力',
    'raise-level': '数据库暂时中断，级别未改变：请用电台增派警力，逐一登记',
  },
}

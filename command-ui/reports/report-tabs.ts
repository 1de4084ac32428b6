/** As the centre groups response times, and the history of coverage. */
export const REPORT_TABS = ['zone', 'hour', 'patrol', 'site', 'coverage'] as const
export type ReportTab = (typeof REPORT_TABS)[number]

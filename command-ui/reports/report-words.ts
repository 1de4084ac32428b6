import { useObservable } from '../data/use-store.ts'
import { enReports } from '../i18n/en-reports.ts'
import { language } from '../i18n/language.ts'
import { zhReports, type ReportWords } from '../i18n/zh-reports.ts'

/** The words of the reports, which the first load of a desk leaves out. */
export function useReportText(): ReportWords {
  return useObservable(language) === 'en' ? enReports : zhReports
}

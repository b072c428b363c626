import { explain } from '../../failure.ts'
import type { Translate } from '../../texts/texts.ts'

/** Codes that mean something more precise of a file than in general. */
const ofFiles = {
  too_large: 'attach.too_large',
  unsupported_type: 'attach.unsupported_type',
  not_found: 'attach.not_found',
  file_unreadable: 'attach.unreadable',
} as const

const isOfFiles = (code: string): code is keyof typeof ofFiles => Object.hasOwn(ofFiles, code)

/** Why a file was not uploaded, and what to do (rule AT4). */
export const explainFile = (t: Translate, code: string): string =>
  isOfFiles(code) ? t(ofFiles[code]) : explain(t, code)

/** Why an upload does not go on for the moment. It is repeated by itself. */
export const explainPause = (t: Translate, code: string): string =>
  code === 'offline' || code === 'timeout' ? t('attach.waits') : explain(t, code)

import type { TimelineItem } from '@parlor/client'

/** What a message says in one line: its text, or the names of the files that it carries. */
export const saidIn = ({ content, files = [] }: Pick<TimelineItem['message'], 'content' | 'files'>): string =>
  content ? content : files.map(({ alt, name }) => alt ?? name).join(', ')

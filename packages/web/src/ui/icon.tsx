import './icon.css'
/** The icons of the first load: strokes on a grid of 24. */
const paths = {
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM12 15v2',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12l9-9M16 7l3 3',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.8-3.5 3.3-5 6.5-5s5.7 1.5 6.5 5M16 5.3a3.5 3.5 0 0 1 0 6.4M18 15c1.8.7 3 2.2 3.5 4.5',
  'person-plus': 'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.8-3.5 3.3-5 6.5-5s5.7 1.5 6.5 5M19 13v6M16 16h6',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  send: 'M4.5 4.5L20 12 4.5 19.5 7 12zM7 12h6',
  more: 'M5 11.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1zM12 11.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1zM19 11.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1z',
  'chevron-left': 'M14.5 5.5L8 12l6.5 6.5',
  'chevron-right': 'M9.5 5.5L16 12l-6.5 6.5',
  'arrow-down': 'M12 5v14M6 13l6 6 6-6',
  door: 'M6 20V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v15M3 20h18M14.5 12v.5',
  'sign-out': 'M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10M16.5 8.5L20 12l-3.5 3.5',
  eye: 'M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  'eye-off':
    'M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 4l16 16',
  alert: 'M12 4L2.5 20h19zM12 10v4.5M12 17.2v.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.8v.01',
  offline: 'M4 4l16 16M2.5 9a14 14 0 0 1 19 0M5.5 12.5a10 10 0 0 1 13 0M9 16a4.5 4.5 0 0 1 6 0M12 19.5v.01',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2',
  reply: 'M9.5 6L4 11.5 9.5 17M4 11.5h9c4 0 6.5 2 7 6.5',
  unread: 'M19 10.5V17a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h6.5M19 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z',
  refresh: 'M20 5v5h-5M4 19v-5h5M19 10a7.5 7.5 0 0 0-13.5-2.5M5 14a7.5 7.5 0 0 0 13.5 2.5',
} as const

type Path = `M${string}`
/** What is loaded later brings its icons along, as paths. */
export type IconName = keyof typeof paths | Path

const isPath = (name: IconName): name is Path => name.startsWith('M')

/** An icon, hidden from screen readers: the text beside it or its button names it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={isPath(name) ? name : paths[name]} />
    </svg>
  )
}

/** Files of messages. */
export const files = {
  'file.download': 'Download',
  'file.unplayable': 'This browser can’t play it. Download it to open it in another app.',
  'file.gone': 'Can’t be shown. It may have been removed.',
  'file.not_loaded': 'Couldn’t load this.',

  'viewer.title': 'Pictures and videos',
  'viewer.place': '{number} of {count}',
  'viewer.previous': 'Previous',
  'viewer.next': 'Next',
  'viewer.zoom_in': 'Zoom in',
  'viewer.zoom_out': 'Zoom out',

  'player.play': 'Play',
  'player.pause': 'Pause',
  'player.play_video': 'Play video: {name}',
  'player.position': 'Position',
  'player.time': '{time} of {duration}',
  'player.rate': 'Speed: {rate}×',
  'player.rate_title': 'Playback speed',

  'files.title': 'Files',
  'files.kind': 'Kind of files',
  'files.media': 'Media',
  'files.audio': 'Audio',
  'files.file': 'Other',
  'files.no_media': 'No pictures or videos yet.',
  'files.no_audio': 'No audio yet.',
  'files.no_file': 'No other files yet.',
  'files.details': 'Room details',
} as const

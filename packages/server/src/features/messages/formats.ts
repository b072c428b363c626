/** The names of a format in the documents by its MIME type, the usual one first. */
const names: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'audio/mpeg': ['mp3', 'mpeg'],
  'audio/wav': ['wav', 'wave'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/mp4': ['m4a', 'mp4'],
  'audio/x-matroska': ['mka'],
}

/** The `format` of a message: as its sender named it if that is what the bytes are, else the usual name (rule IN2). */
export function formatOf(mime_type: string, given: string | null): string {
  const known = names[mime_type] ?? [mime_type.replace(/^\w+\/(x-)?/, '')]
  const named = given?.toLowerCase().replace(/^(\.|\w+\/)/, '')
  return known.find((name) => name === named) ?? known[0] ?? ''
}

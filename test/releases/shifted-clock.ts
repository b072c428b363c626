// Loaded before a server (`node --import`): its clock starts at the time in `?at=` (milliseconds since 1970), and
// SIGUSR2 puts it forward by a minute.
const at = Number(new URL(import.meta.url).searchParams.get('at'))
const real = Date.now
let ahead = real() - at
const now = () => real() - ahead
process.on('SIGUSR2', () => {
  ahead -= 60_000
})

globalThis.Date = new Proxy(Date, {
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
})

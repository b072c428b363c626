/** Two short soft tones, made here, so that no file is loaded. In Hz, and seconds from the start. */
const tones = [
  { pitch: 660, from: 0 },
  { pitch: 880, from: 0.12 },
] as const
const seconds = 0.18
const loudness = 0.08
/** In ms: a sound that could not begin by then is out of date. */
const latest = 1000

export type Sound = { play(): void; close(): void }

/** What the sound comes out of. */
export type Speaker = {
  resume(): Promise<void>
  /** Between sounds: one that runs holds the audio device. */
  suspend(): Promise<void>
  /** Resolves when the tones have ended. */
  playTones(): Promise<void>
  close(): Promise<void>
}

export type SoundDeps = {
  /** Whether the user wants to hear it. */
  isOn: () => boolean
  /** Where the user presses. */
  presses: EventTarget
  /** Whether they had pressed something before. */
  hasPressed: () => boolean
  createSpeaker: () => Speaker
  /** In ms. */
  now: () => number
}

/**
 * Browsers allow sound only once the user has pressed something on the page, and Safari only if it was asked for in that
 * moment: until then nothing is played.
 */
export function createSound({ isOn, presses, hasPressed, createSpeaker, now }: SoundDeps): Sound {
  let speaker: Speaker | null = null
  let playing = 0
  let isClosed = false
  const kinds = ['pointerdown', 'keydown'] as const

  const ignorePresses = () => kinds.forEach((kind) => presses.removeEventListener(kind, warmUp, true))

  /** The speaker, which is woken and put to sleep again when nothing else plays. */
  function warmUp(): void {
    if (isOn()) void use(async () => {})
  }

  async function use(how: (speaker: Speaker) => Promise<void>): Promise<void> {
    ignorePresses()
    playing += 1
    try {
      speaker ??= createSpeaker()
      await speaker.resume()
      await how(speaker)
    } catch {
      // Without a sound device, or closed meanwhile, there is nothing to hear.
    } finally {
      playing -= 1
      if (playing === 0) await speaker?.suspend().catch(() => {})
    }
  }

  function play(): void {
    if (isClosed || !isOn() || !(speaker || hasPressed())) return
    const asked = now()
    void use(async ({ playTones }) => {
      if (now() - asked <= latest) await playTones()
    })
  }

  for (const kind of kinds) presses.addEventListener(kind, warmUp, true)
  return {
    play,
    close() {
      isClosed = true
      ignorePresses()
      speaker?.close().catch(() => {})
    },
  }
}

/** Plays it once, at a press. */
export async function playSample(): Promise<void> {
  const speaker = createSpeaker()
  try {
    await speaker.resume()
    await speaker.playTones()
  } finally {
    await speaker.close()
  }
}

export function createSpeaker(): Speaker {
  const context = new AudioContext()
  return {
    resume: () => context.resume(),
    suspend: () => context.suspend(),
    playTones: () => playTones(context),
    close: () => context.close(),
  }
}

async function playTones(context: AudioContext): Promise<void> {
  const all = tones.map(({ pitch, from }) => {
    const begin = context.currentTime + from
    const gain = context.createGain()
    gain.gain.setValueAtTime(0, begin)
    gain.gain.linearRampToValueAtTime(loudness, begin + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.001, begin + seconds)
    const tone = context.createOscillator()
    tone.frequency.value = pitch
    tone.connect(gain).connect(context.destination)
    tone.start(begin)
    tone.stop(begin + seconds)
    return new Promise((resolve) => tone.addEventListener('ended', resolve))
  })
  await Promise.all(all)
}

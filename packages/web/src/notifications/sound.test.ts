import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSound, type Speaker } from './sound.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A page with a sound, and what its speaker was told. */
function page({ isOn = true } = {}) {
  const told: string[] = []
  const presses = new EventTarget()
  let now = 0
  let resumed = Promise.resolve()
  const speaker: Speaker = {
    async resume() {
      await resumed
      told.push('resume')
    },
    suspend: async () => void told.push('suspend'),
    playTones: async () => void told.push('tones'),
    close: async () => void told.push('close'),
  }
  const sound = createSound({
    isOn: () => isOn,
    presses,
    hasPressed: () => false,
    createSpeaker: () => speaker,
    now: () => now,
  })
  return {
    ...{ sound, told },
    press: () => presses.dispatchEvent(new Event('pointerdown')),
    pass: (ms: number) => {
      now += ms
    },
    block: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      resumed = promise
      return resolve
    },
  }
}

test('[NO2] the sound is heard once the user has pressed something, and the speaker sleeps between sounds', async () => {
  const { sound, told, press } = page()
  sound.play()
  await turn()
  assert.deepEqual(told, [])
  press()
  press()
  await turn()
  assert.deepEqual(told.splice(0), ['resume', 'suspend'])
  sound.play()
  await turn()
  assert.deepEqual(told.splice(0), ['resume', 'tones', 'suspend'])
  sound.close()
  sound.play()
  await turn()
  assert.deepEqual(told, ['close'])
})

test('[NO2] a sound that the browser holds back is not heard later', async () => {
  const { sound, told, press, pass, block } = page()
  press()
  await turn()
  const go = block()
  sound.play()
  pass(1001)
  go()
  await turn()
  assert.deepEqual(told, ['resume', 'suspend', 'resume', 'suspend'])
})

test('[NO5] while the sound is off no speaker is woken', async () => {
  const { sound, told, press } = page({ isOn: false })
  press()
  sound.play()
  await turn()
  assert.deepEqual(told, [])
})

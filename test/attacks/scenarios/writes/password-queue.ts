import { defineScenario } from '../../scenario.ts'

const clients = 200

export const passwordQueue = defineScenario({
  name: 'password queue',
  what: '200 clients from as many addresses sign in with wrong passwords, one try after the other.',
  addresses: [200],
  setup: async () => null,
  async attack({ http, attackMs, round }) {
    const until = performance.now() + attackMs
    const tries = Array.from({ length: clients }, async (_, n) => {
      const client = http(n, 1)
      for (let m = 0; performance.now() < until; m++) {
        const body = { email: `nobody-${round}-${n}-${m}@example.org`, password: 'a wrong one' }
        const { code } = await client.call({ method: 'POST', path: '/api/auth/login', body })
        if (code !== 'invalid_credentials') await new Promise((resolve) => setTimeout(resolve, 100))
      }
      client.destroy()
    })
    await Promise.all(tries)
  },
})

import { defineScenario } from '../../scenario.ts'

const clients = 10

export const documents = defineScenario({
  name: 'documents',
  what: '10 clients that take no gzip fetch /docs/scalar.js, one after the other has come.',
  addresses: [1, 100],
  setup: async () => null,
  async attack({ http, attackMs }) {
    const until = performance.now() + attackMs
    const readers = Array.from({ length: clients }, async (_, n) => {
      const client = http(n)
      while (performance.now() < until) {
        const { code } = await client.call({ path: '/docs/scalar.js', headers: { 'accept-encoding': 'identity' } })
        if (code !== null) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      client.destroy()
    })
    await Promise.all(readers)
  },
  // The budgets of an address allow this few answers, although they are large.
  bounds: { told: null },
})

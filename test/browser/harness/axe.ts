import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type * as Axe from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

declare global {
  var axe: typeof Axe
}

/**
 * The violations of WCAG 2.2 AA and of axe's best practices in the page that axe calls serious or critical, one line each;
 * with `contrast` those of contrast alone. Animations are finished first: a colour that fades in has no contrast to judge.
 */
export async function accessibilityFaults(page: Page, rules: 'all' | 'contrast' = 'all'): Promise<string[]> {
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) animation.finish()
  })
  // Injected through the debugger, because the page's policy rightly allows only scripts of its server; once for each
  // document, because it takes as long as its rules.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const violations = await page.evaluate(async (rules) => {
    const only = rules === 'contrast' ? { runOnly: ['color-contrast'] } : {}
    const { violations } = await axe.run(document, { resultTypes: ['violations'], ...only })
    return violations
  }, rules)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}\n${failureSummary}`),
    )
}

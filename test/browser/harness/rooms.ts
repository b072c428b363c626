import type { TestContext } from 'node:test'
import { closeDialog, composer, createRoom, createRoomByForm, openSettings } from './steps.ts'
import type { Browsers, Visitor, VisitorOptions } from './visitor.ts'

/** Visitors of a server, and rooms of theirs that are open in their browsers; `always` are options of all of them. */
export function roomsOn(browsers: Browsers, url: string, always: VisitorOptions = {}) {
  const visitor = (t: TestContext, options?: VisitorOptions) => browsers.visitor(t, url, { ...always, ...options })

  async function roomOf(t: TestContext, options?: VisitorOptions & { access?: 'invite' | 'public' }): Promise<Visitor> {
    const { access = 'public', ...rest } = options ?? {}
    const ann = await visitor(t, rest)
    await createRoom(ann, 'Living room', { as: 'Ann', access })
    await composer(ann).waitFor()
    return ann
  }

  /** A room that the start page stands before in the browser's history. */
  async function roomFromStart(t: TestContext, options?: VisitorOptions): Promise<Visitor> {
    const ann = await visitor(t, options)
    await createRoomByForm(ann, 'Living room', { as: 'Ann' })
    await composer(ann).waitFor()
    return ann
  }

  async function waitingRoomOf(t: TestContext, options?: VisitorOptions): Promise<Visitor> {
    const ann = await roomOf(t, options)
    await openSettings(ann)
    await ann.the('switch', ann.t('settings.waiting')).click()
    await ann.page.getByText(ann.t('settings.saved')).waitFor()
    await closeDialog(ann)
    return ann
  }

  return { visitor, roomOf, roomFromStart, waitingRoomOf }
}

/** The button that shows who is in the room. */
export const peopleButton = ({ page, t }: Visitor, { hidden = false } = {}) =>
  page.getByRole('button', { name: t('people.title'), includeHidden: hidden })

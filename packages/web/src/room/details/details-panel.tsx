import './details-panel.css'
import type { RoomInfo } from '@parlor/client'
import type { ComponentProps } from 'preact'
import { useId } from 'preact/hooks'
import type { Activity } from '../../activities/activity.ts'
import { ground } from '../../activities/list.ts'
import { useAllTexts, useApp } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { SidePanel } from '../../ui/overlays/side-panel.tsx'
import { groundId } from '../frame/ground.tsx'
import type { Shown } from '../frame/place.ts'
import { People } from '../people/people.tsx'
import { Tabs } from './tabs.tsx'

const loadFiles = () => import('../files/room-files.tsx')

type Props = Omit<ComponentProps<typeof People>, 'info'> & {
  info: RoomInfo
  fills: Activity
  panel: string
  dock: Shown['dock']
  onChoose: (panel: string) => void
  onClose: () => void
}

/**
 * The panel of the room: the conversation, when something else fills the stage, people and files. The conversation's
 * element stays where it is (rule ACT3); the style sheet shows it below the tabs.
 */
export function DetailsPanel({ fills, panel, dock, onChoose, onClose, ...people }: Props) {
  const t = useAllTexts()
  const { language } = useApp().texts
  const id = useId()
  const shows = `${id}-shown`
  const tabs = [
    ...(fills === ground ? [] : [{ value: ground.name, label: ground.label[language], shows: groundId }]),
    ...(fills.hasPanel ? [{ value: fills.name, label: fills.label[language], shows }] : []),
    { value: 'people', label: t('people.title'), shows },
    { value: 'files', label: t('files.title'), shows },
  ]
  const title = tabs.find(({ value }) => value === panel)?.label ?? ''
  const showsGround = panel === ground.name
  return (
    <SidePanel
      title={title}
      isDocked={dock !== null}
      takesFocus={!showsGround}
      head={<Tabs label={t('files.details')} tabs={tabs} chosen={panel} onChoose={onChoose} id={id} />}
      onClose={onClose}
    >
      {!showsGround && (
        <div id={shows} class="tab-panel" role="tabpanel" aria-labelledby={`${id}-${panel}`}>
          {panel === 'people' && <People {...people} />}
          {panel === 'files' && (
            <Loaded load={loadFiles} inline>
              {({ RoomFiles }) => <RoomFiles room={people.room} />}
            </Loaded>
          )}
          {panel === fills.name && (
            <Loaded load={fills.load} inline>
              {({ Panel }) => (Panel ? <Panel room={people.room} info={people.info} me={people.me} /> : null)}
            </Loaded>
          )}
        </div>
      )}
    </SidePanel>
  )
}
